// Fix: Give the lock a name: then it is held until the scope ends.
// Answer: run prints nobody else holds the lock here
use std::{fs::File, io};

fn lock() -> io::Result<File> {
    let file = File::create("let-underscore.lock")?;
    file.lock()?;
    Ok(file)
}

fn main() -> io::Result<()> {
    let _lock = lock()?;
    println!("nobody else holds the lock here");
    Ok(())
}
