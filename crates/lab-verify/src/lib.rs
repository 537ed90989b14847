//! Proves a pair equal: sources, scripts, differential testing, mistakes, mutants.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod checks;
pub mod compare;
pub mod complete;
pub mod difftest;
pub mod mistakes;
pub mod mutants;
pub mod parity;
pub mod source;
pub mod verify;
pub mod world;
