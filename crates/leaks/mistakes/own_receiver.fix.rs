// Fix: Send a sender for the answers: the receiver stays outside of the channel.
// Answer: run prints dropped: 1
use std::sync::{
    atomic::{AtomicUsize, Ordering::Relaxed},
    mpsc::{self, Sender},
};

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Letter {
    _answers: Sender<Letter>,
}

impl Drop for Letter {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Relaxed);
    }
}

fn main() {
    let (sender, receiver) = mpsc::channel();
    let (answers, _) = mpsc::channel();
    let sent = sender.send(Letter { _answers: answers });
    drop((sender, receiver.recv()));
    assert!(sent.is_ok());
    println!("dropped: {}", DROPPED.load(Relaxed));
}
