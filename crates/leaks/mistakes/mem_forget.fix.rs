// Fix: `drop` ends the text and frees its memory.
// Answer: run exit 0
#![warn(clippy::mem_forget)]

fn main() {
    let text = String::from("never freed");
    drop(text);
}
