//! A copy of the project in which files may be changed.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use diffy::Patch;
use fs_err as fs;

use lab_workspace::{
    own_files::{self, Held},
    project::Project,
};

/// Names in the top folder that are not copied.
const NOT_COPIED: [&str; 4] = ["target", "results", ".git", MARK];

/// The file that marks and locks a copy.
const MARK: &str = ".copy";

/// The copy.
pub struct Copy {
    /// The project that it is.
    pub project: Project,
    /// One lab at a time changes it.
    _held: Held,
}

/// A file as it was before it was patched.
#[must_use]
pub struct Undo {
    path: PathBuf,
    text: String,
}

impl Undo {
    /// Takes the patch back.
    pub fn undo(self) -> Result<()> {
        own_files::replace(&self.path, self.text.as_bytes())
    }
}

impl Copy {
    /// Copies only what has changed since the last time, so that builds stay fresh.
    pub fn new(project: &Project, folder: &Path) -> Result<Self> {
        let shown = folder.display();
        let is_copy = |folder: &Path| folder.join("go/go.mod").is_file();
        let busy = format!("another lab plants bugs in {shown}: wait until it is done");
        let held = own_files::hold(folder, MARK, is_copy, &busy)?;
        let built = project.target();
        mirror(&project.root, folder, &|path| {
            path == built || is_excluded(path)
        })
        .with_context(|| format!("cannot copy the project to {shown}"))?;
        Ok(Copy {
            project: Project::at(folder)?,
            _held: held,
        })
    }

    /// Changes the one file of a patch.
    pub fn patch(&self, name: &Path, text: &str) -> Result<Undo> {
        let Edit {
            file,
            before,
            after,
        } = edit(&self.project.root, name, text)?;
        own_files::replace(&file, after.as_bytes())?;
        Ok(Undo {
            path: file,
            text: before,
        })
    }
}

/// What a patch would make of its one file.
pub struct Edit {
    file: PathBuf,
    before: String,
    after: String,
}

/// Reads a patch, and applies it to the sources there without writing anything.
pub fn edit(root: &Path, name: &Path, text: &str) -> Result<Edit> {
    let stale = |why: String| {
        anyhow!(
            "{} does not fit the sources any more: {why}; make the edit again and keep its diff",
            name.display()
        )
    };
    let edit = Patch::from_str(text).map_err(|error| stale(error.to_string()))?;
    let Some(path) = edit.modified().and_then(|path| path.strip_prefix("b/")) else {
        bail!("{} does not say which file it changes", name.display());
    };
    let file = root.join(path);
    let before =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let after = diffy::apply(&before, &edit).map_err(|error| stale(error.to_string()))?;
    Ok(Edit {
        file,
        before,
        after,
    })
}

/// Whether this is not copied, by its name.
fn is_excluded(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    NOT_COPIED.iter().any(|excluded| name == *excluded)
}

/// Makes a folder equal to another: equal files are not touched, others are written or removed. Links are not
/// copied.
fn mirror(from: &Path, to: &Path, is_excluded: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let from = entry?.path();
        if is_excluded(&from) || from.is_symlink() {
            continue;
        }
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() {
            mirror(&from, &to, &|_| false)?;
        } else {
            let text = fs::read(&from)?;
            if fs::read(&to).ok().as_ref() != Some(&text) {
                fs::write(&to, text)?;
            }
        }
    }
    for entry in fs::read_dir(to)? {
        let to = entry?.path();
        let from = from.join(to.file_name().unwrap_or_default());
        if is_excluded(&to) || (from.exists() && !from.is_symlink()) {
            continue;
        }
        if to.is_dir() && !to.is_symlink() {
            fs::remove_dir_all(&to)?;
        } else {
            fs::remove_file(&to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_holds_what_is_there_now_but_for_what_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("a")).unwrap();
        fs::create_dir_all(to.join("target")).unwrap();
        fs::create_dir_all(to.join("gone")).unwrap();
        fs::write(from.join("a/b"), "new").unwrap();
        fs::write(to.join("target/built"), "").unwrap();
        mirror(&from, &to, &is_excluded).unwrap();
        assert_eq!(fs::read(to.join("a/b")).unwrap(), b"new");
        assert!(to.join("target/built").exists());
        assert!(!to.join("gone").exists());
    }

    #[test]
    fn a_folder_that_is_no_copy_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("letter"), "dear").unwrap();
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let project = Project::at(Path::new(root)).unwrap();
        let Err(why) = Copy::new(&project, folder.path()) else {
            panic!("it was taken");
        };
        assert!(why.to_string().contains("such as letter"), "{why}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
