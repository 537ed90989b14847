//! Clones and drops an `Arc` on as many threads as the third number says; 0 means one on each core.

use std::{hint::black_box, sync::Arc, thread};

mod sample;

fn main() {
    let workers = match sample::number(3) {
        0 => thread::available_parallelism().expect("a number").get() as i64,
        workers => workers,
    };
    let value = Arc::new([1; 8]);
    let work = |times| {
        let start = |_| {
            let value = Arc::clone(&value);
            thread::spawn(move || {
                let mut made = 0;
                for _ in 0..times {
                    drop(black_box(Arc::clone(&value)));
                    made += value[0];
                }
                made
            })
        };
        let threads: Vec<_> = (0..workers).map(start).collect();
        let made = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        made.sum::<i64>() / workers
    };
    sample::samples(work, |made| made);
}
