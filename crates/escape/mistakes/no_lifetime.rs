// Mistake: a signature that returns an address and does not say of what.
// Answer: rustc E0106
fn address() -> &i64 { // <- here
    Box::leak(Box::new(42))
}

fn main() {
    println!("{}", address());
}
