// Fix: Keep the value and not its address.
// Answer: run prints 42
fn main() {
    let kept;
    {
        let x = 42;
        kept = x;
    }
    println!("{kept}");
}
