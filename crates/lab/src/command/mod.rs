//! One file for each subcommand, and what several of them need.

pub mod all;
pub mod asked;
pub mod bar;
pub mod begin;
pub mod build;
pub mod choose;
pub mod compare;
pub mod deep;
pub mod difftest;
pub mod doctor;
pub mod explain;
pub mod go;
pub mod judge;
pub mod lint;
pub mod measure;
pub mod mistakes;
pub mod mutants;
pub mod new_pair;
pub mod plan;
pub mod point;
pub mod point_url;
pub mod reference;
pub mod remove_pair;
mod resume;
#[cfg(target_os = "linux")]
pub mod stranger;
pub mod sweep;
pub mod verify;
pub mod versus;
pub mod way;

use std::{
    env, fmt, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use lab_results::{layout, result::ResultFile, store};
use lab_verify::world::World;
use lab_workspace::{
    output,
    project::{Project, Topic},
};

pub use lab_workspace::output::print;

/// The command was used wrongly.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// All topics, or the one that `--only` names.
pub fn chosen(project: &Project, only: Option<&str>) -> Result<Vec<Topic>> {
    match only {
        None => Ok(project.topics.clone()),
        Some(name) => match project.topic(name) {
            Ok(topic) => Ok(vec![topic.clone()]),
            Err(unknown) => Err(Usage(unknown.to_string()).into()),
        },
    }
}

/// Says which questions could not be asked; the exit code, too, says that there are some.
pub fn told_failed(world: &World) -> ExitCode {
    let failed = world.failed();
    for why in &failed {
        note(&format!(
            "warning: this test could not run, so its claim is undecided: {why}"
        ));
    }
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Reads results that were named; one that is not there is named wrongly.
pub fn read_named(paths: &[PathBuf]) -> Result<Vec<ResultFile>> {
    for path in paths {
        check_named(path)?;
    }
    store::read_all(paths)
}

/// Refuses a file or a folder that was named and is not there.
pub fn check_named(path: &Path) -> Result<(), Usage> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Usage(format!("there is no {}", path.display())))
        }
        _ => Ok(()),
    }
}

/// Refuses a folder of results that was named and is not there; the usual one may be missing.
pub fn check_results(results: Option<&Path>) -> Result<(), Usage> {
    results.map_or(Ok(()), check_named)
}

/// Prints paragraphs, with lines that fit the terminal.
pub fn print_fitted(text: &str) -> Result<()> {
    print(&layout::fit(text, layout::prose_width()))
}

/// Says something beside what is printed, with lines that fit the terminal.
pub fn note(text: &str) {
    output::note(&layout::fit(text, layout::prose_width()));
}

/// A path as a reader may type it: from where one stands, or whole.
pub fn shown(path: &Path) -> String {
    let here = env::current_dir().ok();
    let below = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}
