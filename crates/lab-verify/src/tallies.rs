//! What the last run of a check counted in each topic, in files that the book reads.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use lab_results::store;
use serde::{Serialize, de::DeserializeOwned};

/// Counts of one run of a check in a topic.
pub trait Kept: Serialize + DeserializeOwned {
    /// The check: a task of cargo-make, and the folder of its counts inside the folder of results.
    const CHECK: &str;

    /// The topic.
    fn topic(&self) -> &str;

    /// When the run ended, in seconds since 1970.
    fn ended(&self) -> u64;

    /// The last run of a topic that is kept among these results; none if none is.
    fn read(results: &Path, topic: &str) -> Result<Option<Self>> {
        let path = results.join(Self::CHECK).join(format!("{topic}.json"));
        if !path.is_file() {
            return Ok(None);
        }
        let counts = serde_json::from_slice(&fs_err::read(&path)?)
            .with_context(|| format!("cannot understand {}", path.display()))?;
        Ok(Some(counts))
    }

    /// Writes it into the folder of results, over the last one; returns its path.
    fn write(&self, results: &Path) -> Result<PathBuf> {
        store::mark(results)?;
        let folder = results.join(Self::CHECK);
        fs_err::create_dir_all(&folder)?;
        let path = folder.join(format!("{}.json", self.topic()));
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.persist(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// The time, in seconds since 1970.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}
