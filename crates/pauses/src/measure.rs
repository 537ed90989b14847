// Twin: go/pauses/measure.go

//! The measured cases.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use pair::{Bench, Case, Latencies, Stop};
use pauses::{REMEMBERED, Sessions};

use crate::{handed, marking};

pub const CASES: &[Case] = &[
    Case {
        name: "request",
        unit: "ns",
        says: "answers 10000 requests over SCALE visits alive; then 10000 more, each timed",
        scale: 1_000_000,
        max: 10_000_000,
        run: request,
    },
    Case {
        name: "release",
        unit: "ns",
        says: "closes all sessions at once, with SCALE visits",
        scale: 1_000_000,
        max: 10_000_000,
        run: release,
    },
    Case {
        name: "cycle",
        unit: "ns",
        says: "makes 200000 objects that do not last, 100000 requests, over SCALE visits alive; then again beside a thread that idles",
        scale: 1_000_000,
        max: 10_000_000,
        run: cycle,
    },
    handed::DROP_HERE,
    handed::DROP_ELSEWHERE,
    marking::MARKING,
    marking::MARKING_IDLE,
    marking::MARKING_ALLOCATING,
];

/// How often the idle thread wakes.
const TICK: Duration = Duration::from_millis(1);

fn request(bench: &mut Bench) -> Result<(), Stop> {
    let mut heap = opened(bench.scale);
    let mut lots = 1;
    bench.answer(heap.requests(10_000, lots, visit));
    while let Some(mut sample) = bench.next_sample() {
        let answer =
            sample.time(|| black_box(heap.requests(10_000, lots, visit)));
        sample.answers(answer);
        let mut latencies = Latencies::new();
        for _ in 0..10_000 {
            let key = heap.draw(&mut lots);
            let start = Instant::now();
            // The page is freed within the time, as it is within `requests`.
            drop(black_box(heap.request(key, visit())));
            latencies.record(start.elapsed());
        }
        sample.latencies("request_ns", &latencies);
        bench.report(sample);
    }
    Ok(())
}

fn release(bench: &mut Bench) -> Result<(), Stop> {
    let visits = bench.scale;
    let heap = opened(visits);
    let keys = 1..=heap.live();
    bench.answer(keys.flat_map(|key| heap.history(key)).sum::<i64>());
    drop(heap);
    while let Some(mut sample) = bench.next_sample() {
        let mut heap = black_box(opened(visits));
        let live = heap.live();
        sample.time_as("release", || heap.close_all());
        sample.answers((live - heap.live()) * REMEMBERED as i64);
        bench.report(sample);
    }
    Ok(())
}

fn cycle(bench: &mut Bench) -> Result<(), Stop> {
    let mut heap = opened(bench.scale);
    let mut lots = 1;
    bench.answer(heap.requests(100_000, lots, visit));
    bench.begin();
    while let Some(mut sample) = bench.next_sample() {
        lots += 1;
        let answer =
            sample.time(|| black_box(heap.requests(100_000, lots, visit)));
        sample.answers(answer);
        // Not while it is timed: waking costs a little.
        let late = beside(|| black_box(heap.requests(100_000, lots, visit)));
        sample.latencies("idle_late_ns", &late);
        bench.report(sample);
    }
    Ok(())
}

/// Works beside a thread that only wakes each millisecond; tells how late it woke.
fn beside<T>(work: impl FnOnce() -> T) -> Latencies {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let idle = scope.spawn(|| wake(&over));
        work();
        over.store(true, Relaxed);
        idle.join().expect("it only sleeps")
    })
}

/// Wakes each millisecond until the work is over. After oversleeping, it records every missed tick.
fn wake(over: &AtomicBool) -> Latencies {
    let mut late = Latencies::new();
    let mut due = Instant::now();
    while !over.load(Relaxed) {
        due += TICK;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        late.record(due.elapsed());
    }
    late
}

/// Sessions with this many visits in all, rounded up to full histories.
fn opened(visits: usize) -> Sessions<i64> {
    let mut heap = Sessions::new();
    for _ in 0..visits.div_ceil(REMEMBERED) {
        heap.open(visit);
    }
    heap
}

fn visit() -> i64 {
    1
}
