//! Proves a pair equal: sources, scripts, differential testing, mistakes, mutants.
#![forbid(unsafe_code)]

pub mod checks;
pub mod compare;
pub mod faults;
pub mod mistakes;
pub mod parity;
pub mod prove;
pub mod source;
pub mod verify;
pub mod world;
