// Twin: go/deadline/measure.go

//! The measured cases.

use std::{
    hint::{black_box, spin_loop},
    time::{Duration, Instant},
};

use deadline::{Book, World};
use pair::{Bench, Case, Latencies, Stop, clock};

use crate::{
    feed::{
        BETWEEN, Feed, checksum, drop_trades, held_book, held_world, keep, send,
    },
    mixed::mixed,
};

pub const CASES: &[Case] = &[
    Case {
        name: "orders",
        unit: "ns",
        says: "sends SCALE orders back to back, each with a list of trades of its own",
        scale: 100_000,
        max: 10_000_000,
        run: orders,
    },
    Case {
        name: "order",
        unit: "ns",
        says: "sends SCALE orders, 100000 a second, each timed from when it was meant to start",
        scale: 100_000,
        max: 10_000_000,
        run: |bench| time_orders(bench, || Book::new(false), drop_trades),
    },
    Case {
        name: "order_held",
        unit: "ns",
        says: "sends the same orders on memory held beforehand",
        scale: 100_000,
        max: 10_000_000,
        run: |bench| time_orders(bench, held_book, keep),
    },
    Case {
        name: "order_mixed",
        unit: "ns",
        says: "sends SCALE orders, 100000 a second, on fresh or held memory by chance; compares both each 100 ms",
        scale: 200_000,
        max: 10_000_000,
        run: mixed,
    },
    Case {
        name: "frames",
        unit: "ns",
        says: "runs SCALE frames back to back, 100 births in each; times frames, and releases in them",
        scale: 20_000,
        max: 1_000_000,
        run: |bench| time_frames(bench, || World::new(false)),
    },
    Case {
        name: "frames_held",
        unit: "ns",
        says: "runs the same frames on memory held beforehand",
        scale: 20_000,
        max: 1_000_000,
        run: |bench| time_frames(bench, || held_world(BIRTHS)),
    },
];

/// How many particles are born in a frame.
const BIRTHS: usize = 100;

/// The time of a frame, 60 in a second.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);

fn orders(bench: &mut Bench) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(send_all(&mut Book::new(false), count, drop_trades));
    while let Some(mut sample) = bench.next_sample() {
        let answer = sample.time(|| {
            black_box(send_all(&mut Book::new(false), count, drop_trades))
        });
        sample.answers(answer);
        bench.report(sample);
    }
    Ok(())
}

/// Sends each order when it is due, or at once if the one before has taken too long.
fn time_orders(
    bench: &mut Bench,
    new: fn() -> Book,
    next: fn(&mut Book),
) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(send_all(&mut new(), count, next));
    while let Some(mut sample) = bench.next_sample() {
        let (mut feed, mut book) = (Feed::new(1), new());
        let (mut latencies, mut money) = (Latencies::new(), 0);
        let start = Instant::now();
        for number in 0..count {
            let due = BETWEEN * number as u32;
            while start.elapsed() < due {
                spin_loop();
            }
            money += black_box(send(&mut feed, &mut book, next));
            latencies.record(start.elapsed().saturating_sub(due));
        }
        sample.latencies("order_ns", &latencies);
        sample.answers(money);
        bench.report(sample);
    }
    Ok(())
}

/// Sends orders back to back; returns the money that changed hands.
fn send_all(book: &mut Book, count: usize, next: fn(&mut Book)) -> i64 {
    let mut feed = Feed::new(1);
    (0..count).map(|_| send(&mut feed, book, next)).sum()
}

/// Times each frame as a whole by the clock, and the release in it by the CPU time of its thread.
fn time_frames(bench: &mut Bench, new: fn() -> World<()>) -> Result<(), Stop> {
    let count = bench.scale;
    bench.answer(run(&mut new(), count, |_, _| ()));
    while let Some(mut sample) = bench.next_sample() {
        let mut world = new();
        let (mut frames, mut releases) = (Latencies::new(), Latencies::new());
        let mut missed = 0;
        let sum = run(&mut world, count, |frame, release| {
            frames.record(frame);
            releases.record(release);
            missed += usize::from(frame > FRAME);
        });
        sample.answers(black_box(sum));
        sample.latencies("frame_ns", &frames);
        sample.latencies("release_thread_ns", &releases);
        sample.set("missed", missed);
        bench.report(sample);
    }
    Ok(())
}

/// Runs frames and tells of each how long it took, and the release in it; returns the checksum.
fn run(
    world: &mut World<()>,
    count: usize,
    mut record: impl FnMut(Duration, Duration),
) -> i64 {
    let mut feed = Feed::new(1);
    for _ in 0..count {
        let start = Instant::now();
        feed.spawn(world, BIRTHS, || ());
        world.step();
        let cpu = clock::thread_cpu();
        world.release();
        let release = clock::thread_cpu().saturating_sub(cpu);
        record(start.elapsed(), release);
    }
    checksum(world)
}
