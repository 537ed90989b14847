// Twin: go/cmd/server/main.go

//! The program of the topic `server`.
#![forbid(unsafe_code)]

mod client;
mod contrast;
mod experiment;
mod measure;
mod process;
mod ring;
mod script;
mod serve;

use std::process::ExitCode;

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
