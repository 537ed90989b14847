// Mistake: mem::forget to end with a file; it is never closed.
// Answer: silent
use std::{fs::File, mem};

fn main() -> std::io::Result<()> {
    let file = File::open("/dev/null")?;
    mem::forget(file);
    Ok(())
}
