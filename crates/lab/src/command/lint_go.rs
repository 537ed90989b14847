use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use lab_workspace::{optional_tools, project::Project, toolchain::Go};

use super::{
    format_go::{passes, sources},
    note,
};

/// Checks the Go sources: gofmt, go vet for each system, staticcheck.
#[derive(Args)]
pub struct LintGo {}

impl LintGo {
    pub fn run() -> Result<ExitCode> {
        let project = Project::find()?;
        let go = Go::find(&project)?;
        let mut fine = formatted(&project, &go)?;
        fine &= passes(go.command(&project).args(["vet", "./..."]))?;
        // What only one system has is guarded: the others are at least compiled.
        for system in ["darwin", "windows"] {
            fine &= passes(
                go.command(&project)
                    .args(["vet", "./..."])
                    .env("GOOS", system),
            )?;
        }
        if let Some(program) = optional_tools::staticcheck(&project, &go) {
            fine &= passes(go.around(&project, &program)?.arg("./..."))?;
        } else {
            let get = optional_tools::get_staticcheck();
            note(&format!(
                "skipped: staticcheck is missing; {get} installs it"
            ));
            fine &= !optional_tools::required();
        }
        Ok(ExitCode::from(u8::from(!fine)))
    }
}

fn formatted(project: &Project, go: &Go) -> Result<bool> {
    let output = go
        .gofmt(project)?
        .arg("-l")
        .args(sources(project)?)
        .output();
    let output = output.context("cannot start gofmt")?;
    for name in String::from_utf8_lossy(&output.stdout).lines() {
        note(&format!(
            "go/{name} is not formatted; cargo make fmt formats it"
        ));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if !said.is_empty() {
        note(said.trim_end());
    }
    Ok(output.status.success() && output.stdout.is_empty())
}
