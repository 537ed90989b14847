// Twin: go/allocation/contrast.go

//! The facts that differ.

use std::hint::black_box;

use allocation::{LENGTH, as_written, escaping, observed, removable};
use pair::{Facts, Stop, heap::Heap};

/// How many slices each fact is about.
const SLICES: i64 = 1000;

type Form = fn(i64, usize) -> i64;

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    // Each call stands here by itself, so that the compiler can know its length, if it likes.
    let known = [
        ("as written", heap_of(|| as_written(SLICES))),
        ("removable", heap_of(|| removable(SLICES, LENGTH))),
        ("observed", heap_of(|| observed(SLICES, LENGTH))),
        ("escaping", heap_of(|| escaping(SLICES, LENGTH))),
    ];
    for (form, heap) in known {
        facts.add(
            &format!("allocations of {SLICES}, {form}"),
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
            let heap = heap_of(|| make(SLICES, black_box(length)));
            facts.add(
                &format!("allocations of {SLICES}, {form}, length {length} at run time"),
                heap.allocations,
            );
        }
    }
    let heap = heap_of(|| escaping(SLICES, LENGTH));
    facts.add(
        &format!("bytes that an escaping slice of {LENGTH} takes"),
        heap.allocated / SLICES as usize,
    );
    facts.add(
        &format!("freed of {SLICES} escaping slices when the loop ends, no collection"),
        heap.frees,
    );
    Ok(())
}

/// What the heap was asked for.
fn heap_of<T>(work: impl FnOnce() -> T) -> Heap {
    let before = Heap::now();
    black_box(work());
    Heap::now().since(before)
}
