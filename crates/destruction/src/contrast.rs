// Twin: go/destruction/contrast.go

//! The facts that differ.

use std::{
    cell::RefCell,
    fs::{self, File},
    io, mem,
    path::{Path, PathBuf},
};

use destruction::forget;
use pair::{Facts, Folder, Stop, settle};

use crate::finalizer_chain::chains;

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let folder = Folder::new()?;
    let count = facts.count().div_ceil(100);
    let paths: Vec<_> = (1..=count)
        .map(|number| folder.path().join(number.to_string()))
        .collect();
    for path in &paths {
        fs::write(path, "")?;
    }

    for path in &paths {
        forget(path)?;
    }
    let at_once = folder.descriptors()?;
    settle();
    facts.add(
        format_args!(
            "descriptors when {count} files were forgotten, and after settle"
        ),
        format_args!("{at_once}, {}", folder.descriptors()?),
    );

    let inside = {
        let _files = open(&paths)?;
        folder.descriptors()?
    };
    facts.add(
        format_args!(
            "descriptors in a block that opened {count} files, and behind it"
        ),
        format_args!("{inside}, {}", folder.descriptors()?),
    );
    let (inside, behind) = loop_left(&folder, &paths)?;
    facts.add(
        format_args!("descriptors in a loop that opened {count} files, and behind its break"),
        format_args!("{inside}, {behind}"),
    );

    facts.add(
        format_args!("a list of {count} files that goes closes"),
        list(&paths)?,
    );

    mem::forget(open(&paths)?);
    settle();
    facts.add(
        format_args!("descriptors of {count} files that nobody will ever close, after settle"),
        folder.descriptors()?,
    );
    chains(facts, count);
    Ok(())
}

fn open(paths: &[PathBuf]) -> io::Result<Vec<File>> {
    paths.iter().map(File::open).collect()
}

/// How many descriptors there are in a loop, and where a break left it, but not the function.
#[expect(clippy::never_loop, reason = "a break is what is asked about")]
fn loop_left(
    folder: &Folder,
    paths: &[PathBuf],
) -> Result<(usize, usize), Stop> {
    let inside = loop {
        let _files = open(paths)?;
        break folder.descriptors()?;
    };
    Ok((inside, folder.descriptors()?))
}

/// The order in which the files of a `Vec` are closed, or none.
fn list(paths: &[PathBuf]) -> Result<String, Stop> {
    let order = RefCell::new(Vec::new());
    let closed = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        order.borrow_mut().push(name.display().to_string());
    };
    let open = |path: &PathBuf| destruction::File::open(path, &closed);
    let files: Vec<_> = paths.iter().map(open).collect::<Result<_, _>>()?;
    drop(files);
    settle();
    let order = order.borrow();
    Ok(if order.is_empty() {
        "none".to_owned()
    } else {
        order.join(" ")
    })
}

#[cfg(test)]
mod tests {
    use std::{
        panic,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering::Relaxed},
        },
    };

    use destruction::{Thrown, catch};

    use super::*;

    // One test: a process has one panic hook, and its descriptors are counted for all threads.
    #[test]
    fn the_facts_follow_the_number_of_files() {
        for (count, order) in [(300, "1 2 3"), (500, "1 2 3 4 5")] {
            let lines = Facts::collect(count, contrast).expect("facts");
            let files = count / 100;
            let expected = [
                format!(
                    "descriptors when {files} files were forgotten, and after settle\t0, 0"
                ),
                format!(
                    "descriptors in a block that opened {files} files, and behind it\t{files}, 0"
                ),
                format!(
                    "descriptors in a loop that opened {files} files, and behind its break\t{files}, 0"
                ),
                format!("a list of {files} files that goes closes\t{order}"),
                format!(
                    "descriptors of {files} files that nobody will ever close, after settle\t{files}"
                ),
                format!(
                    "of a chain of {files} values, a finalizer on each: collections, freed\t0, {files}"
                ),
                format!(
                    "of a chain of {files} values, a cleanup on each: collections, freed\t0, {files}"
                ),
                format!(
                    "of {files} values without links, a finalizer on each: collections, freed\t0, {files}"
                ),
            ];
            assert_eq!(lines, expected);
        }
        a_hook_hears_of_a_panic_that_is_caught();
    }

    // only here: Go has no hook.
    fn a_hook_hears_of_a_panic_that_is_caught() {
        let heard = Arc::new(AtomicBool::new(false));
        let hook = heard.clone();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            hook.store(panic.payload().is::<Thrown>(), Relaxed);
        }));
        let threw = catch(|| panic::panic_any(Thrown));
        panic::set_hook(before);
        assert!(threw && heard.load(Relaxed));
    }
}
