//! One file for each subcommand.

pub mod all;
pub mod build;
pub mod compare;
pub mod deep;
pub mod difftest;
pub mod doctor;
pub mod explain;
pub mod format_go;
pub mod go;
pub mod judge;
pub mod lint_go;
pub mod measure;
pub mod mistakes;
pub mod mutants;
pub mod new_pair;
pub mod plan;
pub mod point;
pub mod point_url;
pub mod reference;
pub mod remove_pair;
#[cfg(target_os = "linux")]
pub mod stranger;
pub mod sweep;
pub mod verify;
pub mod versus;

use std::{
    env, fmt, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use lab_results::{layout, result::ResultFile, store};
use lab_verify::live_evidence::LiveEvidence;
use lab_workspace::{
    output,
    project::{Project, Topic},
};

pub use lab_workspace::output::print;

/// A usage error.
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

/// Warns of questions that could not be asked; the exit code is 1 if there are any.
pub fn report_failed(world: &LiveEvidence) -> ExitCode {
    let failed = world.failed();
    for why in &failed {
        note(&format!(
            "warning: this test could not run, so its claim is undecided: {why}"
        ));
    }
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// Reads the results that the user named; a missing one is a usage error.
pub fn read_named(paths: &[PathBuf]) -> Result<Vec<ResultFile>> {
    for path in paths {
        check_named(path)?;
    }
    store::read_all(paths)
}

/// Refuses a named file or folder that does not exist.
pub fn check_named(path: &Path) -> Result<(), Usage> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Usage(format!("there is no {}", path.display())))
        }
        _ => Ok(()),
    }
}

/// Refuses a named folder of results that does not exist; the usual folder may be missing.
pub fn check_results(results: Option<&Path>) -> Result<(), Usage> {
    results.map_or(Ok(()), check_named)
}

/// Prints paragraphs, with lines that fit the terminal.
pub fn print_fitted(text: &str) -> Result<()> {
    print(&layout::fit(text, layout::prose_width()))
}

/// Prints a note to standard error, with lines that fit the terminal.
pub fn note(text: &str) {
    output::note(&layout::fit(text, layout::prose_width()));
}

/// A path as a user may type it: relative to the current folder, or absolute.
pub fn shown(path: &Path) -> String {
    let here = env::current_dir().ok();
    let below = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}
