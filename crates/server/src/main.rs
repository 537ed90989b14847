// Twin: go/cmd/server/main.go

//! The program of the topic `server`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

mod client;
#[cfg(not(feature = "timed"))]
mod contrast;
mod experiment;
mod measure;
mod process;
mod ring;
#[cfg(not(feature = "timed"))]
mod script;
mod serve;
mod tasks;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, script};

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "A web server that touches 1 MiB for each request.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[serve::COMMAND],
    })
}
