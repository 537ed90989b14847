//! Verifies the pairs: finds the topics, builds both languages, compares what the programs print and
//! what the sources export.
#![forbid(unsafe_code)]

pub mod change;
pub mod checks;
pub mod claims;
pub mod compare;
pub mod cores;
pub mod doctor;
pub mod faults;
pub mod formula;
pub mod hash;
pub mod judge;
pub mod load;
pub mod measure;
pub mod mistakes;
pub mod new_pair;
pub mod parity;
pub mod programs;
pub mod project;
pub mod prove;
pub mod result;
pub mod run;
pub mod settings;
pub mod source;
pub mod stats;
#[cfg(target_os = "linux")]
pub mod stranger;
pub mod toolchain;
pub mod tools;
pub mod verify;
