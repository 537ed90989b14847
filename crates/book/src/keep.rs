//! What was worked out is kept, by the hash of what it was made of: a second build runs nothing anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use lab_workspace::{environment, hash::hex, project::Project, toolchain::Go};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

/// The folder in which things are kept, and the versions of the tools that make them.
pub struct Keep {
    folder: PathBuf,
    versions: String,
}

impl Keep {
    /// That of a project, with the tools that are there now.
    pub fn of(project: &Project) -> Result<Self> {
        let go = Go::find(project)?;
        let rustc = environment::rustc().arg("--version").output();
        let rustc = rustc.context("cannot start rustc")?.stdout;
        Ok(Keep {
            folder: project.target().join("book-kept"),
            versions: format!("{:?} {}", go.version(), String::from_utf8_lossy(&rustc)),
        })
    }

    /// What is kept under this name with this key, or else what is made now.
    pub fn get<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        key: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let key = &self.versioned(key);
        let path = self.folder.join(format!("{name}.json"));
        // What cannot be read or understood is made anew.
        if let Ok(text) = fs::read(&path)
            && let Ok((kept, value)) = serde_json::from_slice::<(String, T)>(&text)
            && kept == *key
        {
            return Ok(value);
        }
        let value = make()?;
        fs::create_dir_all(&self.folder).context("cannot create the folder for what is kept")?;
        fs::write(&path, serde_json::to_vec(&(key, &value))?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(value)
    }

    /// Keeps nothing under this name.
    pub fn forget(&self, name: &str) {
        let _ = fs::remove_file(self.folder.join(format!("{name}.json")));
    }

    /// What another version of a tool made is made anew.
    fn versioned(&self, key: &str) -> String {
        format!("{key} {}", self.versions)
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

/// What lies where is told from the top folder: a copy of it has the same hash.
fn add(hash: &mut Sha256, root: &Path, path: &Path) -> Result<()> {
    hash.update(path.to_string_lossy().as_bytes());
    let whole = root.join(path);
    if whole.is_dir() {
        for entry in sorted(&whole)? {
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

/// What lies in a folder, by name; nothing if there is no folder.
pub fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// What all programs of a topic are made of, as a key.
pub fn topic_key(project: &Project, topic: &str) -> Result<String> {
    let paths = [
        "Cargo.toml",
        "Cargo.lock",
        "go/go.mod",
        "go/go.sum",
        "crates/pair/src",
        "crates/pair/Cargo.toml",
        "crates/book/src/told.rs",
        "go/pair",
        &format!("crates/{topic}/src"),
        &format!("crates/{topic}/Cargo.toml"),
        &format!("go/{topic}"),
        &format!("go/cmd/{topic}"),
        &format!("tests/scripts/{topic}"),
    ];
    key(&project.root, &paths, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_version_made_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let keep = |versions: &str| Keep {
            folder: folder.path().to_owned(),
            versions: versions.to_owned(),
        };
        let made = |versions, value: u32| keep(versions).get("n", "key", || Ok(value)).unwrap();
        assert_eq!([made("1", 1), made("1", 2), made("2", 3)], [1, 1, 3]);
    }
}
