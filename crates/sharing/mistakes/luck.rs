// Mistake: main returns without waiting, and what its threads still print is luck.
// Answer: run recorded
use std::{sync::Arc, thread};

fn main() {
    let value = Arc::new("shared");
    for _ in 0..2 {
        let value = Arc::clone(&value);
        thread::spawn(move || println!("{value}"));
    }
}
