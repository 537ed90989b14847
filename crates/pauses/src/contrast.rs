// Twin: go/pauses/contrast.go

//! The facts that differ.

use std::cell::Cell;

use pair::{Facts, Stop, heap::Heap, settle};
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
    let (count, requests) = (facts.count(), 100 * facts.count());
    let (all, some) = (25 * count, count.div_ceil(100));
    let mut sessions = Sessions::new();
    for _ in 0..all {
        sessions.open(|| Visit);
    }
    FREED_HERE.take();

    sessions.requests(requests as i64, 1, || Visit);
    let at_once = FREED_HERE.get();
    settle();
    facts.add(
        format_args!("visits that {requests} requests freed before they returned, and by settle"),
        format_args!("{at_once}, {}", FREED_HERE.take()),
    );

    (0..some).for_each(|_| sessions.close());
    let at_once = FREED_HERE.get();
    settle();
    facts.add(
        format_args!("visits that closing {some} sessions freed before it returned, and by settle"),
        format_args!("{at_once}, {}", FREED_HERE.take()),
    );

    let rest = sessions.live();
    let before = Heap::now();
    sessions.close_all();
    let given_back = Heap::now().since(before).frees;
    let at_once = FREED_HERE.get();
    settle();
    facts.add(
        format_args!(
            "visits that closing {rest} sessions at once freed, and by settle"
        ),
        format_args!("{at_once}, {}", FREED_HERE.take()),
    );
    facts.add("blocks that it gave back before it returned", given_back);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_sessions() {
        for (count, some) in [(20, 1), (1000, 10)] {
            let lines = Facts::collect(count, contrast).expect("facts");
            let (requests, rest) = (100 * count, 25 * count - some);
            for fact in [
                format!(
                    "visits that {requests} requests freed before they returned, and by settle\t{requests}, {requests}"
                ),
                format!(
                    "visits that closing {some} sessions freed before it returned, and by settle\t{0}, {0}",
                    4 * some
                ),
                format!(
                    "visits that closing {rest} sessions at once freed, and by settle\t{0}, {0}",
                    4 * rest
                ),
                // Each session, and the table.
                format!(
                    "blocks that it gave back before it returned\t{}",
                    5 * rest + 1
                ),
            ] {
                // A visit that has no size is in no block: here it has a link.
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
        }
    }
}
