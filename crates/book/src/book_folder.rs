//! The folder of a book: one that is new, empty, or a book already. Whatever else lies in it stays.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    path::{self, Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::{Context as _, Result};
use lab_workspace::{
    own_files::{self, Refused},
    process_group,
};
use signal_hook::{consts::TERM_SIGNALS, iterator::Signals};
use tempfile::TempDir;

use crate::messages::Listener;

/// The file that marks a folder as a book, and lists the book's files.
const MARK: &str = ".book";

/// Its first line.
const SAYS: &str = "cargo book wrote these files and replaces them; all others here stay.";

/// What the name of a folder begins with in which a new book is made.
const STAGE: &str = ".writing-";

/// What books before the mark had.
const UNMARKED: (&str, &str) = ("search.js", "window.bookIndex=");

/// What a signal has to remove: the folder in which a new book is made, and folders made for it. Held while
/// a new book takes the place of the old one, which a signal waits for.
static UNFINISHED: Mutex<(Option<PathBuf>, Vec<PathBuf>)> = Mutex::new((None, Vec::new()));

/// Folders of temporary files that a signal has to remove.
static SCRATCH: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes this folder when a signal ends the command.
pub fn remove_at_signals(folder: &Path) {
    let mut scratch = SCRATCH.lock().unwrap_or_else(PoisonError::into_inner);
    scratch.push(folder.to_owned());
}

/// Ends with this code when somebody stops the command, and leaves nothing unfinished or running.
pub fn end_on_signals(code: i32) -> Result<()> {
    // The thread below ends the groups, and then the command: their own handler must not end it first.
    process_group::go_on_until_the_second_signal(code);
    let mut signals = Signals::new(TERM_SIGNALS).context("cannot listen for signals")?;
    thread::spawn(move || {
        if signals.forever().next().is_some() {
            process_group::end_all();
            for folder in &*SCRATCH.lock().unwrap_or_else(PoisonError::into_inner) {
                let _ = fs::remove_dir_all(folder);
            }
            let (stage, made) = &*UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(stage) = stage {
                let _ = fs::remove_dir_all(stage);
            }
            remove_empty(made);
            process::exit(code);
        }
    });
    Ok(())
}

