// Twin: go/cmd/cycles/main.go

//! The program of the topic `cycles`.
#![forbid(unsafe_code)]

mod contrast;
mod measure;
mod parts;
mod script;

use std::process::ExitCode;

pair::allocator!();

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "A tree whose nodes know their parent.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[parts::PARTS],
    })
}
