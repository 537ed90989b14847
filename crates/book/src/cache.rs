//! What was worked out is kept, by the hash of what it was made of: a second build runs nothing anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use lab_workspace::{folder, hash::hex, own_files, project::Project};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

/// The folder in which things are kept.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the cache of a project.
    pub fn open(project: &Project) -> Self {
        Cache {
            folder: project.target().join("book-kept"),
        }
    }

    /// What is kept under this name with this key, or else what is made now.
    pub fn get<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        key: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if let Some((kept, value)) = self.load::<(String, T)>(name)
            && kept == *key
        {
            return Ok(value);
        }
        let value = make()?;
        self.keep(name, &(key, &value));
        Ok(value)
    }

    /// What is kept under this name; nothing if that cannot be read or understood.
    pub fn load<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let text = fs::read(self.path(name)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Keeps a value under this name. What cannot be kept is made anew the next time.
    pub fn keep<T: Serialize>(&self, name: &str, value: &T) {
        if let Ok(text) = serde_json::to_vec(value)
            && fs::create_dir_all(&self.folder).is_ok()
        {
            let _ = own_files::replace(&self.path(name), &text);
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }
}

/// A hash over files, folders and words; what is missing counts as such.
pub fn key(root: &Path, paths: &[&str], words: &[&str]) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths {
        add(&mut hash, root, Path::new(path))?;
    }
    for word in words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    Ok(hex(&hash.finalize()))
}

/// Adds paths relative to the top folder: a copy of the project has the same hash.
fn add(hash: &mut Sha256, root: &Path, path: &Path) -> Result<()> {
    hash.update(path.to_string_lossy().as_bytes());
    let whole = root.join(path);
    if whole.is_dir() {
        for entry in folder::entries(&whole)? {
            add(
                hash,
                root,
                &path.join(entry.file_name().unwrap_or_default()),
            )?;
        }
    } else if let Ok(bytes) = fs::read(whole) {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_of_something_else_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache {
            folder: folder.path().join("kept"),
        };
        let made = |key, value: u32| cache.get("n", key, || Ok(value)).unwrap();
        assert_eq!([made("1", 1), made("1", 2), made("2", 3)], [1, 1, 3]);
    }
}
