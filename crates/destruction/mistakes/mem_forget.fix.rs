// Fix: `drop` ends with a file by closing it.
// Answer: run exit 0
use std::fs::File;

fn main() -> std::io::Result<()> {
    let file = File::open("/dev/null")?;
    drop(file);
    Ok(())
}
