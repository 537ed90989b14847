// Twin: go/deadline/contrast.go

//! The facts that differ.

use deadline::{Book, World};
use pair::{Facts, Stop, heap::Heap};

use crate::feed::{Feed, LIFE, held_book, held_world};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let births = facts.count() / 10;
    let plain = frames(World::new(false), births);
    facts.add(
        format_args!("blocks allocated in 60 frames with {births} births"),
        plain.allocations,
    );
    facts.add(
        format_args!(
            "blocks freed by the end of such a world, without a collection"
        ),
        plain.frees,
    );
    facts.add(
        "blocks allocated in such frames on memory held beforehand",
        frames(held_world(births), births).allocations,
    );

    let count = 10 * facts.count();
    let plain =
        orders(Book::new(false), count, |book| book.trades = Vec::new());
    facts.add(
        format_args!("blocks allocated for {count} orders"),
        plain.allocations,
    );
    facts.add(
        "blocks freed by the end of such a book, without a collection",
        plain.frees,
    );
    facts.add(
        format_args!(
            "blocks allocated for {count} orders on memory held beforehand"
        ),
        orders(held_book(), count, |book| book.trades.clear()).allocations,
    );
    Ok(())
}

/// What frames ask of the heap once as many particles die as are born, until the world ends.
fn frames(mut world: World<()>, births: usize) -> Heap {
    let mut feed = Feed::new(1);
    for _ in 0..2 * LIFE {
        feed.frame(&mut world, births, || ());
    }
    let before = Heap::now();
    for _ in 0..60 {
        feed.frame(&mut world, births, || ());
    }
    drop(world);
    Heap::now().since(before)
}

/// What orders ask of the heap once as many leave the book as come, until the book ends; each has its own
/// list of trades, or all share one.
fn orders(mut book: Book, count: usize, next: impl Fn(&mut Book)) -> Heap {
    let mut feed = Feed::new(1);
    let mut send = |book: &mut Book| {
        for _ in 0..count {
            feed.order(book);
            next(book);
        }
    };
    send(&mut book);
    let before = Heap::now();
    send(&mut book);
    drop(book);
    Heap::now().since(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_births_and_orders() {
        let fact = |lines: &[String], name: &str| -> usize {
            let found = lines.iter().find_map(|fact| fact.strip_prefix(name));
            let value = found.and_then(|value| value.strip_prefix('\t'));
            value.expect(name).parse().expect("a number")
        };
        for count in [70, 1000] {
            let lines = Facts::collect(count, contrast).expect("facts");
            let (births, orders) = (count / 10, count * 10);
            let name =
                format!("blocks allocated in 60 frames with {births} births");
            let made = fact(&lines, &name);
            assert_eq!(made, 60 * births);
            let name =
                "blocks freed by the end of such a world, without a collection";
            assert!(
                (made..2 * made).contains(&fact(&lines, name)),
                "{lines:#?}"
            );
            let made =
                fact(&lines, &format!("blocks allocated for {orders} orders"));
            assert!((orders / 2..3 * orders).contains(&made), "{lines:#?}");
            let name =
                "blocks freed by the end of such a book, without a collection";
            assert!(
                (made..made + 200).contains(&fact(&lines, name)),
                "{lines:#?}"
            );
        }
    }
}
