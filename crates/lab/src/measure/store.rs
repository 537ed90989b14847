//! Where results lie: each file written whole or not at all. A run in progress keeps a journal, a line
//! for each block, so that nothing that was measured is lost, whatever ends it.

use std::{
    fs::{self, DirEntry, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::{
    load::points,
    result::{Block, Dropped, LeftOut, Measurement, Resident, ResultFile, SCHEMA, Subject},
};

/// The journal's name; it is no result.
const JOURNAL: &str = "unfinished.jsonl";

/// The folder of the results, to which one lab at a time writes.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Held as long as the store is there; the system lets go of it whatever ends the lab.
    _lock: File,
}

/// A run in progress: what it found so far, here and on disk.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// What was found so far.
    pub found: ResultFile,
}

/// What happened to a subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A block that counts.
    Block(Box<Block>),
    /// A block that the machine disturbed.
    Dropped(Box<Dropped>),
    /// How many blocks are wanted.
    Wanted(usize),
    /// It is about to be measured.
    Begun {
        /// Whether that is at the case's own size.
        own_scale: bool,
        /// Its memory, as it was watched before.
        resident: Resident,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Of { subject: Subject, event: Event },
    LeftOut { left_out: LeftOut },
}

/// Reads a result file.
pub fn read(path: &Path) -> Result<ResultFile> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    understand(&text).with_context(|| shown.to_string())
}

/// Reads the text of a result file.
pub fn understand(text: &str) -> Result<ResultFile> {
    #[derive(Deserialize)]
    struct Version {
        schema: u32,
    }
    match serde_json::from_str(text) {
        Ok(Version { schema: SCHEMA }) => {}
        Ok(Version { schema }) => {
            bail!("this is a result of schema {schema}, and this lab reads {SCHEMA}: measure anew")
        }
        Err(error) if error.is_eof() => bail!("this file is torn: it ends too early"),
        Err(error) => bail!("this is no result: {error}"),
    }
    serde_json::from_str(text).context("this is no result, or a damaged one")
}

