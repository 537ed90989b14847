// Mistake: using a box after it was handed over, as if it were a pointer in Go.
// Answer: rustc E0382
fn consume(number: Box<i64>) -> i64 {
    *number
}

fn main() {
    let number = Box::new(42);
    consume(number);
    println!("{number}"); // <- here
}
