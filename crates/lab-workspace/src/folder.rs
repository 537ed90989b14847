//! The files of a folder, in the same order everywhere.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The paths in a folder, sorted; none if there is no such folder.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let shown = || format!("cannot read {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(shown)?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths: Vec<PathBuf> = paths.collect::<Result<_>>().with_context(shown)?;
    paths.sort();
    Ok(paths)
}

/// The files below a folder, sorted; none if there is no such folder. Folders of an excluded name are left out.
pub fn files_below(folder: &Path, excluded: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if !path.is_dir() {
            files.push(path);
        } else if !excluded.iter().any(|name| path.ends_with(name)) {
            files.extend(files_below(&path, excluded)?);
        }
    }
    Ok(files)
}

/// Copies a file, or a folder with all that lies in it.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
        for path in entries(from)? {
            copy_all(&path, &to.join(path.file_name().unwrap_or_default()))?;
        }
    } else {
        fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_order_and_excluded_folders_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        for path in ["b/a", "b/c/d", "a", "target/x"] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = files_below(root.path(), &["target"]).unwrap();
        let expected = ["a", "b/a", "b/c/d"].map(|path| root.path().join(path));
        assert_eq!(found, expected);
        let missing = root.path().join("nothing");
        assert_eq!(entries(&missing).unwrap(), [""; 0].map(PathBuf::from));
        assert!(entries(&root.path().join("a")).is_err(), "it is a file");
    }
}
