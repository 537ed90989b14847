// Twin: go/escape/measure.go

//! The measured cases.

use std::hint::black_box;

use escape::{heap, local};
use pair::{Bench, Case, Stop};

pub const CASES: &[Case] = &[
    Case {
        name: "boxed_return",
        unit: "ns",
        says: "adds up SCALE numbers that are returned by their address",
        scale: 1_000_000,
        max: 1_000_000_000,
        run: |bench| calls(bench, boxed_return),
    },
    Case {
        name: "value_return",
        unit: "ns",
        says: "adds up SCALE numbers that are returned by value",
        scale: 10_000_000,
        max: 1_000_000_000,
        run: |bench| calls(bench, value_return),
    },
];

/// Measures that many calls.
fn calls(bench: &mut Bench, call: fn(i64) -> i64) -> Result<(), Stop> {
    let count = bench.scale as i64;
    bench.answer(call(count));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(call(count)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// The sum of boxed numbers; nobody knows what becomes of a box, so each is on the heap.
fn boxed_return(count: i64) -> i64 {
    (0..count).map(|n| *black_box(heap(n))).sum()
}

/// The sum of numbers; nobody knows what becomes of one, so each is returned.
fn value_return(count: i64) -> i64 {
    (0..count).map(|n| black_box(local(n))).sum()
}
