// Mistake: a buffer is left to its destructor, and the error of the last write is lost.
// Answer: run prints written
use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
};

fn write() -> io::Result<()> {
    // Every write to this device fails.
    let mut file = BufWriter::new(File::create("/dev/full")?);
    file.write_all(b"text")
}

fn main() -> io::Result<()> {
    write()?;
    println!("written");
    Ok(())
}
