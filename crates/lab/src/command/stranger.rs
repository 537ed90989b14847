use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use lab::stranger_environment::StrangerEnvironment;
use lab_workspace::{process_group::ProcessGroup, project::Project};

use super::{note, print};

/// Runs the README's tasks `test` and `all` as a stranger: another user (if root), odd settings, no git.
#[derive(Args)]
pub struct RunStranger {
    /// Keep the stranger's folder, and print its path.
    #[arg(long)]
    keep: bool,
    /// Tasks of `cargo make`, each with its options in one word.
    #[arg(value_name = "TASK", default_values = ["test", "all --smoke"])]
    tasks: Vec<String>,
}

impl RunStranger {
    pub fn run(&self) -> Result<ExitCode> {
        let stranger = StrangerEnvironment::new(&Project::find()?)?;
        let mut failed = Vec::new();
        for task in &self.tasks {
            print(&format!("\n== as a stranger: cargo make {task}"))?;
            let mut command = stranger.command("cargo");
            command.arg("make").args(task.split_whitespace());
            let status = ProcessGroup::status(&mut command).context("cannot start cargo")?;
            if !status.success() {
                failed.push(task.as_str());
            }
        }
        if self.keep {
            print(&format!("kept: {}", stranger.keep().display()))?;
        }
        for task in &failed {
            note(&format!("error: cargo make {task} failed for a stranger"));
        }
        Ok(ExitCode::from(u8::from(!failed.is_empty())))
    }
}
