// Twin: go/destruction/contrast.go

//! The facts that differ.

use std::{
    cell::RefCell,
    fs::{self, File},
    mem, panic,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use destruction::{Thrown, catch, forget};
use pair::{Facts, Folder, Stop, settle};

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let folder = Folder::new()?;
    let paths = ["a", "b", "c"].map(|name| folder.path().join(name));
    for path in &paths {
        fs::write(path, "")?;
    }

    forget(&paths[0])?;
    let open = folder.descriptors()?;
    facts.add("descriptors right after a file was forgotten", open);
    settle();
    let open = folder.descriptors()?;
    facts.add("descriptors after settle", open);

    {
        let _file = File::open(&paths[0])?;
    }
    let open = folder.descriptors()?;
    facts.add("descriptors behind an inner block that opened a file", open);
    let open = behind_loop(&folder, &paths[0])?;
    facts.add("descriptors behind a loop that a break left", open);

    facts.add(
        "a list of three files is closed in the order",
        list(&paths)?,
    );
    facts.add("a second close", "does not compile");
    facts.add("a caught panic was told to a hook", told()?);

    mem::forget(File::open(&paths[0])?);
    settle();
    let open = folder.descriptors()?;
    facts.add("descriptors after mem::forget and settle", open);
    Ok(())
}

/// How many descriptors there are where a loop was left by a break, but not the function.
#[expect(clippy::never_loop, reason = "a break is what is asked about")]
fn behind_loop(folder: &Folder, path: &Path) -> Result<usize, Stop> {
    loop {
        let _file = File::open(path)?;
        break;
    }
    Ok(folder.descriptors()?)
}

/// The order in which the files of a `Vec` are closed.
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
    Ok(order.borrow().join(" "))
}

/// Whether the panic hook hears of a panic that is caught.
fn told() -> Result<bool, Stop> {
    let heard = Arc::new(AtomicBool::new(false));
    let before = Arc::new(panic::take_hook());
    let (hook, others) = (heard.clone(), before.clone());
    panic::set_hook(Box::new(move |panic| {
        if panic.payload().is::<Thrown>() {
            hook.store(true, Relaxed);
        } else {
            others(panic);
        }
    }));
    let threw = catch(|| panic::panic_any(Thrown));
    panic::set_hook(Box::new(move |panic| before(panic)));
    if !threw {
        return Err(Stop::Failed("the panic was not caught".to_owned()));
    }
    Ok(heard.load(Relaxed))
}
