// Fix: `black_box` counts as a use, so every vector is really made.
// Answer: run exit 0
use std::{hint::black_box, time::Instant};

fn main() {
    let start = Instant::now();
    for _ in 0..1_000_000 {
        black_box(vec![0i64; 100]);
    }
    println!("{:?}", start.elapsed());
}