/// Removes folders from the last to the first, as far as they are empty.
fn remove_empty(folders: &[PathBuf]) {
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// The folder, held by one process at a time.
pub struct Place {
    folder: PathBuf,
    /// Folders that were not there before.
    made: Vec<PathBuf>,
    /// The files of the book that lies there.
    old: Old,
    _lock: File,
}

/// What lies in the folder before a book is written.
enum Old {
    /// These files of a book.
    Listed(BTreeSet<String>),
    /// A book that did not list its files yet.
    Unlisted,
}

impl Place {
    /// Takes the folder, and waits for another process that has it.
    pub fn open(folder: &Path, listener: &dyn Listener) -> Result<Self> {
        let named = path::absolute(folder)
            .with_context(|| format!("cannot tell where {} is", folder.display()))?;
        let shown = named.display();
        if let Ok(about) = named.metadata()
            && !about.is_dir()
        {
            let why = format!("{shown} is a file, and a book is a folder: choose another place");
            return Err(Refused(why).into());
        }
        let missing = |folder: &&Path| fs::symlink_metadata(folder).is_err();
        let made: Vec<_> = named.ancestors().take_while(missing).collect();
        let made: Vec<_> = made.into_iter().rev().map(Path::to_owned).collect();
        fs::create_dir_all(&named).with_context(|| format!("cannot create {shown}"))?;
        let taken = || -> Result<(PathBuf, File)> {
            // A link to a folder is followed, once.
            let folder = named.canonicalize()?;
            let lock = take(&folder, listener)?;
            Ok((folder, lock))
        };
        let (folder, lock) = match taken() {
            Ok(taken) => taken,
            Err(error) => {
                remove_empty(&made);
                return Err(error.context(format!("cannot read {shown}")));
            }
        };
        unfinished(|(_, folders)| folders.clone_from(&made));
        let mut place = Place {
            folder,
            made,
            old: Old::Unlisted,
            _lock: lock,
        };
        place.old = place.find()?;
        Ok(place)
    }

    /// What lies there; a folder of somebody else is refused.
    fn find(&self) -> Result<Old> {
        let shown = self.folder.display();
        if let Ok(text) = fs::read_to_string(self.folder.join(MARK))
            && let Some((SAYS, files)) = text.split_once('\n')
        {
            return Ok(Old::Listed(files.lines().map(str::to_owned).collect()));
        }
        let (file, begins) = UNMARKED;
        let text = fs::read_to_string(self.folder.join(file));
        if text.is_ok_and(|text| text.starts_with(begins)) {
            return Ok(Old::Unlisted);
        }
        let entries = fs::read_dir(&self.folder).with_context(|| format!("cannot read {shown}"))?;
        for entry in entries {
            let name = entry?.file_name();
            if !is_stage(&self.folder.join(&name)) {
                let why = format!(
                    "{shown} is not a book and holds other things, such as {}: choose a new or empty folder, or move them away",
                    name.display()
                );
                return Err(Refused(why).into());
            }
        }
        Ok(Old::Listed(BTreeSet::new()))
    }

    /// Puts a whole new book in the place of the old one.
    pub fn write(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        for path in files.keys() {
            self.is_free(path)?;
        }
        self.remove_stages();
        let stage = self.stage(files);
        let done = stage.and_then(|stage| self.replace(files, &stage));
        unfinished(|(stage, _)| *stage = None);
        done
    }

    /// Refuses a path at which something of somebody else lies.
    fn is_free(&self, path: &str) -> Result<()> {
        let whole = self.folder.join(path);
        let is_own = match &self.old {
            Old::Listed(files) => files.contains(path),
            Old::Unlisted => true,
        };
        let is_taken = |about: &fs::Metadata| !(about.is_file() && is_own);
        let folders = Path::new(path).ancestors().skip(1);
        let folders = folders.map(|folder| self.folder.join(folder));
        let is_other = |folder: PathBuf| {
            let about = fs::symlink_metadata(&folder);
            about.is_ok_and(|about| !about.is_dir()).then_some(folder)
        };
        let other = match fs::symlink_metadata(&whole) {
            Ok(about) if is_taken(&about) => Some(whole),
            _ => folders
                .filter(|folder| *folder != self.folder)
                .find_map(is_other),
        };
        match other {
            Some(other) => Err(Refused(format!(
                "{} does not belong to the book and is in its way: move it away",
                other.display()
            ))
            .into()),
            None => Ok(()),
        }
    }

    /// Makes the book in a new folder inside this one: the same file system, and no neighbour is touched.
    fn stage(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<TempDir> {
        let shown = self.folder.display();
        let stage = tempfile::Builder::new()
            .prefix(STAGE)
            .tempdir_in(&self.folder);
        let stage = stage.with_context(|| format!("cannot write to {shown}"))?;
        unfinished(|(unfinished, _)| *unfinished = Some(stage.path().to_owned()));
        let write = |path: &str, text: &[u8]| {
            let whole = stage.path().join(path);
            let folder = whole.parent().unwrap_or(stage.path());
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&whole, text))
                .with_context(|| format!("cannot write {}", self.folder.join(path).display()))
        };
        write(MARK, b"")?;
        for (path, text) in files {
            write(path, text)?;
        }
        Ok(stage)
    }

    /// Moves the new files to their places, and removes those of the old book that are no more.
    fn replace(&self, files: &BTreeMap<String, Vec<u8>>, stage: &TempDir) -> Result<()> {
        // A signal that stops the command waits here for a few milliseconds.
        let _moving = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let old = match &self.old {
            Old::Listed(files) => files.clone(),
            Old::Unlisted => BTreeSet::new(),
        };
        let new = || files.keys().cloned();
        self.mark(old.iter().cloned().chain(new()).collect())?;
        // The page that leads to all others comes last.
        let (last, others): (Vec<_>, Vec<_>) = new().partition(|path| path == "index.html");
        for path in others.iter().chain(&last) {
            let whole = self.folder.join(path);
            let moved = match whole.parent() {
                Some(folder) => fs::create_dir_all(folder),
                None => Ok(()),
            };
            moved
                .and_then(|()| fs::rename(stage.path().join(path), &whole))
                .with_context(|| format!("cannot write {}", whole.display()))?;
        }
        for path in old.iter().filter(|path| !files.contains_key(*path)) {
            self.remove(path)
                .with_context(|| format!("cannot remove {}", self.folder.join(path).display()))?;
        }
        self.mark(new().collect())
    }

    fn mark(&self, files: BTreeSet<String>) -> Result<()> {
        let lines: Vec<String> = [SAYS.to_owned()].into_iter().chain(files).collect();
        let text = lines.join("\n") + "\n";
        own_files::replace(&self.folder.join(MARK), text.as_bytes())
    }

    /// Removes a file of the old book, and the folders that are empty then.
    fn remove(&self, path: &str) -> io::Result<()> {
        let path = Path::new(path);
        // A list that somebody changed names nothing outside.
        let is_inside = path
            .components()
            .all(|part| matches!(part, path::Component::Normal(_)));
        let whole = self.folder.join(path);
        let is_here = |folder: &Path| folder.canonicalize().is_ok_and(|found| found == folder);
        if !is_inside || !whole.parent().is_some_and(is_here) {
            return Ok(());
        }
        match fs::remove_file(&whole) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let folders = whole.ancestors().skip(1);
        for folder in folders.take_while(|folder| *folder != self.folder) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Removes what commands left that were killed.
    fn remove_stages(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for path in entries
            .map(|entry| entry.path())
            .filter(|path| is_stage(path))
        {
            let _ = fs::remove_dir_all(path);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        remove_empty(&self.made);
        unfinished(|(_, made)| made.clear());
    }
}

fn unfinished(change: impl FnOnce(&mut (Option<PathBuf>, Vec<PathBuf>))) {
    change(&mut UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Whether this is a folder in which a command made a book.
fn is_stage(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    name.starts_with(STAGE) && !path.is_symlink() && is_file(&path.join(MARK))
}

/// Holds a folder by itself: no file is needed that somebody may have, too.
fn take(folder: &Path, listener: &dyn Listener) -> Result<File> {
    loop {
        let lock = File::open(folder)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let shown = folder.display();
                listener.begin(&format!(
                    "waiting for another book that is written into {shown}"
                ));
                lock.lock()?;
            }
            // Some network file systems have no locks: there, two writers at once go unnoticed.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        // One that failed may have removed the folder meanwhile.
        if is_same(&lock, folder) {
            return Ok(lock);
        }
        fs::create_dir_all(folder)?;
    }
}

#[cfg(unix)]
fn is_same(open: &File, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let key = |about: fs::Metadata| (about.dev(), about.ino());
    let there = folder.metadata().map(key).ok();
    open.metadata().map(key).ok() == there
}

#[cfg(not(unix))]
fn is_same(_: &File, _: &Path) -> bool {
    true
}
