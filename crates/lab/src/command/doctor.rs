use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use lab_bench::measure::machine::available_bytes;
use lab_workspace::{doctor, project::Project, toolchain};

use super::print;

/// Says what is missing or too old, and the command that gets it.
#[derive(Args)]
pub struct Doctor {}

impl Doctor {
    pub fn run() -> Result<ExitCode> {
        let project = Project::find()?;
        let mut fine = true;
        for finding in doctor::examine(&project) {
            let name = finding.name;
            if let Some(found) = finding.found {
                print(&format!("{name:12} {found}"))?;
            } else {
                let how = if finding.needed { "MISSING" } else { "missing" };
                print(&format!(
                    "{name:12} {how}: {}; get it: {}",
                    finding.purpose, finding.get
                ))?;
                fine &= !finding.needed;
            }
        }
        for condition in doctor::conditions(&project, available_bytes()) {
            let doctor::Condition {
                name, what, cure, ..
            } = &condition;
            print(&format!("{name:12} {what}; {cure}"))?;
            fine &= !condition.fatal;
        }
        let go = toolchain::needed(&project)?;
        print(&format!(
            "\nneeded: Rust as Cargo.toml says, Go {go} or later"
        ))?;
        Ok(ExitCode::from(u8::from(!fine)))
    }
}
