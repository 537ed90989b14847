use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result};
use clap::Args;
use lab::{project::Project, toolchain};

/// Runs Go, the one that builds the programs, in the folder `go`.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Go {
    /// What it is given.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs gofmt, the one that belongs to that Go, in the folder `go`.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Gofmt {
    /// What it is given.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Go {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let go = toolchain::Go::find(&project)?;
        passed_on(go.command(&project).args(&self.arguments))
    }
}

impl Gofmt {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let go = toolchain::Go::find(&project)?;
        passed_on(go.gofmt(&project)?.args(&self.arguments))
    }
}

fn passed_on(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().context("cannot start Go")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}
