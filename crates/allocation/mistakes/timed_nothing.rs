// Mistake: timing a loop whose allocation the compiler removes; only the unused name is told.
// Answer: rustc unused_variables
use std::time::Instant;

fn main() {
    let start = Instant::now();
    for _ in 0..1_000_000 {
        let s = vec![0i64; 100]; // <- here
    }
    println!("{:?}", start.elapsed());
}
