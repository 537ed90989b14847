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

use std::{
    fmt,
    io::{self, Write as _},
    process::ExitCode,
};

use anyhow::Result;
use console::Term;
use lab_verify::world::World;
use lab_workspace::project::{Project, Topic};

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
        eprintln!("warning: undecided, since it cannot be asked: {why}");
    }
    ExitCode::from(u8::from(!failed.is_empty()))
}

/// The columns of the terminal; no end of them where there is none.
pub fn columns() -> usize {
    let size = Term::stdout().size_checked();
    size.map_or(usize::MAX, |(_, columns)| columns.into())
}

/// Prints a line; a reader that went away is no error.
pub fn print(text: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
