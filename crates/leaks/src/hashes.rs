// Twin: go/leaks/hashes.go

//! Measured maps and sets with the standard hash and with a fast one; Go's map has a fast hash of its own.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
    hint::black_box,
};

use foldhash::fast::RandomState as Fast;
use pair::{Bench, Case, Stop};

use crate::random::Random;

/// About how many keys a sample looks up, or puts into sets.
const KEYS: usize = 1_000_000;

/// How often a set is given each of its values.
const REPEATED: usize = 10;

pub const HIT: Case = case(
    "hash_hit",
    "looks up about 1000000 keys that a map of SCALE integers has, with the standard hash",
    |bench| look_up::<_, RandomState>(bench, present, present),
);

pub const HIT_FAST: Case =
    case("hash_hit_fast", "does the same with a fast hash", |bench| {
        look_up::<_, Fast>(bench, present, present)
    });

pub const HIT_IDENTITY: Case = case(
    "hash_hit_identity",
    "does the same with the integer as its own hash",
    |bench| look_up::<_, BuildHasherDefault<Identity>>(bench, present, present),
);

pub const MISS: Case = case(
    "hash_miss",
    "looks up about 1000000 keys that a map of SCALE integers lacks, with the standard hash",
    |bench| look_up::<_, RandomState>(bench, present, absent),
);

pub const MISS_FAST: Case = case(
    "hash_miss_fast",
    "does the same with a fast hash",
    |bench| look_up::<_, Fast>(bench, present, absent),
);

pub const SET: Case = case(
    "hash_set",
    "puts about 1000000 integers into sets of SCALE, each ten times, with the standard hash",
    build::<RandomState>,
);

pub const SET_FAST: Case = case(
    "hash_set_fast",
    "does the same with a fast hash",
    build::<Fast>,
);

pub const WORDS: Case = case(
    "hash_words",
    "looks up about 1000000 words that a map of SCALE words has, with the standard hash",
    |bench| look_up::<_, RandomState>(bench, words, words),
);

pub const WORDS_FAST: Case = case(
    "hash_words_fast",
    "does the same with a fast hash",
    |bench| look_up::<_, Fast>(bench, words, words),
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
        scale: 1000,
        max: 10_000_000,
        run,
    }
}

/// A hash that is the number itself.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0 << 8 | u64::from(byte);
        }
    }

    fn write_i64(&mut self, number: i64) {
        self.0 = number as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Looks up keys of the second kind in a map of those of the first kind.
fn look_up<K: Hash + Eq, S: BuildHasher + Default>(
    bench: &mut Bench,
    held: fn(usize) -> Vec<K>,
    asked: fn(usize) -> Vec<K>,
) -> Result<(), Stop> {
    let map: HashMap<K, i64, S> =
        held(bench.scale).into_iter().zip(1..).collect();
    let asked = asked(bench.scale);
    let rounds = (KEYS / asked.len()).max(1);
    let look_up = || {
        let mut sum = 0;
        for _ in 0..rounds {
            for key in &asked {
                sum += map.get(key).unwrap_or(&-1);
            }
        }
        sum
    };
    bench.answer(look_up());
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(look_up()));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

fn build<S: BuildHasher + Default>(bench: &mut Bench) -> Result<(), Stop> {
    let keys = present(bench.scale);
    let sets = (KEYS / REPEATED / keys.len()).max(1);
    let build = || {
        let mut size = 0;
        for _ in 0..sets {
            let mut set = HashSet::with_hasher(S::default());
            for _ in 0..REPEATED {
                // Not extend, which makes room for all of them first.
                for &key in &keys {
                    set.insert(key);
                }
            }
            size += black_box(set).len();
        }
        size
    };
    bench.answer(build());
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| black_box(build()));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Random integers.
fn present(count: usize) -> Vec<i64> {
    let mut random = Random(1);
    (0..count).map(|_| integer(&mut random)).collect()
}

/// Those that follow them.
fn absent(count: usize) -> Vec<i64> {
    let mut random = Random(1);
    let both = (0..2 * count).map(|_| integer(&mut random));
    both.skip(count).collect()
}

fn integer(random: &mut Random) -> i64 {
    random.below(i64::MAX as usize) as i64
}

/// A tenth of a fixed list of words, in no order.
fn words(count: usize) -> Vec<String> {
    // A prime: no word comes twice.
    (0..count)
        .map(|number| word(number * 7919 % (10 * count)))
        .collect()
}

/// The word of this number: as many syllables as its number has digits to a base of 16.
fn word(mut number: usize) -> String {
    const SYLLABLES: &[u8; 48] =
        b"andberconderentforgenhalingleymenouspreresionter";
    let mut word = String::new();
    loop {
        let syllable = &SYLLABLES[number % 16 * 3..][..3];
        word.extend(syllable.iter().map(|&letter| char::from(letter)));
        number /= 16;
        if number == 0 {
            return word;
        }
    }
}
