// Twin: go/footprint/slices.go

//! Measured slices that are large, and of which a thousandth is written.

use std::hint::black_box;

use pair::{Bench, Case, Stop, settle};

use crate::occupy::occupy;

pub const FRESH_POINTERS: Case = Case {
    name: "fresh_pointers",
    unit: "bytes",
    says: "memory that a fresh slice of SCALE pointers makes resident, the first thousandth written; one sample only",
    scale: 1 << 25,
    max: 1 << 27,
    run: |bench| pointers(bench, none),
};

pub const FRESH_BYTES: Case = Case {
    name: "fresh_bytes",
    unit: "bytes",
    says: "the same for a slice of SCALE bytes",
    scale: 1 << 28,
    max: 1 << 30,
    run: bytes,
};

pub const WRITTEN_POINTERS: Case = Case {
    name: "written_pointers",
    unit: "bytes",
    says: "the same for a slice of SCALE pointers that are set to nothing one by one before",
    scale: 1 << 25,
    max: 1 << 27,
    run: |bench| pointers(bench, written),
};

pub const RECYCLED_POINTERS: Case = Case {
    name: "recycled_pointers",
    unit: "bytes",
    says: "the same where a slice of this size was written whole and let go of before",
    scale: 1 << 25,
    max: 1 << 27,
    run: |bench| {
        pointers(bench, |count| {
            drop(black_box(written(count)));
            settle();
            none(count)
        })
    },
};

type Pointers = Vec<Option<Box<i64>>>;

fn pointers(
    bench: &mut Bench,
    make: fn(usize) -> Pointers,
) -> Result<(), Stop> {
    let filled = |count| {
        let mut slice = make(count);
        for (place, number) in slice.iter_mut().zip(0..thousandth(count)) {
            *place = Some(Box::new(number));
        }
        slice
    };
    let sum = |slice: &Pointers| {
        let numbers = slice.iter().flatten();
        numbers.map(|number| **number).sum::<i64>() + slice.len() as i64
    };
    occupy(bench, size_of::<Option<Box<i64>>>(), filled, sum)
}

fn bytes(bench: &mut Bench) -> Result<(), Stop> {
    let filled = |count| {
        let mut slice = vec![0; count];
        for (place, number) in slice.iter_mut().zip(0..thousandth(count)) {
            *place = number as u8;
        }
        slice
    };
    let sum = |slice: &Vec<u8>| {
        let bytes = slice.iter().map(|&byte| i64::from(byte));
        bytes.sum::<i64>() + slice.len() as i64
    };
    occupy(bench, 1, filled, sum)
}

/// Pointers to nothing, which are zero as fresh memory is.
fn none(count: usize) -> Pointers {
    vec![None; count]
}

/// Pointers to nothing, each written.
fn written(count: usize) -> Pointers {
    (0..count).map(|_| black_box(None)).collect()
}

fn thousandth(count: usize) -> i64 {
    count.div_ceil(1000) as i64
}
