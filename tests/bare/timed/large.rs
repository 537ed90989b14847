//! Fills one large buffer, reads a byte of each cache line and frees it.

use std::hint::black_box;

mod sample;

fn main() {
    let piece = [1; 8192];
    let work = |size: i64| {
        let size = size as usize;
        let mut data: Vec<u8> = Vec::with_capacity(size);
        while data.len() < size {
            let more = piece.len().min(size - data.len());
            data.extend_from_slice(&piece[..more]);
        }
        let lines = black_box(&data).chunks(64);
        lines.map(|line| i64::from(line[0])).sum::<i64>()
    };
    sample::samples(work, |sum| sum);
}
