//! Writes the book: a folder of pages that opens from the file system and from any web server, and
//! loads nothing from elsewhere.
//!
//! Depends on `lab-judge`, `lab-verify`, `lab-results` and `lab-workspace`; nothing depends on it.
//!
//! Start with `site.rs` (all files of a book), `chapter.rs` (the page of a topic), `pair.rs` (two sources side by
//! side), `verdicts.rs` (the judged claims) and `playground.rs` (what `cargo book --serve` adds).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod book_folder;
pub mod browser;
mod cache;
mod catalogue;
mod chapter;
mod choose;
mod claim;
mod claim_picture;
mod compiler_remarks;
mod file_pages;
mod front;
mod highlight;
mod interval_strip;
mod learn;
mod ledger;
mod links;
mod machine;
pub mod messages;
mod missing_tools;
mod mistake;
mod page;
mod pair;
pub mod playground;
mod plot;
mod prose;
mod provenance;
pub mod readme_pictures;
mod resident_memory;
mod result_figures;
mod result_plots;
mod search;
pub mod serve;
mod server_scenarios;
pub mod sharing_picture;
mod site;
mod sources;
mod table;
mod topic_output;
mod verdicts;
mod watch;

use std::path::Path;

use anyhow::Result;
use book_folder::Place;
use lab_workspace::project::Project;
use messages::{Listener, Warning, Warnings};
use site::Site;

/// Writes the book of a project into a folder, judged by the newest of these results, and tells what it
/// lacks.
pub fn write(
    project: &Project,
    folder: &Path,
    results: &Path,
    listener: &dyn Listener,
) -> Result<Vec<Warning>> {
    let place = Place::open(folder, listener)?;
    let warnings = Warnings::default();
    let site = Site {
        project,
        results,
        listener,
        warnings: &warnings,
    };
    let files = site.files()?;
    listener.begin("writing the book");
    place.write(&files)?;
    Ok(warnings.into_all())
}
