// Fix: Start the thread in a scope, which waits for it: then it may borrow.
// Answer: run prints ["a", "b"]
use std::thread;

fn main() {
    let names = vec!["a", "b"];
    thread::scope(|scope| {
        scope.spawn(|| println!("{}", names.len()));
    });
    println!("{names:?}");
}
