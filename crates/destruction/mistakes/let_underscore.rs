// Mistake: a lock kept in `_`, which keeps nothing: it is released in the same line.
// Answer: silent
use std::{fs::File, io};

fn lock() -> io::Result<File> {
    let file = File::create("let-underscore.lock")?;
    file.lock()?;
    Ok(file)
}

fn main() -> io::Result<()> {
    let _ = lock()?;
    println!("somebody else may hold the lock here");
    Ok(())
}
