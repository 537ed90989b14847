// Twin: go/allocator/measure.go

//! The measured cases.

use std::hint::black_box;

use allocator::Arena;
use pair::Case;

use crate::blocks::{self, each_round};

pub const CASES: &[Case] = &[
    Case {
        name: "arena",
        unit: "ns",
        says: "writes SCALE blocks of 32 bytes from an arena, reset every 1000 blocks",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| each_round(bench, arena),
    },
    Case {
        name: "heap",
        unit: "ns",
        says: "writes SCALE blocks of 32 bytes from the heap, freed every 1000 blocks",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| each_round(bench, heap),
    },
    Case {
        name: "pool",
        unit: "ns",
        says: "writes SCALE blocks of 32 bytes from a pool, put back every 1000 blocks",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| each_round(bench, pool),
    },
    blocks::BUMP_1,
    blocks::BUMP_4,
    blocks::BUMP_8,
    blocks::BUMP_16,
    blocks::BUMP_32,
    blocks::BLOCKS_1,
    blocks::BLOCKS_4,
    blocks::BLOCKS_8,
    blocks::BLOCKS_16,
    blocks::BLOCKS_32,
    blocks::BLOCKS_TRACKED,
];

const SIZE: usize = 32;
const ALIVE: usize = 1000;

/// What a block is filled with.
const PATTERN: &[u8; SIZE] = b"thirty-two bytes to fill a block";

type Block = Box<[u8; SIZE]>;

fn arena(count: usize) -> i64 {
    let mut memory = vec![0; ALIVE * SIZE + SIZE];
    let mut arena = Arena::new(&mut memory);
    let mut sum = 0;
    for first in (0..count).step_by(ALIVE) {
        let mut scope = arena.scope();
        for number in first..count.min(first + ALIVE) {
            let block = scope.alloc(SIZE, 8).expect("room for a round");
            sum += write(block, number);
        }
    }
    sum
}

fn heap(count: usize) -> i64 {
    let mut blocks: Vec<Block> = Vec::with_capacity(ALIVE);
    let mut sum = 0;
    for first in (0..count).step_by(ALIVE) {
        for number in first..count.min(first + ALIVE) {
            let mut block = Block::default();
            sum += write(&mut *block, number);
            blocks.push(block);
        }
        blocks.clear();
    }
    sum
}

fn pool(count: usize) -> i64 {
    let mut pool: Vec<Block> = Vec::new();
    let mut blocks: Vec<Block> = Vec::with_capacity(ALIVE);
    let mut sum = 0;
    for first in (0..count).step_by(ALIVE) {
        for number in first..count.min(first + ALIVE) {
            let mut block = pool.pop().unwrap_or_default();
            sum += write(&mut *block, number);
            blocks.push(block);
        }
        pool.append(&mut blocks);
    }
    sum
}

/// Writes every byte of a block and reads the last one; copied, for not every compiler joins bytes.
fn write(block: &mut [u8], number: usize) -> i64 {
    block.copy_from_slice(PATTERN);
    block[SIZE - 1] = number as u8;
    i64::from(black_box(block)[SIZE - 1])
}
