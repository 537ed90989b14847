// Twin: go/pair/folder.go

use std::{fs, io, path::Path};

use tempfile::TempDir;

/// A temporary folder of the program's own, removed when it is dropped.
pub struct Folder(TempDir);

impl Folder {
    /// Makes the folder.
    pub fn new() -> io::Result<Self> {
        Ok(Folder(tempfile::Builder::new().prefix("pair-").tempdir()?))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// How many descriptors of this process lead into the folder; needs Linux's `/proc`.
    pub fn descriptors(&self) -> io::Result<usize> {
        let mut count = 0;
        for entry in fs::read_dir("/proc/self/fd")? {
            // The descriptor that reads this list is gone when we ask.
            if let Ok(target) = fs::read_link(entry?.path()) {
                count += usize::from(target.starts_with(self.path()));
            }
        }
        Ok(count)
    }
}
