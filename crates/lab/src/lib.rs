//! What the command `lab` writes: tables, and the ledger in README.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod deep;
pub mod program_tables;
pub mod readme;
#[cfg(target_os = "linux")]
pub mod stranger;
pub mod under_load;
