// Fix: Lend the vector: whoever only looks at it needs no more.
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
