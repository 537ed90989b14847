//! Measures both languages: cases in processes, servers under load, the programs themselves.
//!
//! Start reading with [`scheduler`]: it takes the blocks of every `Experiment`, of which `measure::case`,
//! `load::server_scenario` and `measure::build_metrics` are the three kinds. It depends on `lab-results` for what is
//! recorded, on `lab-workspace` for programs and processes, and on `load` for requests.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod background;
pub mod failure;
pub mod load;
pub mod measure;
pub mod scheduler;
