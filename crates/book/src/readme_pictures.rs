//! The pictures that README shows before anybody has built anything: a chapter and a plot.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use lab_judge::reference;
use lab_results::result::Mode;
use lab_workspace::project::Project;

use crate::{browser::Browser, result_figures::Measured, result_plots};

/// Where the pictures lie, from the top folder.
pub const FOLDER: &str = "crates/book/pictures";

/// The file of the plot in it.
pub const RATIOS: &str = "ratios.svg";

const CHAPTER: &str = "chapter.png";
const WATCH: &str = "watch.png";

/// Writes the pictures of a book that was just written. The plot shows the reference, which README's
/// ledger shows too; without one it is left as it is, and the answer is false.
pub fn write(project: &Project, book: &Path) -> Result<bool> {
    let folder = project.root.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let [chapter, watch] = cycles(book)?;
    fs::write(folder.join(CHAPTER), chapter)?;
    fs::write(folder.join(WATCH), watch)?;
    let Some(plot) = ratios(project)? else {
        return Ok(false);
    };
    fs::write(folder.join(RATIOS), plot)?;
    Ok(true)
}

/// The plot of the ratios of the reference's part `claims`, one run on one machine, as it has to lie there; none
/// without that part.
pub fn ratios(project: &Project) -> Result<Option<String>> {
    let mut files = reference::files(project)?;
    files.retain(|file| file.request.mode == Mode::Claims);
    Ok(result_plots::forest(Measured(&files)).map(|plot| plot.alone()))
}

/// The first screen of a chapter, its question and the pair; and the memory to watch.
fn cycles(book: &Path) -> Result<[Vec<u8>; 2]> {
    let browser = Browser::start()?;
    let mut browser = browser.context("a picture needs Chromium: apt-get install chromium")?;
    browser.size(1280, 760, 1)?;
    let page = book.join("cycles.html");
    let page = page
        .canonicalize()
        .context("the book has no chapter of cycles")?;
    browser.open(&format!("file://{}", page.display()))?;
    let chapter = browser.picture(None)?;
    let place = browser.eval(
        "(() => { const { left, top, width, height } = document.querySelector('.watch').getBoundingClientRect(); \
         return [left - 8, top + scrollY - 8, width + 16, height + 16]; })()",
    )?;
    let place = serde_json::from_value(place).context("the chapter of cycles shows no memory")?;
    Ok([chapter, browser.picture(Some(place))?])
}
