// Twin: go/pair/folder.go

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use crate::{Stop, quote, reason};

/// A temporary folder of the program's own, removed when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder.
    pub fn new() -> Result<Self, Stop> {
        let mut place = env::temp_dir();
        // An empty TMPDIR is none.
        if place.as_os_str().is_empty() {
            place = "/tmp".into();
        }
        let named = quote(place.as_os_str().as_encoded_bytes());
        let failed = |error: &io::Error| {
            Stop::Failed(format!(
                "no folder can be made in {named}: {}",
                reason(error)
            ))
        };
        // As the system names it: it tells descriptors without links in their paths.
        let place = fs::canonicalize(place).map_err(|error| failed(&error))?;
        let mut builder = tempfile::Builder::new();
        let made = builder
            .prefix("pair-")
            .make_in(place, |path| fs::create_dir(path));
        let path = made.map_err(|error| failed(&error))?.into_temp_path();
        // What follows is removed as a folder, not as a file.
        let path = path.keep().map_err(|kept| failed(&kept.error))?;
        Ok(Folder(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
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

impl Drop for Folder {
    /// Removes the folder.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
