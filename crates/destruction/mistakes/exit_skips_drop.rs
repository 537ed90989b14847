// Mistake: the process ends inside a scope, and what waits in a buffer is lost.
// Answer: run nothing
use std::{
    io::{self, BufWriter, Write as _},
    process,
};

fn main() -> io::Result<()> {
    let mut file = BufWriter::new(io::stdout());
    file.write_all(b"text")?;
    process::exit(0);
}
