//! A copy of the project in which files may be changed.

use std::{
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use diffy::Patch;
use fs_err as fs;

use lab_workspace::project::Project;

/// What is no source, in the top folder.
const LEFT_OUT: [&str; 3] = ["target", "results", ".git"];

/// The copy.
pub struct Copy {
    /// The project that it is.
    pub project: Project,
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
        fs::write(&self.path, self.text).with_context(|| cannot_write(&self.path))
    }
}

impl Copy {
    /// Copies what has changed since the last time, and nothing else: what was built stays fresh.
    pub fn new(project: &Project, folder: &Path) -> Result<Self> {
        mirror(&project.root, folder, &LEFT_OUT)
            .with_context(|| format!("cannot copy the project to {}", folder.display()))?;
        Ok(Copy {
            project: Project::at(folder)?,
        })
    }

    /// Changes the one file of a patch.
    pub fn patch(&self, name: &Path, text: &str) -> Result<Undo> {
        let Edit {
            file,
            before,
            after,
        } = edit(&self.project.root, name, text)?;
        fs::write(&file, after).with_context(|| cannot_write(&file))?;
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

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// Makes a folder like another: files that are alike are left alone, others are written or removed.
fn mirror(from: &Path, to: &Path, except: &[&str]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let is_left_out = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        except.iter().any(|left_out| name == *left_out)
    };
    for entry in fs::read_dir(from)? {
        let from = entry?.path();
        if is_left_out(&from) {
            continue;
        }
        let to = to.join(from.file_name().unwrap_or_default());
        if from.is_dir() {
            mirror(&from, &to, &[])?;
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
        if from.exists() || is_left_out(&to) {
            continue;
        }
        if to.is_dir() {
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
        mirror(&from, &to, &["target"]).unwrap();
        assert_eq!(fs::read(to.join("a/b")).unwrap(), b"new");
        assert!(to.join("target/built").exists());
        assert!(!to.join("gone").exists());
    }
}
