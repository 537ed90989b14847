// Fix: Let each know the other by a `Weak`, which keeps nothing alive.
// Answer: run prints dropped: 2
use std::sync::{
    Arc, Mutex, Weak,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Session {
    peer: Mutex<Weak<Session>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Relaxed);
    }
}

fn main() {
    let session = |peer| {
        Arc::new(Session {
            peer: Mutex::new(peer),
        })
    };
    let one = session(Weak::new());
    let two = session(Arc::downgrade(&one));
    if let Ok(mut peer) = one.peer.lock() {
        *peer = Arc::downgrade(&two);
    }
    drop((one, two));
    println!("dropped: {}", DROPPED.load(Relaxed));
}
