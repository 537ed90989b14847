//! What the last run of a check counted in each topic, in files that the book reads.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use lab_results::store;
use serde::{Serialize, de::DeserializeOwned};

/// The last run of this check in a topic that is kept among these results; none if none is.
pub fn read<T: DeserializeOwned>(results: &Path, check: &str, topic: &str) -> Result<Option<T>> {
    let path = results.join(check).join(format!("{topic}.json"));
    if !path.is_file() {
        return Ok(None);
    }
    let tally = serde_json::from_slice(&fs_err::read(&path)?)
        .with_context(|| format!("cannot understand {}", path.display()))?;
    Ok(Some(tally))
}

/// Writes a run into the folder of results, over the last one; returns its path.
pub fn write(results: &Path, check: &str, topic: &str, tally: &impl Serialize) -> Result<PathBuf> {
    store::mark(results)?;
    let folder = results.join(check);
    fs_err::create_dir_all(&folder)?;
    let path = folder.join(format!("{topic}.json"));
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    serde_json::to_writer_pretty(&mut file, tally)?;
    file.persist(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
