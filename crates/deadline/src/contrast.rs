// Twin: go/deadline/contrast.go

//! The facts that differ.

use deadline::{Book, World};
use pair::{Facts, Stop, heap::Heap};

use crate::feed::{Feed, LIFE, held_book, held_world};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let frames = frames(&mut World::new(false));
    facts.add(
        "blocks allocated in a frame with 100 births",
        frames.allocations / 60,
    );
    facts.add(
        "blocks freed by the end of 60 such frames, without a collection",
        frames.frees,
    );
    let held = self::frames(&mut held_world(100));
    facts.add(
        "blocks allocated in 60 such frames on memory held beforehand",
        held.allocations,
    );

    let orders = orders(&mut Book::new(false), |book| book.trades = Vec::new());
    facts.add("blocks allocated for 10000 orders", orders.allocations);
    facts.add(
        "blocks freed by the end of 10000 orders, without a collection",
        orders.frees,
    );
    let held = self::orders(&mut held_book(), |book| book.trades.clear());
    facts.add(
        "blocks allocated for 10000 orders on memory held beforehand",
        held.allocations,
    );
    Ok(())
}

/// What frames ask of the heap once as many particles die as are born.
fn frames(world: &mut World<()>) -> Heap {
    let mut feed = Feed::new(1);
    for _ in 0..2 * LIFE {
        feed.frame(world, 100, || ());
    }
    let before = Heap::now();
    for _ in 0..60 {
        feed.frame(world, 100, || ());
    }
    Heap::now().since(before)
}

/// What orders ask of the heap once as many leave the book as come; each has its own list of trades, or
/// all share one.
fn orders(book: &mut Book, next: impl Fn(&mut Book)) -> Heap {
    let mut feed = Feed::new(1);
    let mut send = || {
        for _ in 0..10_000 {
            feed.order(book);
            next(book);
        }
    };
    send();
    let before = Heap::now();
    send();
    Heap::now().since(before)
}
