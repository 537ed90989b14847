// Twin: go/cmd/reclaim/main.go

//! The program of the topic `reclaim`.
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
        says: "Many buffers, of which a window is alive: who frees the others, and when.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
