// Mistake: a value is used after it was moved into a thread.
// Answer: rustc E0382
use std::thread;

fn main() {
    let names = vec!["a", "b"];
    let thread = thread::spawn(move || println!("{}", names.len()));
    println!("{names:?}"); // <- here
    thread.join().expect("no panic");
}
