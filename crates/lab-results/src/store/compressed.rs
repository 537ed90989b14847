//! Compressed results: the reference is one, in parts.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};

use lab_workspace::own_files;

use super::{json, list, name};
use crate::result::ResultFile;

/// Writes a result, compressed, under the name of its file; others of its mode in the folder go. Returns where it
/// lies.
pub fn replace_compressed(folder: &Path, file: &Path, found: &ResultFile) -> Result<PathBuf> {
    let path = folder
        .join(file.file_name().unwrap_or_default())
        .with_extension("json.gz");
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(&json(found)?)?;
    own_files::replace(&path, &writer.finish()?)?;
    let ending = format!("{}.gz", name::ending(found));
    for old in list(folder)? {
        if old != path && old.to_string_lossy().ends_with(&ending) {
            fs_err::remove_file(&old)?;
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{result::Mode, store::read, synthetic::result};

    #[test]
    fn a_part_takes_the_place_of_the_one_before_it_and_of_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let part = |mode: Mode, began: u64| {
            let mut part = result(&[("list", 2.0, 1)]);
            part.request.mode = mode;
            part.began = began;
            part
        };
        let write = |name: &str, part: &ResultFile| {
            replace_compressed(folder.path(), Path::new(name), part).unwrap()
        };
        write("2026-11-28T000000Z-claims.json", &part(Mode::Claims, 1));
        let load = write("results/2026-11-28T010000Z-load.json", &part(Mode::Load, 2));
        let claims = write("2026-11-29T000000Z-claims.json", &part(Mode::Claims, 3));
        let mut left = list(folder.path()).unwrap();
        left.sort();
        assert_eq!(left, [load, claims.clone()]);
        assert_eq!(read(&claims).unwrap().began, 3);
    }
}
