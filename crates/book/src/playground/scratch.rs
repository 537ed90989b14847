//! The folder of the programs' temporary files, in which each run has its script and a folder of its own.

use std::{
    fs::{DirBuilder, File},
    io::{self, ErrorKind, Seek as _, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
};

use actix_web::http::StatusCode;
use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::refusal::Refusal;

/// Only its owner may look into the folder.
const MODE: u32 = 0o700;

/// The folder; it is removed with all that stopped programs leave in it.
pub struct Scratch(TempDir);

impl Scratch {
    /// Makes the folder.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("playground-").tempdir();
        Ok(Scratch(folder.context("cannot make a temporary folder")?))
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file that holds a script, and an empty folder. A folder that somebody deleted is made again.
    pub fn prepare(&self, script: &[u8]) -> Result<(File, TempDir), Refusal> {
        let path = self.path();
        let both =
            || -> io::Result<_> { Ok((tempfile::tempfile_in(path)?, tempfile::tempdir_in(path)?)) };
        let made = both().or_else(|error| match error.kind() {
            ErrorKind::NotFound => {
                DirBuilder::new().recursive(true).mode(MODE).create(path)?;
                both()
            }
            _ => Err(error),
        });
        let filled = made.and_then(|(mut file, folder)| {
            fill(&mut file, script)?;
            Ok((file, folder))
        });
        filled.map_err(|error| refuse(path, &error))
    }
}

/// Writes a script into a file, which is then read from its beginning.
fn fill(file: &mut File, script: &[u8]) -> io::Result<()> {
    file.write_all(script)?;
    file.rewind()
}

/// Refuses a script that cannot be stored.
fn refuse(folder: &Path, error: &io::Error) -> Refusal {
    let folder = folder.parent().unwrap_or(folder).display();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            let why = format!(
                "No room is left in {folder}, where the server stores a script to run it. \
                 Make room there, then change the script."
            );
            Refusal::new(StatusCode::INSUFFICIENT_STORAGE, why)
        }
        _ => {
            let why = format!(
                "The server stores a script in {folder} to run it, and cannot do so: {error}. \
                 Mend that, then change the script."
            );
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, io::Read as _, os::unix::fs::PermissionsExt as _};

    #[test]
    fn a_deleted_folder_is_made_again_for_its_owner_alone() {
        let scratch = Scratch::new().unwrap();
        fs::remove_dir_all(scratch.path()).unwrap();
        let (mut file, folder) = scratch.prepare(b"node\n").unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "node\n");
        assert_eq!(folder.path().parent(), Some(scratch.path()));
        let mode = scratch.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, MODE);
    }

    #[test]
    fn a_folder_that_cannot_be_made_again_is_named_with_the_reason() {
        let top = tempfile::tempdir().unwrap();
        let scratch = Scratch(tempfile::tempdir_in(top.path()).unwrap());
        fs::remove_dir_all(top.path()).unwrap();
        // A file is in the way.
        fs::write(top.path(), "").unwrap();
        let refusal = scratch.prepare(b"").unwrap_err();
        fs::remove_file(top.path()).unwrap();
        assert_eq!(refusal.status, StatusCode::INTERNAL_SERVER_ERROR);
        let named = format!("stores a script in {} to run it", top.path().display());
        assert!(refusal.why.contains(&named), "{}", refusal.why);
        assert!(refusal.why.contains("Not a directory"), "{}", refusal.why);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_with_what_to_do() {
        // Each write to it fails as on a full disk.
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        let error = fill(&mut full, b"node\n").unwrap_err();
        let refusal = refuse(Path::new("/tmp/playground-x"), &error);
        assert_eq!(refusal.status, StatusCode::INSUFFICIENT_STORAGE);
        assert!(
            refusal.why.starts_with("No room is left in /tmp, "),
            "{}",
            refusal.why
        );
    }
}
