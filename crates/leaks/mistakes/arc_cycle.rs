// Mistake: two values that are shared by Arc hold each other; there is no Rc in sight.
// Answer: silent
// Answer: run prints dropped: 0
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Session {
    peer: Mutex<Option<Arc<Session>>>,
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
    let one = session(None);
    let two = session(Some(one.clone()));
    if let Ok(mut peer) = one.peer.lock() {
        *peer = Some(two.clone());
    }
    drop((one, two));
    println!("dropped: {}", DROPPED.load(Relaxed));
}
