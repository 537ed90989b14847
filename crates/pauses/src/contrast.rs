// Twin: go/pauses/contrast.go

//! The facts that differ.

use std::cell::Cell;

use pair::{Facts, Stop, heap::Heap};
use pauses::Sessions;

thread_local! {
    static FREED_HERE: Cell<usize> = const { Cell::new(0) };
}

/// A visit that is counted on the thread that frees it.
struct Visit;

impl Drop for Visit {
    fn drop(&mut self) {
        FREED_HERE.set(FREED_HERE.get() + 1);
    }
}

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let mut sessions = Sessions::new();
    for _ in 0..25_000 {
        sessions.open(|| Visit);
    }

    sessions.requests(100_000, 1, || Visit);
    facts.add("collections during 100000 requests", "there are none");
    facts.add("pauses of the whole program meanwhile", "there are none");
    facts.add(
        "visits that the requests freed before they returned",
        FREED_HERE.take(),
    );

    sessions.close();
    facts.add(
        "visits that closing one session freed before it returned",
        FREED_HERE.take(),
    );

    let before = Heap::now();
    sessions.close_all();
    let given_back = Heap::now().since(before).frees;
    facts.add(
        "visits that closing all sessions freed before it returned",
        FREED_HERE.take(),
    );
    facts.add("blocks that it gave back", given_back);
    Ok(())
}
