// Twin: go/cmd/deadline/main.go

//! The program of the topic `deadline`.
#![forbid(unsafe_code)]

mod contrast;
mod feed;
mod measure;
mod mixed;
mod script;

use std::process::ExitCode;

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
