// Twin: go/sharing/measure.go

//! The measured cases.

use std::{
    hint::black_box,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    thread,
};

use pair::{Bench, Case, Stop};
use sharing::{clone_and_drop, share};

pub const CASES: &[Case] = &[
    Case {
        name: "clone_drop_shared",
        unit: "ns",
        says: "makes SCALE further handles of one value on each core at once, and drops each",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, cores(), clone_drop),
    },
    Case {
        name: "clone_drop_alone",
        unit: "ns",
        says: "makes SCALE further handles of one value on one thread, and drops each",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, 1, clone_drop),
    },
    Case {
        name: "clone_drop_two",
        unit: "ns",
        says: "makes SCALE further handles of one value on each of two threads at once, and drops each",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, 2, clone_drop),
    },
    Case {
        name: "clone_drop_own",
        unit: "ns",
        says: "makes SCALE further handles on each of two threads at once, each of a value of its own, and drops each",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, 2, clone_drop_own),
    },
    Case {
        name: "clone_drop_work",
        unit: "ns",
        says: "does the same as clone_drop_two, with arithmetic on 1 KiB of the thread's own before each handle",
        scale: 100_000,
        max: 10_000_000,
        run: |bench| on_cores(bench, 2, clone_drop_work),
    },
    Case {
        name: "clone_drop_work_alone",
        unit: "ns",
        says: "does the same on one thread",
        scale: 100_000,
        max: 10_000_000,
        run: |bench| on_cores(bench, 1, clone_drop_work),
    },
    Case {
        name: "allocate_free_shared",
        unit: "ns",
        says: "allocates SCALE blocks of 64 bytes on each core at once, and frees each",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, cores(), allocate_free),
    },
    Case {
        name: "allocate_free",
        unit: "ns",
        says: "allocates SCALE blocks of 64 bytes on one thread, and frees each",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, 1, allocate_free),
    },
    Case {
        name: "atomic_add",
        unit: "ns",
        says: "adds to one number SCALE times, atomically, on one thread",
        scale: 1_000_000,
        max: 100_000_000,
        run: |bench| on_cores(bench, 1, atomic_add),
    },
];

/// What is added to.
static COUNTER: AtomicI64 = AtomicI64::new(0);

/// A value of 64 bytes, as large as a block.
type Block = [i64; 8];

/// What a worker does with the value, this many times; it returns a sum over what it has seen.
type Work = fn(&Arc<Block>, usize) -> i64;

/// Times workers that share a value; the answer is the work of one, for machines differ in cores.
fn on_cores(bench: &mut Bench, workers: usize, work: Work) -> Result<(), Stop> {
    let (value, times) = (Arc::new([1; 8]), bench.scale);
    bench.answer(work(&value, times));
    while let Some(mut sample) = bench.next_sample() {
        let work = move |_, value: &Arc<Block>| work(value, times);
        let answers = sample.time(|| black_box(share(&value, workers, work)));
        // The work of one, if all have done it.
        sample.answers(answers.iter().sum::<i64>() / workers as i64);
        bench.report(sample);
    }
    Ok(())
}

fn clone_drop(value: &Arc<Block>, times: usize) -> i64 {
    value[0] * clone_and_drop(value, times) as i64
}

/// A value that shares no pair of cache lines with another.
#[repr(align(128))]
struct Apart(Block);

fn clone_drop_own(value: &Arc<Block>, times: usize) -> i64 {
    let own = Arc::new(Apart(**value));
    own.0[0] * clone_and_drop(&own, times) as i64
}

fn clone_drop_work(value: &Arc<Block>, times: usize) -> i64 {
    let (mut own, mut made, mut last) = ([1_u64; 128], 0, 0);
    for _ in 0..times {
        last = arithmetic(&mut own, last);
        made += clone_and_drop(value, 1) as i64;
    }
    // Few bits, so that the answers of all workers can be added up.
    value[0] * made + (last >> 40) as i64
}

/// Some 700 ns of multiplications that wait for each other.
fn arithmetic(own: &mut [u64; 128], mut last: u64) -> u64 {
    for _ in 0..3 {
        for word in &mut *own {
            last = (last ^ *word)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(29);
            *word = last;
        }
    }
    last
}

fn allocate_free(value: &Arc<Block>, times: usize) -> i64 {
    (0..times).map(|_| black_box(Box::new(**value))[7]).sum()
}

fn atomic_add(value: &Arc<Block>, times: usize) -> i64 {
    let before = COUNTER.load(Relaxed);
    for _ in 0..times {
        COUNTER.fetch_add(value[0], Relaxed);
    }
    COUNTER.load(Relaxed) - before
}

/// How many threads can run at the same time.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
