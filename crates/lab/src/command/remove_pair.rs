use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use anyhow::Result;
use clap::Args;
use lab_workspace::{project::Project, remove_pair};

use super::{Usage, chosen, print, print_fitted};

/// Removes a whole pair: crate, package, programs, scripts, tests, mutants, its entry in Cargo.lock.
#[derive(Args)]
pub struct RemovePair {
    /// Name of the pair.
    name: String,
    /// Remove it without a question.
    #[arg(long)]
    yes: bool,
}

impl RemovePair {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let topics = chosen(&project, Some(&self.name))?;
        let topic = &topics[0];
        print("These will be removed:")?;
        for place in remove_pair::existing(&project, topic) {
            print(&format!("  {place}"))?;
        }
        let named = remove_pair::named_in(&project, topic)?;
        if !named.is_empty() {
            print_fitted("\nThese files mention it, or a similar word, and stay unchanged:")?;
            for path in named {
                print(&format!("  {}", path.display()))?;
            }
        }
        if !self.yes && !agreed(&self.name)? {
            print("Nothing was removed.")?;
            return Ok(ExitCode::FAILURE);
        }
        remove_pair::remove(&project, topic)?;
        print(&format!("{} was removed.", self.name))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks, where there is somebody to ask.
fn agreed(name: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        let why = format!(
            "the input is no terminal, so no question is possible: \"cargo lab remove-pair {name} --yes\" removes it"
        );
        return Err(Usage(why).into());
    }
    let mut terminal = io::stderr();
    write!(terminal, "\nRemove {name}? [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
