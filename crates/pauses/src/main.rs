// Twin: go/cmd/pauses/main.go

//! The program of the topic `pauses`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

#[cfg(not(feature = "timed"))]
mod contrast;
mod handed;
mod marking;
mod measure;
#[cfg(not(feature = "timed"))]
mod script;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, script};

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "Requests over a live heap: what a pause is in each language.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
