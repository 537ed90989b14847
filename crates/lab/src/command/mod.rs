//! One file for each subcommand.

pub mod build;
pub mod go;
pub mod verify;

use std::fmt;

use anyhow::Result;
use lab::project::{Project, Topic};

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
