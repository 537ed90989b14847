// Fix: Flush before the buffer goes: the error comes back.
// Answer: run exit 1
use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
};

fn write() -> io::Result<()> {
    // Every write to this device fails.
    let mut file = BufWriter::new(File::create("/dev/full")?);
    file.write_all(b"text")?;
    file.flush()
}

fn main() -> io::Result<()> {
    write()?;
    println!("written");
    Ok(())
}
