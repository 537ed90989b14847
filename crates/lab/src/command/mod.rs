//! One file for each subcommand, and what several of them need.

pub mod asked;
pub mod bar;
pub mod build;
pub mod choose;
pub mod compare;
pub mod doctor;
pub mod explain;
pub mod faults;
pub mod go;
pub mod judge;
pub mod lint;
pub mod measure;
pub mod mistakes;
pub mod new_pair;
pub mod plan;
pub mod point;
pub mod prove;
#[cfg(target_os = "linux")]
pub mod stranger;
pub mod sweep;
pub mod verify;

use std::{env, fmt, path::Path};

use anyhow::Result;
use console::Term;
use lab_workspace::project::{Project, Topic};

pub use lab_workspace::output::{note, print};

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

/// The columns of the terminal; no end of them where there is none.
pub fn columns() -> usize {
    let size = Term::stdout().size_checked();
    size.map_or(usize::MAX, |(_, columns)| columns.into())
}

/// A path as a reader may type it: from where one stands, or whole.
pub fn shown(path: &Path) -> String {
    let here = env::current_dir().ok();
    let below = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}
