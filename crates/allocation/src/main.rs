// Twin: go/cmd/allocation/main.go

//! The program of the topic `allocation`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

#[cfg(not(feature = "timed"))]
mod contrast;
mod measure;
mod read_all;
#[cfg(not(feature = "timed"))]
mod script;
mod texts;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, script};

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "Short-lived slices that a compiler may see through.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
