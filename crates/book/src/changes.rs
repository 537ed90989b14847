//! The files from which the book is made, and whether one of them changed.

use std::{
    collections::BTreeMap,
    fs::Metadata,
    path::{Path, PathBuf},
    time::SystemTime,
};

use lab_workspace::{folder, hash};

/// The contents of each file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<PathBuf, Contents>);

/// The contents of a file, which are read again when its time or its length is another.
#[derive(Debug, Clone)]
struct Contents {
    modified: Option<SystemTime>,
    length: u64,
    hash: Option<String>,
}

impl PartialEq for Contents {
    /// A build may give a file another time: that is no change.
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Contents {}

impl Snapshot {
    /// Looks at these files, and at all files in these folders.
    pub fn take(paths: impl IntoIterator<Item = PathBuf>, before: &Self) -> Self {
        // What cannot be read is missing.
        let files = |path: PathBuf| match folder::files_below(&path, &["target"]) {
            Ok(files) => files,
            Err(_) => vec![path],
        };
        let files = paths.into_iter().flat_map(files);
        let files = files.filter(|path| is_source(path));
        Snapshot(files.filter_map(|path| look(path, before)).collect())
    }

    /// Whether a file in one of these folders changed, came or went.
    pub fn differs_in(&self, other: &Self, folders: &[PathBuf]) -> bool {
        let inside = |(path, _): &(&PathBuf, _)| folders.iter().any(|own| path.starts_with(own));
        !self
            .0
            .iter()
            .filter(inside)
            .eq(other.0.iter().filter(inside))
    }
}

fn look(path: PathBuf, before: &Snapshot) -> Option<(PathBuf, Contents)> {
    let about = path.metadata().ok().filter(Metadata::is_file)?;
    let (modified, length) = (about.modified().ok(), about.len());
    let known = before.0.get(&path);
    let known = known.filter(|known| known.modified == modified && known.length == length);
    let contents = known.cloned().unwrap_or_else(|| Contents {
        modified,
        length,
        hash: hash::of_file(&path).ok(),
    });
    Some((path, contents))
}

/// Whether this is no file that an editor keeps beside the sources: hidden ones, and backups such as `a~`.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with(['.', '#']) && !name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, time::Duration};

    #[test]
    fn a_change_is_a_file_that_came_went_or_is_another_and_never_a_file_of_an_editor() {
        let top = tempfile::tempdir().unwrap();
        let path = |name: &str| top.path().join(name);
        let take = || {
            Snapshot::take(
                [path("a"), path("b.md"), path("missing")],
                &Snapshot::default(),
            )
        };
        fs::create_dir_all(path("a/inner")).unwrap();
        fs::write(path("a/inner/x.rs"), "x").unwrap();
        fs::write(path("b.md"), "x").unwrap();
        let first = take();
        for name in [
            "a/.x.rs.swp",
            "a/x.rs~",
            "a/#x.rs#",
            "a/target/debug/x.rs",
            "c.md",
        ] {
            fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            fs::write(path(name), "y").unwrap();
            assert_eq!(take(), first, "{name}");
        }
        // Neither a time in the future nor one that a build gives is a change.
        let file = fs::File::options().append(true).open(path("b.md")).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_hours(1))
            .unwrap();
        assert_eq!(take(), first);
        fs::write(path("b.md"), "y").unwrap();
        let second = take();
        assert_ne!(second, first);
        assert!(!second.differs_in(&first, &[path("a")]));
        fs::rename(path("a/inner"), path("a/other")).unwrap();
        let third = take();
        assert!(third.differs_in(&second, &[path("a")]));
        fs::remove_dir_all(path("a")).unwrap();
        assert_ne!(take(), third);
    }
}
