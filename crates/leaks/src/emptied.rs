// Twin: go/leaks/emptied.go

//! Measured: what a map holds when it is full, after all its entries were removed, and behind the remedy.

use std::{collections::HashMap, hint::black_box};

use pair::{Bench, Case, Stop, heap, heap::Heap, settle};

pub const EMPTIED_48: Case = case(
    "emptied_48",
    "fills a map with SCALE values of 48 bytes and removes them one by one; one sample only",
    1_000_000,
    |bench| emptied(bench, value::<48>, |value| value[0]),
);

pub const EMPTIED_48_BEHIND: Case = case(
    "emptied_48_behind",
    "does the same with each value behind a pointer",
    1_000_000,
    |bench| emptied(bench, |n| Box::new(value::<48>(n)), |value| value[0]),
);

pub const EMPTIED_128: Case = case(
    "emptied_128",
    "does the same with values of 128 bytes",
    1_000_000,
    |bench| emptied(bench, value::<128>, |value| value[0]),
);

pub const EMPTIED_1K: Case = case(
    "emptied_1k",
    "does the same with values of 1 KiB",
    100_000,
    |bench| emptied(bench, value::<1024>, |value| value[0]),
);

const fn case(
    name: &'static str,
    says: &'static str,
    scale: usize,
    run: fn(&mut Bench) -> Result<(), Stop>,
) -> Case {
    Case {
        name,
        unit: "bytes",
        says,
        scale,
        max: 10_000_000,
        run,
    }
}

fn emptied<V>(
    bench: &mut Bench,
    make: fn(i64) -> V,
    first: fn(&V) -> u8,
) -> Result<(), Stop> {
    bench.once();
    let Some(mut sample) = bench.next_sample() else {
        return Ok(());
    };
    let before = held();
    let since = |now: Option<usize>| Some(now? - before?);
    let mut map = HashMap::new();
    for key in 0..bench.scale as i64 {
        map.insert(key, make(key));
    }
    sample.set("held_full_bytes", since(held()));
    let mut sum = 0;
    for key in 0..bench.scale as i64 {
        let value = map.remove(&key);
        sum += value.map_or(0, |value| i64::from(first(&value)));
    }
    let answer = sum + map.len() as i64;
    sample.set("held_emptied_bytes", since(held()));
    black_box(&mut map).shrink_to_fit();
    sample.set("held_remedied_bytes", since(held()));
    drop(black_box(map));
    bench.answer(answer);
    sample.answers(answer);
    bench.report(sample);
    Ok(())
}

/// The bytes that the program holds, if this build counts them.
fn held() -> Option<usize> {
    settle();
    let heap = Heap::now();
    (heap::NAME == "counting").then_some(heap.allocated - heap.freed)
}

fn value<const N: usize>(number: i64) -> [u8; N] {
    [number as u8; N]
}
