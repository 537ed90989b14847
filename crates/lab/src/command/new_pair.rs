use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use lab_judge::plan::GROUPS;
use lab_workspace::{new_pair, project::Project, toolchain::Go};

use super::{Usage, print, print_fitted};

/// Writes a minimal new pair: crate, package, programs, scripts, tests, mutants, README.
#[derive(Args)]
pub struct NewPair {
    /// Name of the pair: one word of at most 16 lower-case letters and digits.
    name: String,
}

impl NewPair {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let name = &self.name;
        if let Some(why) = new_pair::refused(&project, name, &GROUPS) {
            return Err(Usage(why).into());
        }
        let go = Go::find(&project)?;
        if let Some(why) = new_pair::refused_by_go(&project, &go, name)? {
            return Err(Usage(why).into());
        }
        for path in new_pair::write(&project, &go, name)? {
            print(&path.display().to_string())?;
        }
        print_fitted(&format!(
            "\nNext: cargo lab verify --only {name}, then cargo test -p tests --test pairs {name}::; CONTRIBUTING.md explains the rest"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
