//! Verifies the pairs: finds the topics, builds both languages, compares what the programs print and
//! what the sources export.

pub mod parity;
pub mod project;
pub mod source;
