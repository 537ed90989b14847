// Fix: Lend the number: the box stays with its owner.
// Answer: run prints 42
fn consume(number: &i64) -> i64 {
    *number
}

fn main() {
    let number = Box::new(42);
    consume(&number);
    println!("{number}");
}
