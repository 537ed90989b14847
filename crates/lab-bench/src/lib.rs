//! Measures both languages: cases in processes, servers under load, the programs themselves.
//!
//! Depends on `lab-results` for what is recorded, on `lab-workspace` for programs and processes, and on `load` for
//! requests.
//!
//! Start with [`scheduler`]: it takes the blocks of every `Experiment`. Three kinds are here: `measure::case`,
//! `load::server_scenario` and `measure::build_metrics`. The fourth compares any two commands, and is the command
//! `versus` of the crate `lab`.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod background;
pub mod failure;
mod keep_awake;
pub mod load;
pub mod measure;
pub mod scheduler;
