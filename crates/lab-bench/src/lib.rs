//! Measures both languages: cases in processes, servers under load, the programs themselves.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod background;
pub mod failure;
pub mod load;
pub mod measure;
pub mod schedule;
