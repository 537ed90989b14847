//! The command `lab`: one file for each subcommand, and the tables that they print.
//!
//! Depends on all other crates of the lab; nothing depends on it but the project's tests.
//!
//! Start with `main.rs` (the subcommands) and `command/` (one file for each).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod bias;
pub mod deep;
pub mod generated_pages;
pub mod program_tables;
pub mod server_tables;
#[cfg(target_os = "linux")]
pub mod stranger_environment;
