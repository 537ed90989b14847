//! Where results lie: each file written whole or not at all. A run in progress keeps a journal, a line
//! for each block, so that nothing that was measured is lost, whatever ends it.

use std::{
    cmp::Ordering,
    fs::{self, File},
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, anyhow, bail};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use lab_workspace::{
    output::note,
    owned::{self, Held},
};

use crate::{
    points,
    result::{OUTSIDE, ResultFile, SCHEMA, SMOKE},
};

mod compressed;
mod journal;

pub use compressed::replace_compressed;
pub use journal::{Event, Journal, Replayed, progress, replay};

/// The last second of the year 9999; no clock shows more.
const LAST: u64 = 253_402_300_799;

/// The file that marks a folder of results, and by which it is held.
const LOCK: &str = "lock";

/// The name of the journal of a run in progress; it is no result.
pub const JOURNAL: &str = "unfinished.jsonl";

/// The folder of the results, to which one lab at a time writes.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Held as long as the store is there.
    _held: Held,
}

/// What a run left that was killed.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The result that was made of it, and the command that made it.
    pub result: Option<(PathBuf, String)>,
    /// What of its journal cannot be read, and where the journal lies now.
    pub damaged: Option<(String, PathBuf)>,
}

/// Reads a result file, compressed or not.
pub fn read(path: &Path) -> Result<ResultFile> {
    let shown = path.display();
    let text = || -> io::Result<String> {
        let file = File::open(path)?;
        let mut text = String::new();
        if is_compressed(path) {
            MultiGzDecoder::new(file).read_to_string(&mut text)?;
        } else {
            (&file).read_to_string(&mut text)?;
        }
        Ok(text)
    };
    let text = text().with_context(|| format!("cannot read {shown}"))?;
    understand(&text).with_context(|| shown.to_string())
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "gz")
}

/// Whether this is the name of a result file.
fn is_result(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") || name.ends_with(".json.gz")
}

/// Reads the text of a result file.
pub fn understand(text: &str) -> Result<ResultFile> {
    let file = match serde_json::from_str::<ResultFile>(text) {
        Ok(file) if file.schema == SCHEMA => file,
        read => return Err(refusal(text, read.err())),
    };
    if file.began > LAST {
        bail!("this is no result, or a damaged one: it began after the year 9999");
    }
    Ok(file)
}

/// Why a text is no result of this schema, and what to do about it.
fn refusal(text: &str, error: Option<serde_json::Error>) -> anyhow::Error {
    #[derive(Deserialize)]
    struct Made {
        schema: u32,
        #[serde(default)]
        command: String,
    }
    let Made { schema, command } = match serde_json::from_str(text) {
        Ok(made) => made,
        Err(error) if error.is_eof() => return anyhow!("this file is torn: it ends too early"),
        Err(error) => return anyhow!("this is no result: {error}"),
    };
    let todo = match (schema.cmp(&SCHEMA), command.as_str()) {
        (Ordering::Greater, _) => "a newer lab wrote it".to_owned(),
        (Ordering::Less, "") => "measure anew with \"cargo lab measure\"".to_owned(),
        (Ordering::Less, command) => format!("measure anew with \"{command}\""),
        (Ordering::Equal, _) => {
            let error = error.map_or(String::new(), |error| format!(": {error}"));
            return anyhow!("this is no result, or a damaged one{error}");
        }
    };
    anyhow!("this is a result of schema {schema}, and this lab reads {SCHEMA}: {todo}")
}

