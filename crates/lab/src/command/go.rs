use std::{ffi::OsString, process::ExitCode};

use anyhow::Result;
use clap::Args;
use lab_workspace::{project::Project, toolchain};

use crate::foreground::{Foreground, exit_code};

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
        let code = Foreground::listen()?.run(go.command(&project).args(&self.arguments))?;
        Ok(exit_code(code))
    }
}
