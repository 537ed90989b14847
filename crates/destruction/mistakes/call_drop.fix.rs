// Fix: `drop` takes the value and ends its life: its destructor runs once.
// Answer: run prints closed a
use std::path::Path;

struct Held<'a>(&'a Path);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        println!("closed {}", self.0.display());
    }
}

fn main() {
    let held = Held(Path::new("a"));
    drop(held);
}
