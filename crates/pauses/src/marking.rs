// Twin: go/pauses/marking.go

//! Measured: computing on each core beside collections, which Rust has none of.

use std::{
    hint::black_box,
    num::NonZero,
    thread::{self, ScopedJoinHandle},
};

use pair::{Bench, Case, Stop};

pub const MARKING: Case = Case {
    name: "marking",
    unit: "ns",
    says: "computes on each core beside a tree of SCALE nodes; in Go collections follow each other meanwhile",
    scale: 3_000_000,
    max: 30_000_000,
    run: |bench| marking(bench, cores(), compute),
};

pub const MARKING_IDLE: Case = Case {
    name: "marking_idle",
    unit: "ns",
    says: "does the same with one core left idle, if there are several",
    scale: 3_000_000,
    max: 30_000_000,
    run: |bench| marking(bench, (cores() - 1).max(1), compute),
};

pub const MARKING_ALLOCATING: Case = Case {
    name: "marking_allocating",
    unit: "ns",
    says: "does the same as marking, and each thread makes 5000000 blocks of 64 bytes and keeps the last 128",
    scale: 3_000_000,
    max: 30_000_000,
    run: |bench| marking(bench, cores(), compute_and_allocate),
};

/// How often a thread goes over its own numbers: so often that on one core Go ends a collection meanwhile.
const ROUNDS: usize = 5_000_000;

/// How many blocks a thread keeps that allocates.
const KEPT: usize = 128;

/// A node of 32 bytes.
struct Node {
    numbers: [i64; 2],
    children: [Option<Box<Node>>; 2],
}

fn marking(
    bench: &mut Bench,
    threads: usize,
    compute: fn() -> i64,
) -> Result<(), Stop> {
    let root = tree(bench.scale);
    let answer = compute();
    bench.answer(answer + sum(root.as_deref()));
    bench.begin();
    while let Some(mut sample) = bench.next_sample() {
        let computed = sample.time(|| {
            thread::scope(|scope| {
                let threads: Vec<_> =
                    (0..threads).map(|_| scope.spawn(compute)).collect();
                let ended = threads.into_iter().map(ScopedJoinHandle::join);
                ended.map(|answer| answer.expect("it only computes")).sum()
            })
        });
        let computed: i64 = computed;
        sample.answers(computed / threads as i64 + sum(root.as_deref()));
        for figure in [
            "marking_ns",
            "marking_cpu_ns",
            "marking_assist_cpu_ns",
            "marking_idle_cpu_ns",
            "processors",
        ] {
            sample.set(figure, None::<u64>);
        }
        bench.report(sample);
    }
    Ok(())
}

/// Goes over the numbers, and makes nothing.
fn compute() -> i64 {
    rounds(|_, _| ())
}

/// Makes a block in each round, in the place of an older one.
fn compute_and_allocate() -> i64 {
    let mut blocks: Vec<_> = (0..KEPT).map(|_| Box::new([0; 8])).collect();
    let computed = rounds(|round, last| {
        // A new block, not the old one with new numbers.
        let block = Box::new([last; 8]);
        blocks[round % KEPT] = block;
    });
    let kept = blocks.iter().map(|block| (block[7] >> 40) as i64);
    computed + kept.sum::<i64>()
}

/// Multiplications that wait for each other, over 1 KiB of the thread's own; tells what each round ended with.
fn rounds(mut each: impl FnMut(usize, u64)) -> i64 {
    let (mut own, mut last) = ([1_u64; 128], 0_u64);
    for round in 0..ROUNDS {
        for word in &mut own {
            last = (last ^ *word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29);
            *word = last;
        }
        each(round, last);
    }
    // Few bits, so that the answers of all threads can be added up.
    (black_box(last) >> 40) as i64
}

/// A tree of so many nodes, as flat as can be.
fn tree(count: usize) -> Option<Box<Node>> {
    let rest = count.checked_sub(1)?;
    let children = [tree(rest / 2), tree(rest - rest / 2)];
    Some(Box::new(Node {
        numbers: [1; 2],
        children,
    }))
}

fn sum(node: Option<&Node>) -> i64 {
    node.map_or(0, |node| {
        let [left, right] = &node.children;
        node.numbers[1] + sum(left.as_deref()) + sum(right.as_deref())
    })
}

/// How many threads can run at the same time.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