/// Reads what makes one result: these files, and all those in these folders and in the folders right
/// below, as the shares of a partition lie. They have to be of one kind of machine and of one build.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<ResultFile>> {
    let mut files: Vec<(PathBuf, ResultFile)> = Vec::new();
    for path in paths {
        let mut found = vec![path.clone()];
        if path.is_dir() {
            found = list(path)?;
            let below: io::Result<Vec<_>> = fs::read_dir(path)?.collect();
            let mut below: Vec<PathBuf> = below?.iter().map(DirEntry::path).collect();
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
        if path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
    // Their names begin with the time.
    paths.sort();
    paths.reverse();
    Ok(paths)
}

/// The newest result of a run that left no claim aside; the newest of all where there is none.
pub fn newest(folder: &Path) -> Result<Option<PathBuf>> {
    let paths = list(folder)?;
    for path in &paths {
        let file = read(path)?;
        let request = &file.request;
        let leaves_none = request.only.iter().all(|word| word == "claims");
        if file.complete && leaves_none && request.partition.is_none() {
            return Ok(Some(path.clone()));
        }
    }
    Ok(paths.into_iter().next())
}

/// A result, and beside it the newest whole one of load, if they belong together: that takes a run of
/// its own.
pub fn with_load(folder: &Path, result: PathBuf) -> Result<Vec<PathBuf>> {
    let own = read(&result)?;
    for path in list(folder)? {
        // A file that cannot be read is no answer; who reads it is told why.
        let Ok(file) = read(&path) else { continue };
        let is_load = file.request.mode == points::WORD && file.complete;
        if is_load && path != result && apart(&own, &file).is_none() {
            return Ok(vec![result, path]);
        }
    }
    Ok(vec![result])
}

/// The name of a result's file, from the time of its beginning.
fn name(file: &ResultFile) -> String {
    let began = UNIX_EPOCH + Duration::from_secs(file.began);
    let time = humantime::format_rfc3339_seconds(began)
        .to_string()
        .replace(':', "");
    let share = match file.request.partition {
        Some([share, shares]) => format!("-{share}-of-{shares}"),
        None => String::new(),
    };
    format!("{time}-{}{share}.json", file.request.mode)
}

impl Store {
    /// Opens the folder for writing.
    pub fn open(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        fs::create_dir_all(folder).with_context(|| format!("cannot create {shown}"))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .with_context(|| format!("cannot write to {shown}"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another lab is measuring into {shown}: wait until it is done (two at once would disturb each other), or stop it"
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {shown}"));
            }
        }
        Ok(Store {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// Makes a result of what a run left that was killed, and tells its path.
    pub fn recover(&self) -> Result<Option<PathBuf>> {
        let path = self.folder.join(JOURNAL);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let result = match replay(&text)? {
            Some(found) => Some(self.write(&found)?),
            None => None,
        };
        fs::remove_file(&path)?;
        Ok(result)
    }

    /// Begins a journal, with what is found already.
    pub fn begin(&self, found: ResultFile) -> Result<Journal> {
        let path = self.folder.join(JOURNAL);
        let mut text = Vec::new();
        let mut head = found.clone();
        let measurements = std::mem::take(&mut head.measurements);
        serde_json::to_writer(&mut text, &head)?;
        text.push(b'\n');
        for Measurement {
            subject,
            own_scale,
            blocks,
            dropped,
            wanted,
            resident,
        } in measurements
        {
            let begun = Event::Begun {
                own_scale,
                resident,
            };
            let begun = [begun].into_iter();
            let blocks = blocks.into_iter().map(|block| Event::Block(block.into()));
            let dropped = dropped
                .into_iter()
                .map(|block| Event::Dropped(block.into()));
            let wanted = wanted.map(Event::Wanted);
            for event in begun.chain(wanted).chain(blocks).chain(dropped) {
                let subject = subject.clone();
                serde_json::to_writer(&mut text, &Entry::Of { subject, event })?;
                text.push(b'\n');
            }
        }
        self.replace(&path, &text)?;
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok(Journal { file, path, found })
    }

    /// Ends a run: its result is written, its journal goes.
    pub fn end(&self, journal: Journal) -> Result<PathBuf> {
        let Journal {
            found,
            path: unfinished,
            ..
        } = journal;
        let path = self.write(&found)?;
        fs::remove_file(&unfinished)?;
        Ok(path)
    }

    fn write(&self, found: &ResultFile) -> Result<PathBuf> {
        let mut path = self.folder.join(name(found));
        // Where a clock went back, another run may have this name; the same one goes on under it.
        let others = |path: &Path| read(path).map_or(path.exists(), |old| old.seed != found.seed);
        for number in 2.. {
            if !others(&path) {
                break;
            }
            path.set_file_name(name(found).replace(".json", &format!("-{number}.json")));
        }
        let mut text = serde_json::to_vec(found)?;
        text.push(b'\n');
        self.replace(&path, &text)?;
        Ok(path)
    }

    /// Writes a file whole or not at all.
    fn replace(&self, path: &Path, text: &[u8]) -> Result<()> {
        let written = || -> Result<()> {
            let mut file = readable().tempfile_in(&self.folder)?;
            file.write_all(text)?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            // The folder holds the new name.
            File::open(&self.folder)?.sync_all()?;
            Ok(())
        };
        written().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// A temporary file that may be read like any other, once it has its name.
fn readable() -> tempfile::Builder<'static, 'static> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    builder
}

impl Journal {
    /// Keeps what happened to a subject.
    pub fn add(&mut self, subject: &Subject, event: Event) -> Result<()> {
        self.append(&Entry::Of {
            subject: subject.clone(),
            event: event.clone(),
        })?;
        apply(&mut self.found, subject.clone(), event);
        Ok(())
    }

    /// Keeps that a subject was left out.
    pub fn leave_out(&mut self, left_out: LeftOut) -> Result<()> {
        self.append(&Entry::LeftOut {
            left_out: left_out.clone(),
        })?;
        self.found.left_out.push(left_out);
        Ok(())
    }

    /// The measurement of a subject, as far as it got.
    pub fn of(&self, subject: &Subject) -> Option<&Measurement> {
        self.found
            .measurements
            .iter()
            .find(|measurement| measurement.subject == *subject)
    }

    fn append(&mut self, entry: &Entry) -> Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }
}

fn apply(found: &mut ResultFile, subject: Subject, event: Event) {
    let known = found
        .measurements
        .iter()
        .position(|known| known.subject == subject);
    let place = known.unwrap_or_else(|| {
        let (blocks, dropped) = (Vec::new(), Vec::new());
        found.measurements.push(Measurement {
            subject,
            own_scale: false,
            blocks,
            dropped,
            wanted: None,
            resident: Resident::default(),
        });
        found.measurements.len() - 1
    });
    let measurement = &mut found.measurements[place];
    match event {
        Event::Block(block) => measurement.blocks.push(*block),
        Event::Dropped(dropped) => measurement.dropped.push(*dropped),
        Event::Wanted(wanted) => measurement.wanted = Some(wanted),
        Event::Begun {
            own_scale,
            resident,
        } => {
            measurement.own_scale = own_scale;
            measurement.resident = resident;
        }
    }
}

/// What a journal holds, without a last line that was not finished; none if it holds nothing.
fn replay(text: &str) -> Result<Option<ResultFile>> {
    let mut lines = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    let Some(head) = lines.next() else {
        return Ok(None);
    };
    let mut found = understand(head).context(JOURNAL)?;
    for (number, line) in lines.enumerate() {
        let entry = serde_json::from_str(line)
            .with_context(|| format!("{JOURNAL}: line {} is damaged", number + 2))?;
        match entry {
            Entry::Of { subject, event } => apply(&mut found, subject, event),
            Entry::LeftOut { left_out } => found.left_out.push(left_out),
        }
    }
    Ok(Some(found))
}

#[cfg(test)]
mod tests;
