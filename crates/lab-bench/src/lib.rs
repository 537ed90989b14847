//! Measures both languages: cases in processes, servers under load, the programs themselves.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod load;
pub mod measure;
