//! Touches a fresh MiB for each request, a byte in each cache line.

use std::hint::black_box;

mod sample;

fn main() {
    let work = |count| {
        for _ in 0..count {
            let mut data = vec![0_u8; 1 << 20];
            for line in data.chunks_mut(64) {
                line[0] = 1;
            }
            black_box(data);
        }
        count
    };
    sample::samples(work, |count| count);
}
