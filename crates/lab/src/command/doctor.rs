use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use lab_bench::measure::machine::available_bytes;
use lab_results::layout;
use lab_workspace::{doctor, project::Project, toolchain};

use super::{print, print_fitted};

/// Lists what is missing or too old, and the command that installs it.
#[derive(Args)]
pub struct Doctor {}

impl Doctor {
    pub fn run() -> Result<ExitCode> {
        let project = Project::find()?;
        let mut fine = true;
        for finding in doctor::examine(&project) {
            let says = if let Some(found) = finding.found {
                found
            } else {
                let how = if finding.needed { "MISSING" } else { "missing" };
                fine &= !finding.needed;
                format!("{how}: {}; install it: {}", finding.purpose, finding.get)
            };
            let head = format!("{:12} ", finding.name);
            print(&layout::hang(&head, &says, layout::prose_width()))?;
        }
        for condition in doctor::conditions(&project, available_bytes()) {
            let doctor::Condition {
                name, what, cure, ..
            } = &condition;
            let head = format!("{name:12} ");
            let says = format!("{what}; {cure}");
            print(&layout::hang(&head, &says, layout::prose_width()))?;
            fine &= !condition.fatal;
        }
        let go = toolchain::needed(&project)?;
        print_fitted(&format!(
            "\nNeeded: the Rust version of Cargo.toml or later, and Go {go} or later"
        ))?;
        Ok(ExitCode::from(u8::from(!fine)))
    }
}
