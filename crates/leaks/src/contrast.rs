// Twin: go/leaks/contrast.go

//! The facts that differ.

use std::{
    collections::HashMap,
    hint,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use pair::{Counted, Facts, Stop, Tally, heap::Heap, settle};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let (keeps, gives) = room();
    facts.add(
        "a map keeps its room when its 100000 keys are removed",
        keeps,
    );
    facts.add("a map gives its room back when it is asked", gives);
    facts.add(
        "bytes behind the first 8 of 1048576",
        "a slice cannot outlive its buffer",
    );

    facts.add(
        "receivers still blocked when their sender is gone",
        blocked()?,
    );
    facts.add("the goroutine-leak profile", "there are no goroutines");
    let profile = "there is no profiler in the library";
    facts.add(
        "the heap profile names the function that fills a cache",
        profile,
    );

    let before = Heap::now();
    hint::black_box(Box::leak(vec![0_u8; 1024].into_boxed_slice()));
    let heap = Heap::now().since(before);
    facts.add(
        "bytes still counted after Box::leak of 1024",
        heap.allocated - heap.freed,
    );

    let tally = Tally::new();
    cycle(&tally);
    settle();
    facts.add(
        "freed of 2 shared values that hold each other",
        tally.freed(),
    );
    let tally = Tally::new();
    own_receiver(&tally);
    settle();
    facts.add(
        "freed of 1 value in a channel that holds its own receiver",
        tally.freed(),
    );
    Ok(())
}

/// Whether an emptied map holds more than half of what it held when full, and nothing when asked.
fn room() -> (bool, bool) {
    let before = Heap::now();
    let live = || {
        let heap = Heap::now().since(before);
        heap.allocated - heap.freed
    };
    let mut map: HashMap<u64, u64> = (0..100_000).map(|key| (key, key)).collect();
    let full = live();
    for key in 0..100_000 {
        map.remove(&key);
    }
    let keeps = map.is_empty() && live() > full / 2;
    map.shrink_to_fit();
    (keeps, live() == 0)
}

/// How many threads still wait for a channel whose sender is gone.
fn blocked() -> Result<usize, Stop> {
    let (sender, receiver) = mpsc::channel::<()>();
    let waiting = thread::Builder::new().spawn(move || receiver.recv())?;
    drop(sender);
    let end = Instant::now() + Duration::from_secs(2);
    while !waiting.is_finished() && Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(usize::from(!waiting.is_finished()))
}

struct Shared {
    _value: Counted<()>,
    other: Mutex<Option<Arc<Shared>>>,
}

fn cycle(tally: &Tally) {
    let shared = |other| {
        Arc::new(Shared {
            _value: Counted::new(tally, ()),
            other: Mutex::new(other),
        })
    };
    let one = shared(None);
    let two = shared(Some(one.clone()));
    if let Ok(mut other) = one.other.lock() {
        *other = Some(two);
    }
}

struct Letter {
    _value: Counted<()>,
    _receiver: mpsc::Receiver<Letter>,
}

fn own_receiver(tally: &Tally) {
    let (sender, receiver) = mpsc::channel();
    let _ = sender.send(Letter {
        _value: Counted::new(tally, ()),
        _receiver: receiver,
    });
}
