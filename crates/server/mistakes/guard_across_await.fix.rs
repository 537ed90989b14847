// Fix: Wait first, and lock for the one line that needs it.
// Answer: run exit 0
use std::sync::Mutex;

async fn handler(count: &Mutex<u64>) {
    answer().await;
    *count.lock().expect("nobody panicked") += 1;
}

async fn answer() {}

fn main() {
    drop(handler(&Mutex::new(0)));
}
