//! Where results lie: each file is written whole or not at all. A run in progress keeps a journal, a line for each
//! block, so that no measurement is lost, whatever ends the run.

mod compressed;
mod folder;
mod journal;
mod name;
mod read;

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use lab_workspace::own_files::{self, Held};

use crate::result::ResultFile;

pub use compressed::replace_compressed;
pub use folder::{list, newest, newest_of_mode, read_all, read_each, with_load_and_outside};
pub use journal::{Event, Journal, Replayed, progress, replay};
pub use name::LAST_SECOND;
pub use read::{parse, read, reason};

/// The file that marks and locks a folder of results.
const LOCK: &str = "lock";

/// The name of the journal of a run in progress; it is no result.
pub const JOURNAL: &str = "unfinished.jsonl";

/// The folder of the results, to which one lab at a time writes.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Locked as long as the store is open.
    _held: Held,
}

/// What was recovered of a run that was killed.
#[derive(Debug, Default)]
pub struct Recovered {
    /// The result that was made of it, and the command of the run.
    pub result: Option<(PathBuf, String)>,
    /// The unreadable part of its journal, and the journal's new path.
    pub damaged: Option<(String, PathBuf)>,
}

/// Marks a folder as a folder of results, for other files beside them; refuses a folder that holds other things.
pub fn mark(folder: &Path) -> Result<()> {
    own_files::mark(folder, LOCK, holds_results).map(drop)
}

fn holds_results(folder: &Path) -> bool {
    list(folder).is_ok_and(|paths| paths.iter().any(|path| name::time_of(path).is_some()))
}

impl Store {
    /// Opens the folder for writing: it is new, empty, or holds results.
    pub fn open(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        let busy = format!(
            "another lab is measuring into {shown}: wait until it is done (two at once would disturb each other), or stop it"
        );
        Ok(Store {
            folder: folder.to_owned(),
            _held: own_files::hold(folder, LOCK, holds_results, &busy)?,
        })
    }

    /// Makes a result of the journal of a run that was killed. A damaged journal is kept under another name, and its
    /// readable lines become the result.
    pub fn recover(&self) -> Result<Recovered> {
        let path = self.folder.join(JOURNAL);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Recovered::default()),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let Replayed { found, damage } = replay(&text);
        let result = match found {
            // The run was killed after its result was written.
            Some(found) => match self.place(&found)? {
                (_, true) => None,
                (path, false) => {
                    own_files::replace(&path, &json(&found)?)?;
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
        let damaged = Some((why, rename_damaged(&path)?));
        Ok(Recovered { result, damaged })
    }

    /// Begins a journal, with an earlier result if the run continues one.
    pub fn begin(&self, found: ResultFile) -> Result<Journal> {
        let path = self.folder.join(JOURNAL);
        own_files::replace(&path, &journal::text(&found)?)?;
        Journal::open(path, found)
    }

    /// Ends a run: writes its result, and removes its journal.
    pub fn end(&self, journal: Journal) -> Result<PathBuf> {
        let (found, unfinished) = journal.into_parts();
        let (path, _) = self.place(&found)?;
        own_files::replace(&path, &json(&found)?)?;
        fs_err::remove_file(&unfinished)?;
        Ok(path)
    }

    /// The path of a run's result, and whether a complete one lies there. Names have the order of the runs, even where
    /// a clock went back; a continued run keeps its name.
    fn place(&self, found: &ResultFile) -> Result<(PathBuf, bool)> {
        let ending = name::ending(found);
        let paths = list(&self.folder)?;
        let newest = paths.iter().find_map(|path| name::time_of(path));
        let own = paths.into_iter().find_map(|path| {
            let may_be = path.to_str()?.ends_with(&ending) && name::time_of(&path)? >= found.began;
            let old = may_be.then(|| read(&path).ok())??;
            let key = |file: &ResultFile| (file.seed, file.began);
            let same = key(&old) == key(found) && old.request == found.request;
            same.then_some((path, old.complete))
        });
        if let Some(own) = own {
            return Ok(own);
        }
        let time = newest.map_or(found.began, |newest| found.began.max(newest + 1));
        Ok((self.folder.join(name::format(time, &ending)), false))
    }
}

/// Renames a damaged journal to a free name.
fn rename_damaged(path: &Path) -> Result<PathBuf> {
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
