// Twin: go/cmd/allocation/main.go

//! The program of the topic `allocation`.
#![forbid(unsafe_code)]

mod contrast;
mod measure;
mod script;

use std::process::ExitCode;

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
