// Fix: Put the number into a `Mutex`, which lends it to one at a time.
// Answer: run prints 1
use std::{
    sync::{Arc, Mutex},
    thread,
};

fn main() {
    let sum = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&sum);
    let thread = thread::spawn(move || *shared.lock().expect("no panic") += 1);
    thread.join().expect("no panic");
    println!("{}", sum.lock().expect("no panic"));
}
