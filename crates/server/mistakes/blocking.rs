// Mistake: a handler that sleeps as a goroutine would, and stops every request of its worker.
// Answer: silent
use std::{thread, time::Duration};

async fn handler() -> &'static str {
    thread::sleep(Duration::from_secs(1));
    "OK"
}

fn main() {
    drop(handler());
}
