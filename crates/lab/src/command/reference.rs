//! The parts of the reference: each is one run of its own.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;
use lab_judge::{plan::ALL_CLAIMS, reference};
use lab_results::{
    result::{Mode, OUTSIDE, ResultFile},
    scenario, store,
};
use lab_workspace::project::Project;

use super::shown;

/// A part of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The article's claims, except those about server load alone.
    Claims,
    /// The claims about server load, and the scenarios that are only shown.
    Load,
    /// The claims of other sources.
    Outside,
    /// The map of server scenarios that `sweep` draws.
    Map,
}

impl Part {
    /// The mode of its run.
    pub fn mode(self) -> Mode {
        match self {
            Part::Claims => Mode::Claims,
            Part::Load => Mode::Load,
            Part::Outside => Mode::Outside,
            Part::Map => Mode::Sweep,
        }
    }

    /// The word that chooses it.
    pub fn word(self) -> &'static str {
        match self {
            Part::Claims => ALL_CLAIMS,
            Part::Load => scenario::WORD,
            Part::Outside => OUTSIDE,
            Part::Map => "map",
        }
    }
}

/// Puts a whole part of the reference in the place of the one that is committed, and says so.
pub fn committed(project: &Project, path: &Path, found: &ResultFile) -> Result<String> {
    let folder = project.root.join(reference::FOLDER);
    let path = store::replace_compressed(&folder, path, found)?;
    Ok(format!("Reference: {}. Commit it.", shown(&path)))
}
