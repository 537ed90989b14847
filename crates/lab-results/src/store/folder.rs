//! Finds results in folders, and reads those that belong together.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use lab_workspace::{folder, output::note};

use super::read::{mismatch, read};
use crate::result::{Mode, ResultFile};

/// Whether this is the name of a result file.
fn is_result(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") || name.ends_with(".json.gz")
}

/// All results of a folder, the newest first.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = folder::entries(folder)?;
    paths.retain(|path| is_result(path));
    // Their names begin with the time.
    paths.reverse();
    Ok(paths)
}

/// Reads all files of one result: the named files, and those in the named folders and one folder below, where the
/// shares of a partition lie. They have to come from one kind of machine and one build.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<ResultFile>> {
    let mut files: Vec<(PathBuf, ResultFile)> = Vec::new();
    for path in paths {
        let mut found = vec![path.clone()];
        if path.is_dir() {
            found = list(path)?;
            for folder in folder::entries(path)?.iter().filter(|path| path.is_dir()) {
                found.extend(list(folder)?);
            }
            if found.is_empty() {
                bail!("{} contains no result", path.display());
            }
        }
        for path in found {
            let file = read(&path)?;
            for (first, other) in &files {
                if let Some(why) = mismatch(other, &file) {
                    let [first, path] = [first, &path].map(|path| path.display());
                    bail!("{first} and {path} cannot be judged together: {why}");
                }
            }
            files.push((path, file));
        }
    }
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// All readable results of a folder, the newest first; `warn` gets each unreadable one.
pub fn read_each(
    folder: &Path,
    warn: impl Fn(&str),
) -> Result<impl Iterator<Item = (PathBuf, ResultFile)>> {
    Ok(read_paths(list(folder)?, warn))
}

/// The readable ones of these results; `warn` gets each unreadable one.
fn read_paths(
    paths: Vec<PathBuf>,
    warn: impl Fn(&str),
) -> impl Iterator<Item = (PathBuf, ResultFile)> {
    let read = move |path: PathBuf| match read(&path) {
        Ok(file) => Some((path, file)),
        Err(error) => {
            warn(&format!("warning: left aside: {error:#}"));
            None
        }
    };
    paths.into_iter().filter_map(read)
}

/// The newest complete result of all claims that is not from a smoke run; else the newest of all.
pub fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let mut first = None;
    for (path, file) in read_each(folder, note)? {
        let request = &file.request;
        let has_all = request.only.iter().all(|word| word == "claims");
        let is_short = request.mode == Mode::Smoke;
        if file.complete && has_all && request.partition.is_none() && !is_short {
            return Ok(Some(path));
        }
        first.get_or_insert(path);
    }
    Ok(first)
}

/// The newest result of a mode; if it is a share of a partition, also the newest of each other share.
pub fn newest_of_mode(folder: &Path, mode: Mode) -> Result<Vec<ResultFile>> {
    // File names contain the mode, so no other file has to be read.
    let mut paths = list(folder)?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains(&format!("-{mode}"))
    });
    let mut found: Vec<ResultFile> = Vec::new();
    for (_, file) in read_paths(paths, note) {
        let belongs = found.first().is_none_or(|newest| {
            let shares = |file: &ResultFile| file.request.partition.map(|[_, shares]| shares);
            let partition = |other: &ResultFile| other.request.partition == file.request.partition;
            shares(newest).is_some()
                && shares(newest) == shares(&file)
                && !found.iter().any(partition)
                && mismatch(newest, &file).is_none()
        });
        if belongs {
            found.push(file);
        }
    }
    Ok(found)
}

/// A result, and the newest complete results of load and of outside claims that match it: each takes a run of its
/// own.
pub fn with_load_and_outside(folder: &Path, result: PathBuf) -> Result<Vec<PathBuf>> {
    let own = read(&result)?;
    let mut modes = vec![Mode::Load, Mode::Outside];
    modes.retain(|mode| *mode != own.request.mode);
    let mut together = vec![result];
    for path in list(folder)? {
        if modes.is_empty() {
            break;
        }
        if path == together[0] {
            continue;
        }
        // An unreadable file is skipped here; its reader reports why.
        let Ok(file) = read(&path) else { continue };
        let Some(place) = modes.iter().position(|mode| is_complete_for(&file, *mode)) else {
            continue;
        };
        if mismatch(&own, &file).is_none() {
            modes.remove(place);
            together.push(path);
        }
    }
    Ok(together)
}

/// Whether a result has all of its mode, which is a word of `--only` too.
fn is_complete_for(file: &ResultFile, mode: Mode) -> bool {
    let word = mode.to_string();
    file.complete && file.request.mode == mode && file.request.only.contains(&word)
}
