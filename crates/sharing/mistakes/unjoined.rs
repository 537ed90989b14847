// Mistake: main starts a thread, does not join it, and returns before it has done its work.
// Answer: silent
// Answer: run nothing
use std::{sync::Arc, thread, time::Duration};

fn main() {
    let value = Arc::new("shared");
    for _ in 0..2 {
        let value = Arc::clone(&value);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            println!("{value}");
        });
    }
}
