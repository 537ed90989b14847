// Fix: Return a code from `main`: every scope ends on the way.
// Answer: run prints closed
use std::process::ExitCode;

struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        println!("closed");
    }
}

fn main() -> ExitCode {
    let _held = Held;
    ExitCode::FAILURE
}
