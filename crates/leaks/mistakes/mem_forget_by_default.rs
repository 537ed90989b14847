// Mistake: mem::forget on a value that owns memory, with the lints that are on by default.
// Answer: silent
fn main() {
    let text = String::from("never freed");
    std::mem::forget(text);
}
