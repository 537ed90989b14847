// Mistake: a channel's receiver is sent through the channel itself.
// Answer: run prints dropped: 0
use std::sync::{
    atomic::{AtomicUsize, Ordering::Relaxed},
    mpsc::{self, Receiver},
};

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Letter {
    _answers: Receiver<Letter>,
}

impl Drop for Letter {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Relaxed);
    }
}

fn main() {
    let (sender, receiver) = mpsc::channel();
    let sent = sender.send(Letter { _answers: receiver });
    drop(sender);
    assert!(sent.is_ok());
    println!("dropped: {}", DROPPED.load(Relaxed));
}
