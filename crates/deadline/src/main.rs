// Twin: go/cmd/deadline/main.go

//! The program of the topic `deadline`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

#[cfg(not(feature = "timed"))]
mod contrast;
mod feed;
mod measure;
mod mixed;
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
        says: "A frame loop and an order book, both with a deadline.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
