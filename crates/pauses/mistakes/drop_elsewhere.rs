// Mistake: a large structure is dropped on another thread, but its nodes are shared with Rc.
// Answer: rustc E0277
use std::{rc::Rc, thread};

fn main() {
    let sessions: Vec<_> = (0..1_000_000).map(Rc::new).collect();
    let dropping = thread::spawn(move || drop(sessions)); // <- here
    println!("dropped: {}", dropping.join().is_ok());
}
