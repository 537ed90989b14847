// Mistake: an Rc, whose count is not atomic, goes to another thread.
// Answer: rustc E0277
use std::{rc::Rc, thread};

fn main() {
    let value = Rc::new(7);
    let handle = Rc::clone(&value);
    let thread = thread::spawn(move || println!("{handle}")); // <- here
    println!("{value}");
    thread.join().expect("no panic");
}
