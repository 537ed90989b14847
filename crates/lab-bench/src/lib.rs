//! Measures both languages: cases in processes, servers under load, the programs themselves.
#![forbid(unsafe_code)]

pub mod load;
pub mod measure;
