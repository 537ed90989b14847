// Mistake: a handler that waits while it holds a lock, and all others on its thread wait with it.
// Answer: clippy await_holding_lock
use std::sync::Mutex;

async fn handler(count: &Mutex<u64>) {
    let mut count = count.lock().expect("nobody panicked"); // <- here
    answer().await;
    *count += 1;
}

async fn answer() {}

fn main() {
    drop(handler(&Mutex::new(0)));
}
