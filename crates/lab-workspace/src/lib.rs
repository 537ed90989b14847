//! The workspace and its machine: topics, languages, toolchains, programs.
//!
//! Builds the programs of both languages and runs one process in limits. Depends on no other crate of the
//! project.
//!
//! Start with [`project`] (what there is), [`environment`] (what a compiler and a program see of the user's
//! settings), [`programs`] (how both languages are built) and [`run`] (how a process is run).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod build;
pub mod cores;
pub mod doctor;
pub mod environment;
pub mod fresh;
pub mod group;
pub mod hash;
pub mod language;
pub mod limited;
pub mod limits;
pub mod lock;
pub mod new_pair;
pub mod output;
pub mod owned;
pub mod proc;
pub mod process_statistics;
pub mod programs;
pub mod project;
pub mod remove_pair;
pub mod run;
pub mod server;
pub mod shares;
pub mod smallest;
pub mod suggest;
pub mod toolchain;
pub mod tools;
pub mod typed;
