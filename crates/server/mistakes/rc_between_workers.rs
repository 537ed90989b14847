// Mistake: a counter that all workers share, in an Rc.
// Answer: rustc E0277
use std::{cell::Cell, rc::Rc, thread};

fn main() {
    let requests = Rc::new(Cell::new(0));
    let worker = Rc::clone(&requests);
    let worker = thread::spawn(move || worker.set(worker.get() + 1)); // <- here
    worker.join().expect("the worker ends");
    println!("{}", requests.get());
}
