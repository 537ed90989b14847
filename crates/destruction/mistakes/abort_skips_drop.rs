// Mistake: an abort inside a scope, to be safe; nothing is closed that its end would close.
// Answer: run aborts
use std::process;

struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        println!("closed");
    }
}

fn main() {
    let _held = Held;
    process::abort();
}
