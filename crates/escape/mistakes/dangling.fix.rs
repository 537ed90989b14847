// Fix: Return the number in a box, which the caller owns; or the number itself.
// Answer: run prints 42
fn address() -> Box<i64> {
    let x = 42;
    Box::new(x)
}

fn main() {
    println!("{}", address());
}
