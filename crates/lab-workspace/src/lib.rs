//! The topics of this workspace, their toolchains and programs: builds them, and runs one process in limits.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod build;
pub mod cores;
pub mod doctor;
pub mod environment;
pub mod fresh;
pub mod hash;
pub mod language;
pub mod limits;
pub mod lock;
pub mod new_pair;
pub mod output;
pub mod outside;
pub mod owned;
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
