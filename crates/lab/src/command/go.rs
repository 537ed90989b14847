use std::{ffi::OsString, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;
use lab_workspace::{project::Project, toolchain};

/// Runs the Go that builds the programs, in the folder `go`.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Go {
    /// Arguments of Go.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Go {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let go = toolchain::Go::find(&project)?;
        let status = go.command(&project).args(&self.arguments).status();
        let code = status.context("cannot start Go")?.code();
        Ok(ExitCode::from(
            code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        ))
    }
}
