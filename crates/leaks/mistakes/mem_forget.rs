// Mistake: mem::forget on a value that owns memory; the lint is off unless one asks for it.
// Answer: clippy mem_forget
#![warn(clippy::mem_forget)]

fn main() {
    let text = String::from("never freed");
    std::mem::forget(text); // <- here
}
