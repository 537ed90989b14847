//! Measures both languages: cases in processes, servers under load, the programs themselves.
//!
//! Depends on `lab-results`, `lab-workspace` and the load generator `load`.
//!
//! Start with [`measure`] (cases, block by block) and [`load`] (the servers).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod background;
pub mod failure;
pub mod load;
pub mod measure;
pub mod schedule;
