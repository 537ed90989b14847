// Twin: go/pair/folder.go

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs, io,
    path::{Path, PathBuf},
};

use crate::{Stop, Tally, quote, reason};

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
        // As the system names it: the paths of descriptors have no links.
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
        Ok(descriptors(self.path())?.len())
    }

    /// Looks after values that are files of this folder, opened one at a time: counts each as freed once
    /// the system has closed its descriptor.
    pub fn look(&self) -> impl FnMut(&Tally) + 'static {
        let folder = self.0.clone();
        let mut known = 0;
        let mut open: BTreeMap<PathBuf, usize> = BTreeMap::new();
        move |tally| {
            let Ok(mut now) = descriptors(&folder) else {
                return;
            };
            open.retain(|descriptor, value| {
                let is_open = now.remove(descriptor);
                if !is_open {
                    tally.count_freed(*value);
                }
                is_open
            });
            for value in known + 1..=tally.made() {
                match now.pop_first() {
                    Some(descriptor) => drop(open.insert(descriptor, value)),
                    // It was closed before we looked.
                    None => tally.count_freed(value),
                }
            }
            known = tally.made();
        }
    }
}

/// The descriptors of this process that lead into a folder.
fn descriptors(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut all = BTreeSet::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let descriptor = entry?.path();
        // The descriptor that reads this list is gone when we ask.
        if fs::read_link(&descriptor).is_ok_and(|target| target.starts_with(folder)) {
            all.insert(descriptor);
        }
    }
    Ok(all)
}

impl Drop for Folder {
    /// Removes the folder.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
