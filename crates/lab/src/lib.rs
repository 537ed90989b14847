//! The command `lab`: one file for each subcommand, the ledger as text, tables, and the pages LEDGER.md, README and
//! BIAS.md as far as they are generated.
//!
//! Depends on all other crates of the lab; nothing depends on it but the project's tests.
//!
//! Start with `main.rs` (the subcommands) and `command/` (one file for each).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod benchmark_format;
pub mod bias;
pub mod claim_in_full;
pub mod deep;
pub mod generated_pages;
pub mod ledger_exports;
pub mod ledger_page;
pub mod ledger_text;
pub mod program_tables;
pub mod server_tables;
#[cfg(target_os = "linux")]
pub mod stranger_environment;
