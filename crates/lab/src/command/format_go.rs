use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result};
use clap::Args;
use lab_workspace::{folder, process_group::ProcessGroup, project::Project, toolchain::Go};

/// Formats the Go sources with the gofmt of the Go in use.
#[derive(Args)]
pub struct FormatGo {}

impl FormatGo {
    pub fn run() -> Result<ExitCode> {
        let project = Project::find()?;
        let go = Go::find(&project)?;
        let fine = passes(go.gofmt(&project)?.arg("-w").args(sources(&project)?))?;
        Ok(ExitCode::from(u8::from(!fine)))
    }
}

/// Runs a tool, which prints what it finds, and returns whether it succeeds.
pub fn passes(command: &mut Command) -> Result<bool> {
    let status = ProcessGroup::status(command);
    let program = || format!("cannot start {}", command.get_program().display());
    Ok(status.with_context(program)?.success())
}

/// The Go files, from the folder `go`. Those in `testdata` are wrong on purpose.
pub fn sources(project: &Project) -> Result<Vec<PathBuf>> {
    let root = project.root.join("go");
    let mut found = folder::files_below(&root, &["testdata"])?;
    found.retain(|path| path.extension().is_some_and(|end| end == "go"));
    for path in &mut found {
        *path = path.strip_prefix(&root)?.to_owned();
    }
    Ok(found)
}
