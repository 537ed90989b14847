// Fix: Take the file itself: whoever ends its life has to own it.
// Answer: run exit 0
use std::fs::File;

fn finish(file: File) {
    drop(file);
}

fn main() -> std::io::Result<()> {
    let file = File::open("/dev/null")?;
    finish(file);
    Ok(())
}
