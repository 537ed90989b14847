// Twin: go/cmd/destruction/main.go

//! The program of the topic `destruction`.
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
        says: "Opens files and closes them on every way out of a scope.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[script::EXIT, parts::PARTS],
    })
}
