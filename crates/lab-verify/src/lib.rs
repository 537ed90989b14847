//! Proves a pair equal: sources, scripts, differential testing, mistakes, planted bugs.
//!
//! Depends on `lab-results` (whose evidence it brings, by asking programs and compilers) and
//! `lab-workspace`.
//!
//! Start with [`verify`] (one pair, all checks), [`parity`] (the two sources), [`prove`] (generated scripts
//! against a model), [`trace`] (what becomes of each value) and [`world`] (the answers to questions of yes and no).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod checks;
pub mod compare;
pub mod complete;
pub mod difftest;
pub mod mistakes;
pub mod mutants;
pub mod notes;
pub mod parity;
pub mod source;
pub mod trace;
pub mod verify;
pub mod world;