/// Reads what makes one result: these files, and all those in these folders and in the folders right
/// below, as the shares of a partition lie. They have to be of one kind of machine and of one build.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<ResultFile>> {
    let mut files: Vec<(PathBuf, ResultFile)> = Vec::new();
    for path in paths {
        let mut found = vec![path.clone()];
        if path.is_dir() {
            found = list(path)?;
            let below: io::Result<Vec<PathBuf>> = fs_err::read_dir(path)?
                .map(|entry| Ok(entry?.path()))
                .collect();
            let mut below = below?;
            below.retain(|path| path.is_dir());
            below.sort();
            for folder in below {
                found.extend(list(&folder)?);
            }
            if found.is_empty() {
                bail!("{} holds no result", path.display());
            }
        }
        for path in found {
            let file = read(&path)?;
            for (first, other) in &files {
                if let Some(why) = apart(other, &file) {
                    let [first, path] = [first, &path].map(|path| path.display());
                    bail!("{first} and {path} do not make one ledger: {why}");
                }
            }
            files.push((path, file));
        }
    }
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Reads those of some files that can be read and belong to the first; of each other one `warn` is told.
pub fn together(paths: Vec<PathBuf>, warn: impl Fn(&Path, &str)) -> Vec<(PathBuf, ResultFile)> {
    let mut files: Vec<(PathBuf, ResultFile)> = Vec::new();
    for path in paths {
        let found = read(&path).and_then(|file| {
            match files.first().and_then(|(_, first)| apart(first, &file)) {
                Some(why) => bail!("it does not belong to {}: {why}", files[0].0.display()),
                None => Ok(file),
            }
        });
        match found {
            Ok(file) => files.push((path, file)),
            Err(error) => {
                // Its path stands first.
                let why: Vec<String> = error.chain().map(ToString::to_string).collect();
                warn(&path, &why[usize::from(why.len() > 1)..].join(": "));
            }
        }
    }
    files
}

/// Why two files do not belong together, if they do not.
fn apart(one: &ResultFile, other: &ResultFile) -> Option<String> {
    if let Some(differs) = one.machine.differences(&other.machine).first() {
        return Some(format!("their machines differ: {differs}"));
    }
    let built = |(name, hash): &(&String, &String)| {
        other.hashes.get(*name).is_some_and(|other| other != *hash)
    };
    let (name, _) = one.hashes.iter().find(built)?;
    Some(format!("{name} is not the same in both"))
}

/// All results of a folder, the newest first.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if is_result(&path) {
            paths.push(path);
        }
    }
    // Their names begin with the time.
    paths.sort();
    paths.reverse();
    Ok(paths)
}

/// All results of a folder that can be read, the newest first; of each other one `warn` is told.
pub fn each(
    folder: &Path,
    warn: impl Fn(&str),
) -> Result<impl Iterator<Item = (PathBuf, ResultFile)>> {
    Ok(read_each(list(folder)?, warn))
}

/// Those of some results that can be read; of each other one `warn` is told.
fn read_each(
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

/// The newest result of a run that left no claim aside and had time; the newest of all where there is none.
pub fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let mut first = None;
    for (path, file) in each(folder, note)? {
        let request = &file.request;
        let leaves_none = request.only.iter().all(|word| word == "claims");
        let is_short = request.mode == SMOKE;
        if file.complete && leaves_none && request.partition.is_none() && !is_short {
            return Ok(Some(path));
        }
        first.get_or_insert(path);
    }
    Ok(first)
}

/// The newest result of a mode; of one that is a share of a partition, the newest of each other share too.
pub fn newest_of(folder: &Path, mode: &str) -> Result<Vec<ResultFile>> {
    // Their names tell the mode: no other has to be read.
    let mut paths = list(folder)?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains(&format!("-{mode}"))
    });
    let mut found: Vec<ResultFile> = Vec::new();
    for (_, file) in read_each(paths, note) {
        let belongs = found.first().is_none_or(|newest| {
            let shares = |file: &ResultFile| file.request.partition.map(|[_, shares]| shares);
            let partition = |other: &ResultFile| other.request.partition == file.request.partition;
            shares(newest).is_some()
                && shares(newest) == shares(&file)
                && !found.iter().any(partition)
                && apart(newest, &file).is_none()
        });
        if belongs {
            found.push(file);
        }
    }
    Ok(found)
}

/// A result, and beside it the newest whole ones of load and of other sources' claims that belong to it:
/// each takes a run of its own.
pub fn with_others(folder: &Path, result: PathBuf) -> Result<Vec<PathBuf>> {
    let own = read(&result)?;
    let mut words = vec![points::WORD, OUTSIDE];
    words.retain(|word| *word != own.request.mode);
    let mut together = vec![result];
    for path in list(folder)? {
        if words.is_empty() {
            break;
        }
        if path == together[0] {
            continue;
        }
        // A file that cannot be read is no answer; who reads it is told why.
        let Ok(file) = read(&path) else { continue };
        let Some(place) = words.iter().position(|word| is_all_of(&file, word)) else {
            continue;
        };
        if apart(&own, &file).is_none() {
            words.remove(place);
            together.push(path);
        }
    }
    Ok(together)
}

/// Whether a result holds all that this word chooses.
fn is_all_of(file: &ResultFile, word: &str) -> bool {
    let named = file.request.only.iter().any(|named| named == word);
    file.complete && file.request.mode == word && named
}

