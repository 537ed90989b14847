// Fix: Keep the handles, and join every thread.
// Answer: run prints shared
use std::{sync::Arc, thread, time::Duration};

fn main() {
    let value = Arc::new("shared");
    let threads = [1, 2].map(|_| {
        let value = Arc::clone(&value);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            println!("{value}");
        })
    });
    for thread in threads {
        thread.join().expect("no panic");
    }
}
