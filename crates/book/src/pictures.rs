//! The pictures that README shows before anybody has built anything: a chapter and a plot.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use lab::project::Project;

use crate::{browser::Browser, keep::Keep, measured::Measured, plots, verdicts};

/// Where the pictures lie, from the top folder.
const FOLDER: &str = "crates/book/pictures";

/// Writes the pictures of a book that was just written.
pub fn write(project: &Project, book: &Path, results: &Path) -> Result<()> {
    let verdicts = verdicts::verdicts(project, &Keep::of(project), results)?;
    let folder = project.root.join(FOLDER);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("chapter.png"), chapter(book)?)?;
    let plot = plots::forest(Measured(&verdicts.files));
    if let Some(plot) = plot {
        fs::write(folder.join("ratios.svg"), plot.alone())?;
    }
    Ok(())
}

/// The pair of a chapter, as a window shows it.
fn chapter(book: &Path) -> Result<Vec<u8>> {
    let browser = Browser::start()?;
    let mut browser = browser.context("a picture needs Chromium: apt-get install chromium")?;
    browser.size(1280, 760, 1)?;
    let page = book.join("cycles.html");
    let page = page
        .canonicalize()
        .context("the book has no chapter of cycles")?;
    browser.open(&format!("file://{}#the-pair", page.display()))?;
    browser.picture(None)
}
