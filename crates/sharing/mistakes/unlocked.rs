// Mistake: a number is changed through an Arc, which is shared and so cannot be written to.
// Answer: rustc E0594
use std::{sync::Arc, thread};

fn main() {
    let sum = Arc::new(0);
    let shared = Arc::clone(&sum);
    let thread = thread::spawn(move || *shared += 1); // <- here
    thread.join().expect("no panic");
    println!("{sum}");
}
