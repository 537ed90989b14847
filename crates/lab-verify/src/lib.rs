//! Verifies the pairs: sources, scripts, differential testing, mistakes, mutants.
//!
//! Depends on `lab-results` (it implements `Evidence` by running programs and compilers) and
//! `lab-workspace`.
//!
//! Start with [`verify`] (one pair, all checks), [`parity`] (the two sources), [`difftest`] (generated scripts
//! against a model), [`trace`] (the state of each value) and [`live_evidence`] (answers to yes/no claims).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod checks;
pub mod compare_outputs;
pub mod complete;
pub mod difftest;
pub mod go_remarks;
pub mod live_evidence;
pub mod mistakes;
pub mod mutants;
pub mod notes;
pub mod parity;
pub mod source;
pub mod tallies;
pub mod trace;
pub mod verify;
