// Mistake: looking at a vector after it was handed to somebody, as one may with a slice in Go.
// Answer: rustc E0382
use std::hint::black_box;

fn main() {
    for i in 0..1000 {
        let mut s = vec![0i64; 100];
        s[0] = i;
        black_box(s);
        println!("{}", s[0]); // <- here
    }
}
