use std::{fmt::Write as _, process::ExitCode, time::Instant};

use anyhow::Result;
use clap::Args;
use lab::deep::{CHECKS, Check, Outcome};
use lab_results::layout;
use lab_workspace::{project::Project, suggest};

use super::{Usage, print};

/// Runs the long checks: all tests, generated scripts, mutants, memory, races, fuzzing, dependencies.
#[derive(Args)]
pub struct Deep {
    /// The checks to run; all of them by default.
    #[arg(value_name = "CHECK")]
    checks: Vec<String>,
    /// List the checks.
    #[arg(long)]
    list: bool,
}

impl Deep {
    pub fn run(&self) -> Result<ExitCode> {
        if self.list {
            let lines = CHECKS.iter().map(|check| {
                let width = layout::prose_width();
                layout::hang(&format!("{:<20}", check.name), check.says, width)
            });
            print(&lines.collect::<Vec<_>>().join("\n"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let project = Project::find()?;
        let mut table = String::new();
        let mut failed = false;
        // One that fails keeps no other from being run.
        for check in self.chosen()? {
            let begun = Instant::now();
            print(&format!("\n== {}: {}", check.name, check.says))?;
            let state = match check.run(&project)? {
                Outcome::Passed => "passed",
                Outcome::Skipped => "skipped",
                Outcome::Failed => {
                    failed = true;
                    "FAILED"
                }
            };
            let seconds = begun.elapsed().as_secs();
            let _ = write!(table, "\n{seconds:6} s  {state:<7}  {}", check.name);
        }
        print(&table)?;
        Ok(ExitCode::from(u8::from(failed)))
    }

    fn chosen(&self) -> Result<Vec<&'static Check>> {
        if self.checks.is_empty() {
            return Ok(CHECKS.iter().collect());
        }
        let find = |name: &String| {
            let found = CHECKS.iter().find(|check| check.name == name);
            found.ok_or_else(|| {
                let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
                Usage(suggest::unknown_name("check", name, &names, None)).into()
            })
        };
        self.checks.iter().map(find).collect()
    }
}
