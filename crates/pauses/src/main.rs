// Twin: go/cmd/pauses/main.go

//! The program of the topic `pauses`.
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
        says: "Requests over a live heap: what a pause is in each language.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
