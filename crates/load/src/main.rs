//! The command `load`.
#![forbid(unsafe_code)]

fn main() {}
