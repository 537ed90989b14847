// Mistake: a thread without a scope borrows a local, which may be gone before it.
// Answer: rustc E0373
use std::thread;

fn main() {
    let names = vec!["a", "b"];
    let thread = thread::spawn(|| println!("{}", names.len())); // <- here
    println!("{names:?}");
    thread.join().expect("no panic");
}
