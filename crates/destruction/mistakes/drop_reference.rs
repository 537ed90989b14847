// Mistake: dropping a reference, which closes nothing.
// Answer: rustc dropping_references
use std::fs::File;

fn finish(file: &File) {
    drop(file); // <- here
}

fn main() -> std::io::Result<()> {
    let file = File::open("/dev/null")?;
    finish(&file);
    Ok(())
}
