// Fix: Lend the vector: a function that only reads it does not need to own it.
// Answer: run prints 999
use std::hint::black_box;

fn main() {
    for i in 0..1000 {
        let mut s = vec![0i64; 100];
        s[0] = i;
        black_box(&s);
        println!("{}", s[0]);
    }
}
