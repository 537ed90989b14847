// Twin: go/allocation/contrast.go

//! The facts that differ.

use std::hint::black_box;

use allocation::{LENGTH, as_written, escaping, observed, removable};
use pair::{Facts, Stop, heap::Heap};

type Form = fn(i64, usize) -> i64;

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let slices = facts.count() as i64;
    // Each call stands here by itself, so that the compiler can know its length.
    let known = [
        ("as written", heap_of(|| as_written(slices))),
        ("removable", heap_of(|| removable(slices, LENGTH))),
        ("observed", heap_of(|| observed(slices, LENGTH))),
        ("escaping", heap_of(|| escaping(slices, LENGTH))),
    ];
    for (form, heap) in known {
        facts.add(
            format_args!("allocations of {slices}, {form}"),
            heap.allocations,
        );
    }
    let forms: [(&str, Form); 3] = [
        ("removable", removable),
        ("observed", observed),
        ("escaping", escaping),
    ];
    for (form, make) in forms {
        for length in [LENGTH, 4, 0] {
            let heap = heap_of(|| make(slices, black_box(length)));
            facts.add(
                format_args!("allocations of {slices}, {form}, length {length} at run time"),
                heap.allocations,
            );
        }
    }
    let heap = heap_of(|| escaping(slices, LENGTH));
    facts.add(
        format_args!("bytes that {slices} escaping slices of {LENGTH} take"),
        heap.allocated,
    );
    facts.add(
        format_args!("freed of {slices} escaping slices when the loop ends, no collection"),
        heap.frees,
    );
    Ok(())
}

/// What the heap was asked for.
pub fn heap_of<T>(work: impl FnOnce() -> T) -> Heap {
    let before = Heap::now();
    black_box(work());
    Heap::now().since(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_follow_the_number_of_slices() {
        for count in [7, 1000] {
            let lines = Facts::collect(count, contrast).expect("facts");
            for fact in [
                format!("allocations of {count}, escaping\t{count}"),
                format!(
                    "allocations of {count}, observed, length 4 at run time\t{count}"
                ),
                format!(
                    "allocations of {count}, escaping, length 0 at run time\t0"
                ),
                format!(
                    "bytes that {count} escaping slices of 100 take\t{}",
                    800 * count
                ),
                format!(
                    "freed of {count} escaping slices when the loop ends, no collection\t{count}"
                ),
            ] {
                assert!(lines.contains(&fact), "{fact} is not in {lines:#?}");
            }
        }
    }
}
