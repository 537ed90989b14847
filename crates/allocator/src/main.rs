// Twin: go/cmd/allocator/main.go

//! The program of the topic `allocator`.
#![forbid(unsafe_code)]
// Some of what cases share with scripts is left over.
#![cfg_attr(feature = "timed", allow(dead_code))]

mod blocks;
#[cfg(not(feature = "timed"))]
mod contrast;
mod measure;
#[cfg(not(feature = "timed"))]
mod script;

use std::process::ExitCode;

#[cfg(feature = "timed")]
use pair::timed::{contrast, script};

use allocator::Recording;
use pair::heap;

// Around the one that every other topic has as it is.
#[global_allocator]
static ALLOCATOR: Recording<heap::Allocator> = Recording(heap::ALLOCATOR);

fn main() -> ExitCode {
    pair::run(&pair::Topic {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        says: "An arena, and a count of what is asked of the heap.",
        demo: script::demo,
        operations: script::OPERATIONS,
        replay: Ok(script::replay),
        contrast: contrast::contrast,
        cases: measure::CASES,
        commands: &[],
    })
}
