// Twin: go/allocation/texts.go

//! Measured: maps of short texts, as they are usually written and with fewer allocations.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    hint::black_box,
    sync::Arc,
    thread::{self, ScopedJoinHandle},
};

use foldhash::fast::RandomState as Fast;
use pair::{Bench, Case, Stop};

/// How many entries a task puts into its map.
const ENTRIES: u32 = 10_000;

/// How many threads share the tasks.
const WORKERS: usize = 2;

pub const TEXTS: Case = case(
    "texts",
    "puts 10000 numbers as texts into a map and looks each up, SCALE times on two threads",
    |bench| texts::<String, RandomState>(bench, 0),
);

pub const TEXTS_SHARED: Case = case(
    "texts_shared",
    "does the same with texts whose copies share one block",
    |bench| texts::<Arc<str>, RandomState>(bench, 0),
);

pub const TEXTS_FAST_HASH: Case = case(
    "texts_fast_hash",
    "does the same as texts with a fast hash",
    |bench| texts::<String, Fast>(bench, 0),
);

pub const TEXTS_INLINE: Case = case(
    "texts_inline",
    "does the same with a fast hash, room for all entries, and in Rust with texts that need no block",
    |bench| texts::<Short, Fast>(bench, ENTRIES as usize),
);

const fn case(
    name: &'static str,
    says: &'static str,
    run: fn(&mut Bench) -> Result<(), Stop>,
) -> Case {
    Case {
        name,
        unit: "ns",
        says,
        scale: 100,
        max: 100_000,
        run,
    }
}

/// A text made of a number.
trait Text: Clone + Eq + Hash {
    fn new(number: u32) -> Self;
}

impl Text for String {
    fn new(number: u32) -> Self {
        number.to_string()
    }
}

impl Text for Arc<str> {
    fn new(number: u32) -> Self {
        number.to_string().into()
    }
}

/// A text of at most 15 bytes, within the value.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Short {
    length: u8,
    bytes: [u8; 15],
}

impl Text for Short {
    fn new(mut number: u32) -> Self {
        let mut short = Short {
            length: 0,
            bytes: [0; 15],
        };
        // The last digit comes first: the order is all the same to a map.
        loop {
            short.bytes[usize::from(short.length)] = b'0' + (number % 10) as u8;
            short.length += 1;
            number /= 10;
            if number == 0 {
                return short;
            }
        }
    }
}

/// What the map holds for a text.
struct Value<T> {
    text: T,
    number: u32,
}

fn texts<T: Text, S: BuildHasher + Default>(
    bench: &mut Bench,
    room: usize,
) -> Result<(), Stop> {
    let tasks = bench.scale;
    bench.answer(on_workers(tasks, || task::<T, S>(room)));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| on_workers(tasks, || task::<T, S>(room)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Shares the tasks; the answer is the sum of theirs.
fn on_workers(tasks: usize, task: impl Fn() -> u64 + Sync) -> u64 {
    let work = |first| (first..tasks).step_by(WORKERS).map(|_| task()).sum();
    thread::scope(|scope| {
        let work = &work;
        let start = |first| scope.spawn(move || -> u64 { work(first) });
        let workers: Vec<_> = (0..WORKERS).map(start).collect();
        let ended = workers.into_iter().map(ScopedJoinHandle::join);
        ended.map(|sum| sum.expect("a task does not panic")).sum()
    })
}

/// Fills a map, looks every text up, and returns how many entries there are, plus the numbers that were
/// found with their texts.
fn task<T: Text, S: BuildHasher + Default>(room: usize) -> u64 {
    let mut map = HashMap::with_capacity_and_hasher(room, S::default());
    let mut sum = 0;
    for number in 0..ENTRIES {
        let text = T::new(number);
        let value = Value {
            text: text.clone(),
            number,
        };
        map.insert(text.clone(), value);
        if let Some(value) = map.get(&text).filter(|value| value.text == text) {
            sum += u64::from(value.number);
        }
    }
    sum += map.len() as u64;
    drop(black_box(map));
    sum
}
