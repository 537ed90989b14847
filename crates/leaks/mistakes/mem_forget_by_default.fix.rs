// Fix: `drop` ends the text and frees its memory.
// Answer: run exit 0
fn main() {
    let text = String::from("never freed");
    drop(text);
}
