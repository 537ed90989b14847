// Twin: go/cmd/escape/main.go

//! The program of the topic `escape`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

#[cfg(not(feature = "timed"))]
mod contrast;
#[cfg(not(feature = "timed"))]
mod count;
mod measure;
#[cfg(not(feature = "timed"))]
mod script;
#[cfg(not(feature = "timed"))]
mod small;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, script};

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "Values that end with their function, or outlive it.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
