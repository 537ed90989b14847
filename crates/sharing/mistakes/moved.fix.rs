// Fix: Give the thread a copy of its own.
// Answer: run prints ["a", "b"]
use std::thread;

fn main() {
    let names = vec!["a", "b"];
    let counted = names.clone();
    let thread = thread::spawn(move || println!("{}", counted.len()));
    println!("{names:?}");
    thread.join().expect("no panic");
}
