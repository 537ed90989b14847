// Twin: go/footprint/occupy.go

//! What a structure makes resident.

use std::hint::black_box;

use pair::{Bench, Stop, process};

/// What a structure of so many parts makes resident. Only the first one of a process meets memory that nobody
/// used before, so there is one sample, and the answer is read from that one after it was weighed.
pub fn occupy<S>(
    bench: &mut Bench,
    part: usize,
    make: impl FnOnce(usize) -> S,
    sum: impl FnOnce(&S) -> i64,
) -> Result<(), Stop> {
    bench.once();
    let Some(mut sample) = bench.next_sample() else {
        return Ok(());
    };
    let before = process::resident_bytes();
    let structure = black_box(make(bench.scale));
    let after = process::resident_bytes();
    let answer = sum(&structure);
    bench.answer(answer);
    sample.answers(answer);
    sample.set("size_bytes", part);
    if let (Some(before), Some(after)) = (before, after) {
        let more = after as f64 - before as f64;
        sample.set("resident_before_bytes", before);
        sample.set("resident_after_bytes", after);
        sample.set("node_bytes", more / bench.scale as f64);
    }
    bench.report(sample);
    Ok(())
}
