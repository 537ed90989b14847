//! Folders and files that the lab made: nothing else is written over or removed.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write as _},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

/// What was named belongs to somebody else.
#[derive(Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// A folder that is held by one process at a time. The system releases it whatever ends the process.
#[derive(Debug)]
pub struct Held {
    _lock: File,
}

/// Makes a folder if there is none, and marks it as the lab's own by a file in it. A folder that has other
/// things in it and was not made by the lab is refused: `is_own` may know it.
pub fn mark(folder: &Path, mark: &str, is_own: impl Fn(&Path) -> bool) -> Result<File> {
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("cannot create {shown}"))?;
    let path = folder.join(mark);
    let is_marked = fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
    if !is_marked && !is_own(folder) {
        let other = fs::read_dir(folder)
            .with_context(|| format!("cannot read {shown}"))?
            .next();
        if let Some(other) = other {
            let name = other?.file_name();
            let name = name.display();
            return Err(Refused(format!(
                "{shown} was not made by the lab and holds other things, such as {name}: choose a new or empty folder"
            ))
            .into());
        }
    }
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot write to {shown}"))
}

/// Marks a folder as the lab's own, and holds it by the mark.
pub fn hold(folder: &Path, name: &str, is_own: impl Fn(&Path) -> bool, busy: &str) -> Result<Held> {
    let shown = folder.display();
    let lock = mark(folder, name, is_own)?;
    // A process that a killed lab was just starting holds its lock for a moment.
    let patience = Instant::now() + Duration::from_secs(2);
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Held { _lock: lock }),
            Err(TryLockError::WouldBlock) if Instant::now() < patience => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => bail!("{busy}"),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {shown}"));
            }
        }
    }
}

/// Writes a file whole or not at all: what lies there stays until the new text is on the disk.
pub fn replace(path: &Path, text: &[u8]) -> Result<()> {
    let written = || -> Result<()> {
        // A link stays one: what it leads to is replaced.
        let path = &match fs::canonicalize(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
            found => found?,
        };
        let folder = path.parent().context("it has no parent folder")?;
        let mut file = readable().tempfile_in(folder)?;
        if let Ok(about) = path.metadata() {
            ensure!(about.is_file(), "it is not a file");
            file.as_file().set_permissions(about.permissions())?;
        }
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        // The folder holds the new name.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        Ok(())
    };
    written().with_context(|| format!("cannot write {}", path.display()))
}

/// A temporary file that may be read like any other, once it has its name.
fn readable() -> tempfile::Builder<'static, 'static> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: &str = "held by another";

    fn held(folder: &Path) -> Result<Held> {
        hold(folder, "mark", |_| false, BUSY)
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("letter"), "dear").unwrap();
        let why = held(folder.path()).unwrap_err();
        assert!(why.is::<Refused>());
        let why = why.to_string();
        assert!(why.contains("such as letter"), "{why}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(hold(folder.path(), "mark", |_| true, BUSY).is_ok());
        assert!(held(folder.path()).is_ok(), "it is marked now");
    }

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("a/b");
        let first = held(&new).unwrap();
        assert_eq!(held(&new).unwrap_err().to_string(), BUSY);
        drop(first);
        held(&new).unwrap();
    }

    #[test]
    fn a_file_is_replaced_behind_its_link_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        replace(&file, b"first").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace(&link, b"second").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"second");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let why = replace(folder.path(), b"").unwrap_err();
        assert!(why.to_string().starts_with("cannot write /"), "{why}");
    }
}
