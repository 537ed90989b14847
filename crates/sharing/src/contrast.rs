// Twin: go/sharing/contrast.go

//! The facts that differ.

use std::sync::Arc;

use pair::{Counted, Facts, Stop, Tally, heap::Heap, settle};
use sharing::Worker;

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let count = facts.count();
    let values = count.div_ceil(100);
    let tally = Tally::new();
    let weak: Vec<_> = (0..values)
        .map(|number| {
            let value = Arc::new(Counted::new(&tally, number));
            let workers: Vec<_> =
                (0..3).map(|_| Worker::start(value.clone())).collect();
            drop(workers);
            Arc::downgrade(&value)
        })
        .collect();
    let at_once = tally.freed();
    let found = weak.iter().filter(|weak| weak.upgrade().is_some()).count();
    settle();
    facts.add(
        format_args!(
            "freed of {values} values when their last workers have ended, and after settle"
        ),
        format_args!("{at_once}, {}", tally.freed()),
    );
    facts.add(
        "weak handles that still find their values before settle",
        format_args!("{found} of {}", weak.len()),
    );

    let mut values = Vec::with_capacity(count);
    let before = Heap::now();
    values.resize_with(count, || Arc::new([0_i64; 8]));
    facts.add(
        format_args!("bytes allocated for {count} shared values of 64 bytes"),
        Heap::now().since(before).allocated,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_values() {
        for (count, values) in [(201, 3), (1000, 10)] {
            let expected = [
                format!(
                    "freed of {values} values when their last workers have ended, and after settle\t{values}, {values}"
                ),
                format!(
                    "weak handles that still find their values before settle\t0 of {values}"
                ),
                format!(
                    "bytes allocated for {count} shared values of 64 bytes\t{}",
                    80 * count
                ),
            ];
            assert_eq!(
                Facts::collect(count, contrast).expect("facts"),
                expected
            );
        }
    }
}
