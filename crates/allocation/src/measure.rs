// Twin: go/allocation/measure.go

//! The measured cases.

use std::hint::black_box;

use allocation::{LENGTH, as_written, escaping, observed, removable};
use pair::{Bench, Case, Sample, Stop};

use crate::{read_all, texts};

pub const CASES: &[Case] = &[
    Case {
        name: "removable",
        unit: "ns",
        says: "makes SCALE slices of 100 integers that the compiler may remove",
        scale: 1_000_000,
        max: 100_000_000,
        // The length is a constant at each call: the compiler may make use of it.
        run: |bench| form(bench, |count| removable(count, LENGTH)),
    },
    Case {
        name: "observed",
        unit: "ns",
        says: "makes SCALE slices of 100 integers that are looked at",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| form(bench, |count| observed(count, LENGTH)),
    },
    Case {
        name: "escaping",
        unit: "ns",
        says: "makes SCALE slices of 100 integers that must be on the heap",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| form(bench, |count| escaping(count, LENGTH)),
    },
    Case {
        name: "escaping_written",
        unit: "ns",
        says: "makes SCALE slices of 100 integers that must be on the heap, and writes every integer",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| form(bench, escaping_written),
    },
    Case {
        name: "as_written",
        unit: "ns",
        says: "makes SCALE slices of 100 integers as the article does, without using them",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| {
            form(bench, |count| {
                as_written(count);
                count
            })
        },
    },
    Case {
        name: "alone",
        unit: "ns",
        says: "makes and keeps SCALE slices of 100 integers on memory that was used before",
        scale: 100_000,
        max: 1_000_000,
        run: alone,
    },
    Case {
        name: "batches",
        unit: "ns",
        says: "writes SCALE batches of 1000 slices of 100 integers, then frees all; each part is timed by itself",
        scale: 100,
        max: 2_000,
        run: batches,
    },
    Case {
        name: "steady",
        unit: "ns",
        says: "makes SCALE slices of 100 integers and writes them, while a tree of as many nodes of 64 bytes lives",
        scale: 1_600_000,
        max: 20_000_000,
        run: steady,
    },
    texts::TEXTS,
    texts::TEXTS_SHARED,
    texts::TEXTS_FAST_HASH,
    texts::TEXTS_INLINE,
    read_all::READ_ALL,
    read_all::READ_ALL_GROWN,
    read_all::READ_ALL_SIZED,
];

/// How many slices a batch has.
const BATCH: i64 = 1000;

/// Measures slices that are made in one of the forms.
fn form(bench: &mut Bench, make: fn(i64) -> i64) -> Result<(), Stop> {
    let count = bench.scale as i64;
    bench.answer(make(count));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(make(count)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Makes slices that need the heap, and adds up their last integers.
fn escaping_written(count: i64) -> i64 {
    (0..count).map(|i| black_box(written(i))[LENGTH - 1]).sum()
}

/// A slice with every integer written.
fn written(first: i64) -> Vec<i64> {
    let mut s = vec![0; LENGTH];
    for (place, number) in s.iter_mut().zip(first..) {
        *place = number;
    }
    s
}

fn alone(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale;
    // Written first: memory that is new to the process costs more when it is touched.
    let mut kept: Vec<_> = (0..count as i64).map(written).collect();
    // Above all others: as long as it lives, the allocator gives nothing back to the system.
    let above = black_box(written(0));
    let fill = |kept: &mut Vec<_>| {
        for _ in 0..count {
            kept.push(vec![0; LENGTH]);
        }
    };
    kept.clear();
    fill(&mut kept);
    bench.answer(kept.iter().map(Vec::len).sum::<usize>());
    while let Some(mut sample) = bench.next_sample() {
        kept.clear();
        sample.time(|| fill(black_box(&mut kept)));
        sample.answers(kept.iter().map(Vec::len).sum::<usize>());
        bench.report(sample);
    }
    drop(above);
    Ok(())
}

fn batches(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(batch(count, &mut Sample::trial()));
    while let Some(mut sample) = bench.next_sample() {
        let answer = batch(count, &mut sample);
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Writes batches and frees all: a single one is over before the clock has been read. Returns the sum of
/// the slices' last integers.
fn batch(count: usize, sample: &mut Sample) -> i64 {
    let batches: Vec<Vec<_>> = sample.time_as("fill", || {
        (0..count)
            .map(|_| (0..BATCH).map(written).collect())
            .collect()
    });
    let slices = black_box(&batches).iter().flatten();
    let sum = slices.map(|s| s[LENGTH - 1]).sum();
    sample.time_as("release", || drop(batches));
    sum
}

fn steady(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale as i64;
    // It lives to the end of the process, where the runtime is asked what lives.
    let tree = Tree::new(0, count).map(|tree| &*Box::leak(tree));
    let lives = sum(tree);
    bench.answer(lives + escaping_written(count));
    bench.begin();
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(escaping_written(count)));
        sample.answers(lives + answer);
        bench.report(sample);
    }
    black_box(tree);
    Ok(())
}

/// A node of 64 bytes, in a block of its own.
struct Tree {
    numbers: [i64; 6],
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

impl Tree {
    /// The complete tree of this many nodes, from this one on: below node n are 2n + 1 and 2n + 2.
    fn new(number: i64, count: i64) -> Option<Box<Self>> {
        let tree = || Tree {
            numbers: [number; 6],
            left: Tree::new(2 * number + 1, count),
            right: Tree::new(2 * number + 2, count),
        };
        (number < count).then(|| Box::new(tree()))
    }
}

/// The sum over a tree's nodes.
fn sum(tree: Option<&Tree>) -> i64 {
    let below =
        |tree: &Tree| sum(tree.left.as_deref()) + sum(tree.right.as_deref());
    tree.map_or(0, |tree| tree.numbers[5] + below(tree))
}
