// Mistake: returning the address of a local, as one does in Go.
// Answer: rustc E0515
fn address<'a>() -> &'a i64 {
    let x = 42;
    &x // <- here
}

fn main() {
    println!("{}", address());
}
