// Fix: Count with `Arc`: its count is atomic.
// Answer: run prints 7
use std::{sync::Arc, thread};

fn main() {
    let value = Arc::new(7);
    let handle = Arc::clone(&value);
    let thread = thread::spawn(move || println!("{handle}"));
    println!("{value}");
    thread.join().expect("no panic");
}
