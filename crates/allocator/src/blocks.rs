// Twin: go/allocator/blocks.go

//! Measured: blocks of one small size from a bump arena and from the heap, all given back at once.

use std::{collections::HashSet, hint::black_box, ptr};

use bumpalo::Bump;
use pair::{Bench, Case, Stop};

/// How often a sample makes all blocks and gives them back.
const ROUNDS: usize = 100;

pub const BUMP_1: Case = bump::<1>("bump_1");
pub const BUMP_4: Case = bump::<4>("bump_4");
pub const BUMP_8: Case = bump::<8>("bump_8");
pub const BUMP_16: Case = bump::<16>("bump_16");
pub const BUMP_32: Case = bump::<32>("bump_32");
pub const BLOCKS_1: Case = heap::<1>("blocks_1");
pub const BLOCKS_4: Case = heap::<4>("blocks_4");
pub const BLOCKS_8: Case = heap::<8>("blocks_8");
pub const BLOCKS_16: Case = heap::<16>("blocks_16");
pub const BLOCKS_32: Case = heap::<32>("blocks_32");
pub const BLOCKS_TRACKED: Case = case(
    "blocks_tracked",
    "does the same as blocks_8, with a set of the addresses of live blocks",
    |bench| each_round(bench, tracked),
);

const fn bump<const SIZE: usize>(name: &'static str) -> Case {
    case(
        name,
        "writes SCALE blocks of the size in its name from a bump arena and resets it, 100 times",
        |bench| each_round(bench, from_bump::<SIZE>),
    )
}

const fn heap<const SIZE: usize>(name: &'static str) -> Case {
    case(
        name,
        "writes SCALE blocks of the size in its name from the heap and lets go of all, 100 times",
        |bench| each_round(bench, from_heap::<SIZE>),
    )
}

const fn case(
    name: &'static str,
    says: &'static str,
    run: fn(&mut Bench) -> Result<(), Stop>,
) -> Case {
    Case {
        name,
        unit: "ns",
        says,
        scale: 10_007,
        max: 1_000_000,
        run,
    }
}

/// Times a kind of memory: what it does with so many blocks, and the sum of their last bytes.
pub fn each_round(
    bench: &mut Bench,
    work: fn(usize) -> i64,
) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(work(count));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(work(count)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

fn from_bump<const SIZE: usize>(count: usize) -> i64 {
    let mut bump = Bump::new();
    let mut sum = 0;
    for _ in 0..ROUNDS {
        for number in 0..count {
            sum += last(bump.alloc([number as u8; SIZE]));
        }
        bump.reset();
    }
    sum
}

fn from_heap<const SIZE: usize>(count: usize) -> i64 {
    let mut blocks = Vec::with_capacity(count);
    let mut sum = 0;
    for _ in 0..ROUNDS {
        for number in 0..count {
            let mut block = Box::new([number as u8; SIZE]);
            sum += last(&mut *block);
            blocks.push(block);
        }
        blocks.clear();
    }
    sum
}

fn tracked(count: usize) -> i64 {
    let mut blocks = Vec::with_capacity(count);
    let mut live = HashSet::new();
    let mut sum = 0;
    for _ in 0..ROUNDS {
        for number in 0..count {
            let mut block = Box::new([number as u8; 8]);
            sum += last(&mut *block);
            live.insert(ptr::from_ref(&*block).addr());
            blocks.push(block);
        }
        for block in blocks.drain(..) {
            live.remove(&ptr::from_ref(&*block).addr());
        }
    }
    sum + live.len() as i64
}

/// The last byte of a block, of which the compiler knows nothing.
fn last(block: &mut [u8]) -> i64 {
    black_box(block).last().map_or(0, |&byte| i64::from(byte))
}
