//! What was worked out is kept, by the hash of what it was made of: a second build runs nothing anew.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use lab::{hash::hex, project::Project};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

/// The folder in which things are kept.
pub struct Keep(PathBuf);

impl Keep {
    /// That of a project.
    pub fn of(project: &Project) -> Self {
        Keep(project.target().join("book-kept"))
    }

    /// What is kept under this name with this key, or else what is made now.
    pub fn get<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        key: &str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let path = self.0.join(format!("{name}.json"));
        // What cannot be read or understood is made anew.
        if let Ok(text) = fs::read(&path)
            && let Ok((kept, value)) = serde_json::from_slice::<(String, T)>(&text)
            && kept == key
        {
            return Ok(value);
        }
        let value = make()?;
        fs::create_dir_all(&self.0).context("cannot create the folder for what is kept")?;
        fs::write(&path, serde_json::to_vec(&(key, &value))?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(value)
    }
}

/// A hash over files, folders and words; what is missing counts as such.
pub fn key(root: &Path, paths: &[&str], words: &[&str]) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths {
        add(&mut hash, &root.join(path))?;
    }
    for word in words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    Ok(hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, path: &Path) -> Result<()> {
    hash.update(path.to_string_lossy().as_bytes());
    if path.is_dir() {
        for entry in sorted(path)? {
            add(hash, &entry)?;
        }
    } else if let Ok(bytes) = fs::read(path) {
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
        "go/pair",
        &format!("crates/{topic}/src"),
        &format!("crates/{topic}/Cargo.toml"),
        &format!("go/{topic}"),
        &format!("go/cmd/{topic}"),
        &format!("tests/scripts/{topic}"),
    ];
    key(&project.root, &paths, &[])
}
