// Mistake: keeping the address of a local longer than the block that it lives in.
// Answer: rustc E0597
fn main() {
    let kept;
    {
        let x = 42;
        kept = &x; // <- here
    }
    println!("{kept}");
}
