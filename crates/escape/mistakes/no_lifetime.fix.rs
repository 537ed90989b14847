// Fix: Return the box: the caller owns it, and it is freed in the end.
// Answer: run prints 42
fn address() -> Box<i64> {
    Box::new(42)
}

fn main() {
    println!("{}", address());
}
