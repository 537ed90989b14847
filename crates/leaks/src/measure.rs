// Twin: go/leaks/measure.go

//! The measured cases.

use std::hint::black_box;

use leaks::{Cache, Lru, add_to_cache};
use pair::{Bench, Case, Stop};

use crate::{
    emptied,
    fast::Fast,
    flat::Flat,
    hashes,
    random::Random,
    steady::{Limited, steady},
};

pub const CASES: &[Case] = &[
    Case {
        name: "lru",
        unit: "ns",
        says: "asks a new cache of at most 100000 values SCALE times and puts in what it lacks",
        scale: 200_000,
        max: 100_000_000,
        run: |bench| lru(bench, Lru::new),
    },
    Case {
        name: "lru_fast_hash",
        unit: "ns",
        says: "asks in the same way a cache with a fast hash, as Go's map has anyway",
        scale: 200_000,
        max: 100_000_000,
        run: |bench| lru(bench, Fast::new),
    },
    Case {
        name: "lru_slab",
        unit: "ns",
        says: "asks in the same way a cache that has its entries in one block and a cheap hash, in both languages",
        scale: 200_000,
        max: 100_000_000,
        run: |bench| lru(bench, Flat::new),
    },
    Case {
        name: "grow",
        unit: "ns",
        says: "puts SCALE values into a new cache that keeps them for ever",
        scale: 200_000,
        max: 10_000_000,
        run: grow,
    },
    Case {
        name: "churn",
        unit: "ns",
        says: "replaces one of SCALE live objects of 64 bytes, picked at random, SCALE times",
        scale: 1_600_000,
        max: 10_000_000,
        run: |bench| churn(bench, &picked(bench.scale)),
    },
    Case {
        name: "churn_in_order",
        unit: "ns",
        says: "replaces one of SCALE live objects of 64 bytes, each in its turn, SCALE times",
        scale: 1_600_000,
        max: 10_000_000,
        run: |bench| churn(bench, &(0..bench.scale).collect::<Vec<_>>()),
    },
    Case {
        name: "lru_steady",
        unit: "ns",
        says: "asks a full cache of SCALE values 10000 times a second for 5 s; in Go two collections come between",
        scale: 1_000_000,
        max: 30_000_000,
        run: |bench| steady(bench, Lru::new(bench.scale)),
    },
    Case {
        name: "lru_steady_fast_hash",
        unit: "ns",
        says: "does the same with the cache of lru_fast_hash",
        scale: 1_000_000,
        max: 30_000_000,
        run: |bench| steady(bench, Fast::new(bench.scale)),
    },
    Case {
        name: "lru_flat",
        unit: "ns",
        says: "asks in the same way the cache of lru_slab, which has no pointers for a collector to follow",
        scale: 1_000_000,
        max: 30_000_000,
        run: |bench| steady(bench, Flat::new(bench.scale)),
    },
    hashes::HIT,
    hashes::HIT_FAST,
    hashes::HIT_IDENTITY,
    hashes::MISS,
    hashes::MISS_FAST,
    hashes::SET,
    hashes::SET_FAST,
    hashes::WORDS,
    hashes::WORDS_FAST,
    emptied::EMPTIED_48,
    emptied::EMPTIED_48_BEHIND,
    emptied::EMPTIED_128,
    emptied::EMPTIED_1K,
];

/// How many values the measured caches hold at most.
const LIMIT: usize = 100_000;

fn lru<C: Limited>(bench: &mut Bench, new: fn(usize) -> C) -> Result<(), Stop> {
    let requests = bench.scale;
    bench.answer(ask(&mut new(LIMIT), requests));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(ask(&mut new(LIMIT), requests)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Asks for keys of which half fit in; returns the sum of the values that were found.
fn ask(cache: &mut impl Limited, requests: usize) -> i64 {
    let mut random = Random(1);
    let mut sum = 0;
    for request in 0..requests as i64 {
        let key = random.below(2 * LIMIT) as i64;
        if let Some(value) = cache.get(key) {
            sum += value;
        } else {
            cache.put(key, request);
        }
    }
    sum
}

fn grow(bench: &mut Bench) -> Result<(), Stop> {
    let values = bench.scale as i64;
    bench.answer(grown(values).values().sum::<i64>());
    while let Some(mut sample) = bench.next_sample() {
        // Only what grows is timed: it is freed behind the clock.
        let cache = black_box(sample.time(|| grown(values)));
        sample.answers(cache.values().sum::<i64>());
        drop(cache);
        bench.report(sample);
    }
    Ok(())
}

/// A cache of that many values.
fn grown(values: i64) -> Cache<i64> {
    let mut cache = Cache::new();
    for value in 0..values {
        add_to_cache(&mut cache, value.to_string(), value);
    }
    cache
}

fn churn(bench: &mut Bench, places: &[usize]) -> Result<(), Stop> {
    let mut live: Vec<_> = (0..bench.scale as i64)
        .map(|number| Box::new([number; 8]))
        .collect();
    replace(&mut live, places);
    bench.answer(weigh(&live));
    while let Some(mut sample) = bench.next_sample() {
        sample.time(|| replace(black_box(&mut live), places));
        sample.answers(weigh(&live));
        bench.report(sample);
    }
    Ok(())
}

/// Replaces the objects in these places, one by one.
fn replace(live: &mut [Box<[i64; 8]>], places: &[usize]) {
    for (number, &place) in (0..).zip(places) {
        // A new object, not the old one with new numbers.
        let object = Box::new([number; 8]);
        live[place] = object;
    }
}

/// The sum of each object's number times its place.
fn weigh(live: &[Box<[i64; 8]>]) -> i64 {
    (0..)
        .zip(live)
        .map(|(place, object)| place * object[7])
        .sum()
}

/// As many places as there are, each picked at random.
fn picked(count: usize) -> Vec<usize> {
    let mut random = Random(1);
    (0..count).map(|_| random.below(count)).collect()
}
