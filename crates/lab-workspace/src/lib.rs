//! The workspace and its machine: topics, languages, toolchains, programs.
//!
//! Builds the programs of both languages and runs one process in limits. Depends on no other crate of the
//! project.
//!
//! Start with [`project`] (what there is), [`environment`] (what a compiler and a program see of the user's
//! settings), [`programs`] (how both languages are built) and [`run_limited`] (how a process is run).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod build_variant;
pub mod cargo_lock;
pub mod command_line;
pub mod cores;
pub mod doctor;
pub mod environment;
pub mod folder;
pub mod hash;
pub mod language;
pub mod line_width;
pub mod low_system_limits;
pub mod new_pair;
pub mod optional_tools;
pub mod output;
pub mod own_files;
pub mod proc;
pub mod process_group;
pub mod process_statistics;
pub mod programs;
pub mod project;
pub mod remove_pair;
pub mod run_limited;
pub mod server;
pub mod smallest_programs;
pub mod source_hashes;
pub mod suggest;
pub mod system_limits;
pub mod toolchain;
