use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use lab_workspace::{
    programs::{self, Show},
    project::Project,
};

use super::chosen;

/// Builds the programs of both languages.
#[derive(Args)]
pub struct Build {
    /// Build only this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
    /// Build only this language.
    #[arg(long)]
    language: Option<Language>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Rust,
    Go,
}

impl Build {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let topics = chosen(&project, self.only.as_deref())?;
        let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
        if self.language != Some(Language::Go) {
            programs::build_rust(&project, &names, Show::Everything)?;
        }
        if self.language != Some(Language::Rust) {
            programs::build_go(&project, &names, Show::Everything)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
