// Fix: Keep the handles, and join every thread.
// Answer: run prints shared
use std::{sync::Arc, thread};

fn main() {
    let value = Arc::new("shared");
    let threads = [1, 2].map(|_| {
        let value = Arc::clone(&value);
        thread::spawn(move || println!("{value}"))
    });
    for thread in threads {
        thread.join().expect("no panic");
    }
}
