//! Vectors of a hundred integers that must be on the heap.

use std::hint::black_box;

mod sample;

fn main() {
    let work = |count| {
        let mut sum = 0;
        for value in 0..count {
            let mut numbers = vec![0; 100];
            numbers[0] = value;
            sum += numbers[0] + numbers.len() as i64;
            black_box(numbers);
        }
        sum
    };
    sample::samples(work, |sum| sum);
}
