//! Prints what people read. A reader that went away is no failure, a full device is one; nothing panics.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context as _, Result};

/// Prints a line to standard output.
pub fn print(text: &str) -> Result<()> {
    printed(write(io::stdout().lock(), text))
}

/// What became of printing help, the version, or how a command was used wrongly: that may be lost.
pub fn explained(done: io::Result<()>, is_error: bool) -> Result<()> {
    if is_error { Ok(()) } else { printed(done) }
}

/// What became of printing.
fn printed(done: io::Result<()>) -> Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot print"),
    }
}

/// Prints a line on standard error. A failure to print is ignored.
pub fn note(text: &str) {
    let _ = write(io::stderr().lock(), text);
}

fn write(mut to: impl Write, text: &str) -> io::Result<()> {
    writeln!(to, "{text}").and_then(|()| to.flush())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fails(ErrorKind);

    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure_and_a_full_device_is_one() {
        let print_failing = |kind| printed(write(Fails(kind), "x"));
        assert!(print_failing(ErrorKind::BrokenPipe).is_ok());
        let full = print_failing(ErrorKind::StorageFull).unwrap_err();
        assert!(full.to_string().starts_with("cannot print"), "{full}");
        let mut written = Vec::new();
        write(&mut written, "x").unwrap();
        assert_eq!(written, b"x\n");
    }
}
