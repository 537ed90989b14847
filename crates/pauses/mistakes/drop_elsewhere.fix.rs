// Fix: Count with `Arc`, which may go to another thread.
// Answer: run prints dropped: true
use std::{sync::Arc, thread};

fn main() {
    let sessions: Vec<_> = (0..1_000_000).map(Arc::new).collect();
    let dropping = thread::spawn(move || drop(sessions));
    println!("dropped: {}", dropping.join().is_ok());
}
