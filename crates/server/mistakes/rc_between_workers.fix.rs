// Fix: Share an atomic number, in an `Arc`.
// Answer: run prints 1
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

fn main() {
    let requests = Arc::new(AtomicUsize::new(0));
    let worker = Arc::clone(&requests);
    let worker = thread::spawn(move || worker.fetch_add(1, Relaxed));
    worker.join().expect("the worker ends");
    println!("{}", requests.load(Relaxed));
}
