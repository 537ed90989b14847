// Twin: go/sharing/contrast.go

//! The facts that differ.

use std::sync::Arc;

use pair::{Counted, Facts, Stop, Tally, heap::Heap};
use sharing::{Worker, lend};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let tally = Tally::new();
    let value = Arc::new(Counted::new(&tally, 7));
    let workers: Vec<_> = (0..3).map(|_| Worker::start(value.clone())).collect();
    facts.add(
        "handles counted while main and 3 workers share a value",
        Arc::strong_count(&value),
    );

    let weak = Arc::downgrade(&value);
    drop((value, workers));
    facts.add(
        "freed when the last worker has ended, without a collection",
        tally.freed(),
    );
    let found = weak.upgrade().is_some();
    facts.add("a weak handle still finds the value then", found);
    facts.add("freed after a collection", "there are none");

    let mut values = Vec::with_capacity(10_000);
    let before = Heap::now();
    values.resize_with(10_000, || Arc::new([0_i64; 8]));
    let made = Heap::now().since(before).allocated / values.len();
    facts.add("bytes allocated for a shared value of 64 bytes", made);
    let counts = lend(&values[0], 3, |_, lent| Arc::strong_count(lent));
    facts.add(
        "handles counted while main lends the value to 3 workers",
        counts[0],
    );
    Ok(())
}
