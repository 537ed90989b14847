// Twin: go/reclaim/measure.go

//! The measured cases.

use std::{hint::black_box, time::Instant};

use pair::{Bench, Case, Latencies, Sample, Stop};
use reclaim::{Window, filled};

pub const CASES: &[Case] = &[
    Case {
        name: "window",
        unit: "ns",
        says: "fills SCALE buffers of 1 KiB, of which 1000 are alive at any time",
        scale: 100_000,
        max: 10_000_000,
        run: window,
    },
    Case {
        name: "batches",
        unit: "ns",
        says: "fills SCALE batches of 1000 buffers of 1 KiB, then frees all; each part is timed by itself",
        scale: 100,
        max: 2_000,
        run: batches,
    },
    Case {
        name: "release_one",
        unit: "ns",
        says: "frees SCALE buffers of 1 KiB one by one, each timed",
        scale: 100_000,
        max: 1_000_000,
        run: release_one,
    },
    Case {
        name: "release_million",
        unit: "ns",
        says: "frees SCALE values of 64 bytes at once, each a block of its own",
        scale: 1_000_000,
        max: 10_000_000,
        run: release_million,
    },
    Case {
        name: "release_together",
        unit: "ns",
        says: "frees SCALE values of 64 bytes at once, all in one block",
        scale: 1_000_000,
        max: 10_000_000,
        run: release_together,
    },
    Case {
        name: "one_large",
        unit: "ns",
        says: "fills one buffer of SCALE bytes, adds up one byte in 64 and frees it",
        scale: 104_857_600,
        max: 1 << 30,
        run: one_large,
    },
];

const SIZE: usize = 1024;
const ALIVE: usize = 1000;

type Block = Box<[i64; 8]>;

fn window(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(pass(&mut Window::new(ALIVE), count));
    while let Some(mut sample) = bench.next_sample() {
        let answer =
            sample.time(|| black_box(pass(&mut Window::new(ALIVE), count)));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Passes buffers through a window and returns the sum of their last bytes.
fn pass(window: &mut Window<Vec<u8>>, count: usize) -> i64 {
    let mut sum = 0;
    for number in 1..=count {
        let data = black_box(buffer(number));
        sum += i64::from(data[SIZE - 1]);
        window.keep(data);
    }
    sum
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

/// Fills batches and frees all: a single one is over before the clock has been read. Returns the sum of
/// the buffers' last bytes.
fn batch(count: usize, sample: &mut Sample) -> i64 {
    let batches: Vec<Vec<_>> = sample.time_as("fill", || {
        (0..count)
            .map(|_| (1..=ALIVE).map(buffer).collect())
            .collect()
    });
    let mut sum = 0;
    for data in black_box(&batches).iter().flatten() {
        sum += i64::from(data[SIZE - 1]);
    }
    sample.time_as("release", || drop(batches));
    sum
}

fn release_one(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale;
    let mut window = Window::new(count);
    bench.answer(pass(&mut window, count));
    while let Some(mut sample) = bench.next_sample() {
        window = Window::new(count);
        let answer = pass(&mut window, count);
        sample.answers(answer);
        let mut latencies = Latencies::new();
        for number in 1..=count {
            let start = Instant::now();
            window.release(number);
            latencies.record(start.elapsed());
        }
        sample.latencies("release_ns", &latencies);
        bench.report(sample);
    }
    Ok(())
}

fn release_million(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale as i64;
    let boxes = blocks(count);
    bench.answer(boxes.iter().map(|block| block[7]).sum::<i64>());
    drop(boxes);
    while let Some(mut sample) = bench.next_sample() {
        let boxes = black_box(blocks(count));
        sample.answers(boxes.iter().map(|block| block[7]).sum::<i64>());
        sample.time_as("release", || drop(boxes));
        bench.report(sample);
    }
    Ok(())
}

fn release_together(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale as i64;
    let values = together(count);
    bench.answer(values.iter().map(|value| value[7]).sum::<i64>());
    drop(values);
    while let Some(mut sample) = bench.next_sample() {
        let values = black_box(together(count));
        sample.answers(values.iter().map(|value| value[7]).sum::<i64>());
        sample.time_as("release", || drop(values));
        bench.report(sample);
    }
    Ok(())
}

fn one_large(bench: &mut Bench) -> Result<(), Stop> {
    let size = bench.scale;
    bench.answer(sum_of_lines(&large(size)));
    while let Some(mut sample) = bench.next_sample() {
        let answer =
            sample.time(|| black_box(sum_of_lines(&black_box(large(size)))));
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// A buffer with every byte written, from a piece that stays in the cache: Go's `bytes.Repeat` does so,
/// where `repeat` would copy ever larger pieces.
fn large(size: usize) -> Vec<u8> {
    const PIECE: usize = 8192;
    let piece = filled(PIECE.min(size), 1);
    let mut data = Vec::with_capacity(size);
    while data.len() < size {
        let more = PIECE.min(size - data.len());
        data.extend_from_slice(&piece[..more]);
    }
    data
}

/// The sum of a byte of each cache line: a sum of all is wide instructions here and single steps in Go.
fn sum_of_lines(data: &[u8]) -> i64 {
    data.iter().step_by(64).map(|&byte| i64::from(byte)).sum()
}

/// A buffer with every byte written; none of them is zero, which the system would serve unwritten.
fn buffer(number: usize) -> Vec<u8> {
    filled(SIZE, (1 + number % 255) as u8)
}

/// Values of 64 bytes, each in a block of its own.
fn blocks(count: i64) -> Vec<Block> {
    (0..count).map(|number| Block::new([number; 8])).collect()
}

/// The same values in one block.
fn together(count: i64) -> Vec<[i64; 8]> {
    (0..count).map(|number| [number; 8]).collect()
}
