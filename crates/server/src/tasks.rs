// Twin: go/server/tasks.go

//! Measured: many tasks that all wait for one instant, on two threads.

use std::{
    future::Future,
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use pair::{Bench, Case, Stop, process};
use tokio::{
    runtime::Builder,
    time::{Instant, sleep_until},
};

/// How many threads there are for all tasks.
const THREADS: usize = 2;

/// By how much later the instant is for each further task, so that all are started before it.
const STARTING: Duration = Duration::from_micros(3);

pub const TASKS: Case = case(
    "tasks",
    "starts SCALE tasks that all sleep until one instant, on two threads; one sample only",
    |bench| tasks(bench, wait::<0>),
);

pub const TASKS_1K: Case = case(
    "tasks_1k",
    "does the same with 1 KiB of each task's own that it needs before and after",
    |bench| tasks(bench, wait::<1024>),
);

pub const TASKS_2K: Case =
    case("tasks_2k", "does the same with 2 KiB", |bench| {
        tasks(bench, wait::<2048>)
    });

pub const TASKS_TIMER: Case = case(
    "tasks_timer",
    "does the same as tasks; in Go timers that call a function, instead of goroutines",
    |bench| tasks(bench, wait::<0>),
);

const fn case(
    name: &'static str,
    says: &'static str,
    run: fn(&mut Bench) -> Result<(), Stop>,
) -> Case {
    Case {
        name,
        unit: "bytes",
        says,
        scale: 100_000,
        max: 1_000_000,
        run,
    }
}

fn tasks<F: Future<Output = u64> + Send + 'static>(
    bench: &mut Bench,
    task: fn(u64, Instant) -> F,
) -> Result<(), Stop> {
    bench.once();
    let Some(mut sample) = bench.next_sample() else {
        return Ok(());
    };
    let before = process::resident_bytes();
    let count = bench.scale;
    let runtime = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_time()
        .build()
        .map_err(|error| Stop::Failed(format!("no runtime: {error}")))?;
    let started = Arc::new(AtomicUsize::new(0));
    let (sum, resident) = runtime.block_on(async {
        let instant = Instant::now()
            + Duration::from_millis(10)
            + STARTING * count as u32;
        let start = |number| {
            let (started, waits) = (started.clone(), task(number, instant));
            tokio::spawn(async move {
                started.fetch_add(1, Relaxed);
                waits.await
            })
        };
        let tasks: Vec<_> = (0..count as u64).map(start).collect();
        // Shortly before the instant all tasks wait.
        sleep_until(instant - Duration::from_millis(2)).await;
        let resident = process::resident_bytes();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("a task only sleeps");
        }
        (sum, resident)
    });
    let answer = sum + started.load(Relaxed) as u64;
    bench.answer(answer);
    sample.answers(answer);
    if let (Some(before), Some(after)) = (before, resident) {
        sample.set("resident_before_bytes", before);
        sample.set("resident_after_bytes", after);
    }
    bench.report(sample);
    Ok(())
}

/// Sleeps until the instant, with so many bytes that are needed before and after.
async fn wait<const SIZE: usize>(number: u64, instant: Instant) -> u64 {
    let own = black_box([number as u8; SIZE]);
    sleep_until(instant).await;
    let first = own.first().map_or(number & 0xff, |&byte| u64::from(byte));
    number - (number & 0xff) + first
}
