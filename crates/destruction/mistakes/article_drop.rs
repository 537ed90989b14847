// Mistake: Drop written for the library's File, to say what happens when it is closed.
// Answer: rustc E0117
use std::fs::File;

impl Drop for File { // <- here
    fn drop(&mut self) {
        println!("closed");
    }
}

fn main() {}
