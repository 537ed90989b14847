// Fix: Flush, and return from `main`: an error is seen, and scopes end.
// Answer: run prints text
use std::io::{self, BufWriter, Write as _};

fn main() -> io::Result<()> {
    let mut file = BufWriter::new(io::stdout());
    file.write_all(b"text")?;
    file.flush()
}
