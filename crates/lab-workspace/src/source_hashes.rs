//! Programs that are built from what the sources hold now. Cargo compares times: a source that came with
//! an old one (`cp -p`, an archive, a clock that was wrong) would leave a stale program. The contents of
//! all sources are recorded beside the programs; what Cargo cannot see is made visible to it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{folder, hash, project::Project};

/// What the programs share.
const SHARED: &str = "pair";

/// Files of the top folder that change programs.
const TOP: [&str; 5] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "rust-toolchain",
    ".cargo/config.toml",
];

/// What a folder of programs was built from.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    /// The hash of each source, by its path from the top folder.
    sources: BTreeMap<PathBuf, String>,
    /// The programs as that build left them.
    programs: BTreeMap<String, Identity>,
    /// When the sources were read.
    read: Option<SystemTime>,
}

/// What changes when a program is written anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

/// Sources that were compared with the record of a folder; nobody else builds there meanwhile.
#[derive(Debug)]
pub struct SourceHashes {
    folder: PathBuf,
    record: Record,
    _lock: File,
}

impl SourceHashes {
    /// Compares the sources of all programs with what those in this folder were built from, and gives
    /// the time of now to each that Cargo would take for unchanged.
    pub fn check(project: &Project, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let lock = File::create(folder.join(".sources.lock"))?;
        lock.lock().context("cannot wait for another build")?;
        let read = SystemTime::now();
        let before = read_record(folder);
        let sources = sources(project)?;
        let is_known = before.as_ref().is_some_and(|before| {
            let mut programs = before.programs.iter();
            programs.all(|(name, then)| identity(&folder.join(name)).as_ref() == Some(then))
        });
        let since = before.as_ref().and_then(|before| before.read);
        for (path, hash) in &sources {
            let path_there = project.root.join(path);
            let hidden = if is_known {
                let differs = before
                    .as_ref()
                    .is_none_or(|b| b.sources.get(path) != Some(hash));
                differs && is_older(&path_there, since)?
            } else {
                // Somebody else has built since, or nothing is known.
                is_root(path)
            };
            if hidden {
                let touched = File::options().append(true).open(&path_there);
                let touched = touched.and_then(|file| file.set_modified(read));
                touched
                    .with_context(|| format!("cannot set the time of {}", path_there.display()))?;
            }
        }
        let programs = before.filter(|_| is_known).unwrap_or_default().programs;
        Ok(SourceHashes {
            folder: folder.to_owned(),
            record: Record {
                sources,
                programs,
                read: Some(read),
            },
            _lock: lock,
        })
    }

    /// Records what these programs were built from.
    pub fn record(mut self, programs: &[&str]) -> Result<()> {
        for name in programs {
            if let Some(identity) = identity(&self.folder.join(name)) {
                self.record.programs.insert((*name).to_owned(), identity);
            }
        }
        let path = self.folder.join(RECORD);
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        serde_json::to_writer(&mut file, &self.record)?;
        file.persist(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }
}

const RECORD: &str = ".sources.json";

fn read_record(folder: &Path) -> Option<Record> {
    // A record that cannot be read is none: then all is built again.
    serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()
}

/// All that the programs are built from, with a hash of each file.
fn sources(project: &Project) -> Result<BTreeMap<PathBuf, String>> {
    let mut files = Vec::new();
    for name in project.names().into_iter().chain([SHARED]) {
        let folder = Path::new("crates").join(name);
        files.extend(["Cargo.toml", "README.md", "build.rs"].map(|file| folder.join(file)));
        for file in folder::files_below(&project.root.join(&folder).join("src"), &[])? {
            files.push(file.strip_prefix(&project.root)?.to_owned());
        }
    }
    files.extend(TOP.map(PathBuf::from));
    let mut sources = BTreeMap::new();
    for file in files {
        match fs::read(project.root.join(&file)) {
            Ok(text) => {
                sources.insert(file, hash::hex(&Sha256::digest(&text)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", file.display()));
            }
        }
    }
    Ok(sources)
}

/// The files whose time makes Cargo compile a crate again.
fn is_root(path: &Path) -> bool {
    path.ends_with("src/lib.rs") || path.ends_with("src/main.rs") || path.ends_with("build.rs")
}

/// Whether a file has the time of before a build, so that Cargo does not see its new contents.
fn is_older(path: &Path, since: Option<SystemTime>) -> Result<bool> {
    let modified = fs::metadata(path)?.modified()?;
    Ok(since.is_none_or(|since| modified <= since))
}

fn identity(program: &Path) -> Option<Identity> {
    let data = fs::metadata(program).ok()?;
    Some(Identity {
        inode: data.ino(),
        size: data.len(),
        modified: (data.mtime(), data.mtime_nsec()),
    })
}

#[cfg(test)]
mod tests;
