//! Values of 64 bytes, each in a block of its own, of which one number each is added up.

use std::hint::black_box;

mod sample;

fn main() {
    let work = |count| {
        let mut boxes = Vec::with_capacity(count as usize);
        for number in 0..count {
            boxes.push(Box::new([number; 8]));
        }
        black_box(&boxes).iter().map(|block| block[7]).sum::<i64>()
    };
    sample::samples(work, |sum| sum);
}
