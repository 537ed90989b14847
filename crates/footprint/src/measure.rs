// Twin: go/footprint/measure.go

//! The measured cases.

use std::hint::black_box;

use footprint::{List, Node};
use pair::{Bench, Case, Stop};

use crate::{occupy::occupy, slices};

pub const CASES: &[Case] = &[
    Case {
        name: "grown",
        unit: "bytes",
        says: "memory that a fresh list of SCALE 64-bit integers makes resident; one sample only",
        scale: 1_000_000,
        max: 10_000_000,
        run: |bench| list(bench, |count| grown(0..count as i64)),
    },
    Case {
        name: "grown_i32",
        unit: "bytes",
        says: "memory that a fresh list of SCALE 32-bit integers makes resident; one sample only",
        scale: 1_000_000,
        max: 10_000_000,
        run: |bench| list(bench, |count| grown(0..count as i32)),
    },
    Case {
        name: "grown_64",
        unit: "bytes",
        says: "memory that a fresh list of SCALE nodes of 64 bytes makes resident; one sample only",
        scale: 1_000_000,
        max: 10_000_000,
        run: |bench| list(bench, grown_wide),
    },
    Case {
        name: "churned",
        unit: "bytes",
        says: "the same for 64-bit integers once about 3 in turn were in each node's place",
        scale: 1_000_000,
        max: 10_000_000,
        run: |bench| {
            list(bench, |count| churned(grown(0..count as i64), |n| n))
        },
    },
    Case {
        name: "churned_64",
        unit: "bytes",
        says: "the same for nodes of 64 bytes",
        scale: 1_000_000,
        max: 10_000_000,
        run: |bench| list(bench, |count| churned(grown_wide(count), wide)),
    },
    Case {
        name: "grow_release",
        unit: "ns",
        says: "pushes SCALE 64-bit integers, adds them up and frees the list",
        scale: 100_000,
        max: 10_000_000,
        run: grow_release,
    },
    Case {
        name: "boxes",
        unit: "ns",
        says: "writes SCALE values of 64 bytes, each a block of its own, adds up one number of each and frees all",
        scale: 1_000_000,
        max: 10_000_000,
        run: boxes,
    },
    Case {
        name: "goal",
        unit: "bytes",
        says: "collects while a list of SCALE 64-bit integers lives, and asks how large the heap may become",
        scale: 1_000_000,
        max: 10_000_000,
        run: goal,
    },
    slices::FRESH_POINTERS,
    slices::FRESH_BYTES,
    slices::WRITTEN_POINTERS,
    slices::RECYCLED_POINTERS,
];

/// A value that makes a node 64 bytes large.
#[derive(Clone, Copy)]
struct Wide([i64; 7]);

impl From<Wide> for i64 {
    fn from(wide: Wide) -> Self {
        wide.0[6]
    }
}

fn wide(number: i64) -> Wide {
    Wide([number; 7])
}

fn list<T>(
    bench: &mut Bench,
    make: impl FnOnce(usize) -> List<T>,
) -> Result<(), Stop>
where
    T: Copy + Into<i64>,
{
    occupy(bench, size_of::<Node<T>>(), make, sum)
}

fn grow_release(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale as i64;
    bench.answer(sum(&grown(0..count)));
    while let Some(mut sample) = bench.next_sample() {
        let answer =
            sample.time(|| black_box(sum(&black_box(grown(0..count)))));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

fn boxes(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale as i64;
    bench.answer(boxed(count));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(boxed(count)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

fn goal(bench: &mut Bench) -> Result<(), Stop> {
    let list = grown(0..bench.scale as i64);
    bench.answer(sum(&list));
    while let Some(mut sample) = bench.next_sample() {
        sample.collect();
        sample.answers(sum(&list));
        bench.report(sample);
    }
    drop(black_box(list));
    Ok(())
}

/// A list of these values, the last one in front.
fn grown<T>(values: impl Iterator<Item = T>) -> List<T> {
    let mut list = List::new();
    values.for_each(|value| list.push(value));
    list
}

/// The same list with nodes of 64 bytes.
fn grown_wide(count: usize) -> List<Wide> {
    grown((0..count as i64).map(wide))
}

/// A list of which six times about half the nodes, drawn by lot, were replaced.
fn churned<T>(mut list: List<T>, value: fn(i64) -> T) -> List<T> {
    let count = list.length();
    let mut lots: u64 = 1;
    for round in 1..=6 {
        list.retain(|_| {
            lots = lots.wrapping_mul(6_364_136_223_846_793_005);
            lots = lots.wrapping_add(1_442_695_040_888_963_407);
            lots >> 63 == 0
        });
        while list.length() < count {
            list.push(value(round));
        }
    }
    list
}

fn sum<T: Copy + Into<i64>>(list: &List<T>) -> i64 {
    list.values().map(|&value| value.into()).sum()
}

/// The sum over values of 64 bytes, each in a block of its own; of each one number, for a sum of all eight
/// is a wide instruction here and eight steps in Go.
fn boxed(count: i64) -> i64 {
    let boxes: Vec<_> =
        (0..count).map(|number| Box::new([number; 8])).collect();
    let boxes = black_box(boxes);
    boxes.iter().map(|block| block[7]).sum()
}
