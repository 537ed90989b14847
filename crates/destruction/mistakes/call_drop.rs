// Mistake: closing a file by calling its destructor, as one calls Close.
// Answer: rustc E0040
use std::path::Path;

struct Held<'a>(&'a Path);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        println!("closed {}", self.0.display());
    }
}

fn main() {
    let held = Held(Path::new("a"));
    held.drop(); // <- here
}
