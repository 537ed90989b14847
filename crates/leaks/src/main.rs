// Twin: go/cmd/leaks/main.go

//! The program of the topic `leaks`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

#[cfg(not(feature = "timed"))]
mod contrast;
mod emptied;
mod fast;
mod flat;
mod hashes;
mod measure;
#[cfg(not(feature = "timed"))]
mod parts;
mod random;
#[cfg(not(feature = "timed"))]
mod script;
mod steady;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, parts, script};

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "Fills a cache that only grows, and one that has a limit.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[parts::PARTS],
    })
}
