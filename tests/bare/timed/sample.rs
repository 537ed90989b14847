//! What the bare programs share: the clock around their work, and a line for each sample.

use std::{env, hint::black_box, time::Instant};

/// A number of the command line, from 1.
pub fn number(place: usize) -> i64 {
    let word = env::args().nth(place).expect("a number is missing");
    word.parse().expect("not a number")
}

/// Times work on the first number as often as the second says, and prints nanoseconds and answer of each sample. As
/// in the lab, a pass without a clock comes first. The answer is read behind the clock.
pub fn samples<T>(mut work: impl FnMut(i64) -> T, mut answer: impl FnMut(T) -> i64) {
    let [count, samples] = [number(1), number(2)];
    answer(work(count));
    for _ in 0..samples {
        let begun = Instant::now();
        let made = black_box(work(black_box(count)));
        let nanoseconds = begun.elapsed().as_nanos();
        println!("{nanoseconds} {}", answer(made));
    }
}
