// Twin: go/cmd/destruction/main.go

//! The program of the topic `destruction`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

#[cfg(not(feature = "timed"))]
mod contrast;
#[cfg(not(feature = "timed"))]
mod finalizer_chain;
mod measure;
#[cfg(not(feature = "timed"))]
mod parts;
#[cfg(not(feature = "timed"))]
mod script;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, parts, script};

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "Opens files and closes them on every way out of a scope.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[script::EXIT, parts::PARTS],
    })
}