/// The name of a result's file without its time.
fn ending(file: &ResultFile) -> String {
    let share = match file.request.partition {
        Some([share, shares]) => format!("-{share}-of-{shares}"),
        None => String::new(),
    };
    format!("-{}{share}.json", file.request.mode)
}

/// The time with which a result's name begins, in seconds since 1970.
fn time_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let (hours, rest) = (name.get(..13)?, name.get(13..)?);
    let (minutes, seconds) = (rest.get(..2)?, rest.get(2..5)?);
    let time = humantime::parse_rfc3339(&format!("{hours}:{minutes}:{seconds}")).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// Marks a folder as one of results, for what is kept beside them; one that holds other things is refused.
pub fn mark(folder: &Path) -> Result<()> {
    owned::mark(folder, LOCK, holds_results).map(drop)
}

fn holds_results(folder: &Path) -> bool {
    list(folder).is_ok_and(|paths| paths.iter().any(|path| time_of(path).is_some()))
}

impl Store {
    /// Opens the folder for writing: one that is new, empty, or holds results.
    pub fn open(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        let busy = format!(
            "another lab is measuring into {shown}: wait until it is done (two at once would disturb each other), or stop it"
        );
        Ok(Store {
            folder: folder.to_owned(),
            _held: owned::hold(folder, LOCK, holds_results, &busy)?,
        })
    }

    /// Makes a result of what a run left that was killed. What cannot be read of it stops nothing: its
    /// journal is kept under another name.
    pub fn recover(&self) -> Result<Recovered> {
        let path = self.folder.join(JOURNAL);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Recovered::default()),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let Replayed { found, damage } = replay(&text);
        let result = match found {
            // One that was killed after its result was written left nothing more.
            Some(found) => match self.place(&found)? {
                (_, true) => None,
                (path, false) => {
                    owned::replace(&path, &json(&found)?)?;
                    Some((path, found.command))
                }
            },
            None => None,
        };
        let Some(why) = damage else {
            fs_err::remove_file(&path)?;
            let damaged = None;
            return Ok(Recovered { result, damaged });
        };
        let damaged = Some((why, set_aside(&path)?));
        Ok(Recovered { result, damaged })
    }

    /// Begins a journal, with what is found already.
    pub fn begin(&self, found: ResultFile) -> Result<Journal> {
        let path = self.folder.join(JOURNAL);
        owned::replace(&path, &journal::text(&found)?)?;
        Journal::open(path, found)
    }

    /// Ends a run: its result is written, its journal goes.
    pub fn end(&self, journal: Journal) -> Result<PathBuf> {
        let (found, unfinished) = journal.into_parts();
        let (path, _) = self.place(&found)?;
        owned::replace(&path, &json(&found)?)?;
        fs_err::remove_file(&unfinished)?;
        Ok(path)
    }

    /// Where a run's result belongs, and whether it lies there whole: names are ordered as runs are,
    /// even where a clock went back, and a run that goes on keeps its own.
    fn place(&self, found: &ResultFile) -> Result<(PathBuf, bool)> {
        let ending = ending(found);
        let paths = list(&self.folder)?;
        let newest = paths.iter().find_map(|path| time_of(path));
        let own = paths.into_iter().find_map(|path| {
            let may_be = path.to_str()?.ends_with(&ending) && time_of(&path)? >= found.began;
            let old = may_be.then(|| read(&path).ok())??;
            let key = |file: &ResultFile| (file.seed, file.began);
            let same = key(&old) == key(found) && old.request == found.request;
            same.then_some((path, old.complete))
        });
        if let Some(own) = own {
            return Ok(own);
        }
        let time = newest.map_or(found.began, |newest| found.began.max(newest + 1));
        let time = UNIX_EPOCH + Duration::from_secs(time.min(LAST));
        let time = humantime::format_rfc3339_seconds(time).to_string();
        let name = time.replace(':', "") + &ending;
        Ok((self.folder.join(name), false))
    }
}

/// Keeps a damaged journal under a name that is free.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let mut aside = path.with_extension("damaged");
    for number in 2.. {
        if !aside.exists() {
            break;
        }
        aside.set_file_name(format!("unfinished-{number}.damaged"));
    }
    fs::rename(path, &aside).with_context(|| format!("cannot rename {}", path.display()))?;
    Ok(aside)
}

fn json(found: &ResultFile) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec(found)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests;
