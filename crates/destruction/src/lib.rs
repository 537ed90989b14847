// Twin: go/destruction/destruction.go

//! Opens files and closes them on every way out of a scope.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{
    fs,
    io::{self, Read as _},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    thread,
};

/// An open file that reports when it is closed.
pub struct File<'a> {
    path: PathBuf,
    handle: Option<fs::File>,
    closed: &'a dyn Fn(&Path),
}

impl<'a> File<'a> {
    /// A file that is open for reading.
    ///
    /// If closed panics, this file and the others are closed nevertheless.
    pub fn open(path: &Path, closed: &'a dyn Fn(&Path)) -> io::Result<Self> {
        Ok(File {
            path: path.to_owned(),
            handle: Some(fs::File::open(path)?),
            closed,
        })
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the rest of the file.
    pub fn read_all(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(handle) = &mut self.handle {
            handle.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }
}

// No code calls it: it runs where the scope of the file's owner ends.
impl Drop for File<'_> {
    /// Closes the file and reports it.
    fn drop(&mut self) {
        drop(self.handle.take());
        let tell = AssertUnwindSafe(|| (self.closed)(&self.path));
        if !thread::panicking() {
            tell();
        } else if panic::catch_unwind(tell).is_err() {
            // A second panic would end the process: the first one goes on.
        }
    }
}

/// Works on two files and closes both on every way out, the second one first.
pub fn process(
    [first, second]: [&Path; 2],
    closed: &dyn Fn(&Path),
    work: impl FnOnce(&mut File, &mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut first = File::open(first, closed)?;
    let mut second = File::open(second, closed)?;
    // No line closes them: a Go reader would look for a Close.
    work(&mut first, &mut second)
}

/// Opens a file that no variable keeps and no code closes.
pub fn forget(path: &Path) -> io::Result<()> {
    // Closed at the end of this line: a value without an owner is dropped.
    fs::File::open(path)?;
    Ok(())
}

/// What [`throw`] throws: a type that no real bug has.
pub struct Thrown;

/// Panics with a [`Thrown`].
pub fn throw() -> ! {
    // Not panic!: it prints a message even if the panic is caught.
    panic::resume_unwind(Box::new(Thrown))
}

/// Reports whether the work ended in a [`Thrown`]; any other panic goes on.
pub fn catch(work: impl FnOnce()) -> bool {
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => false,
        Err(thrown) if thrown.is::<Thrown>() => true,
        Err(bug) => panic::resume_unwind(bug),
    }
}
