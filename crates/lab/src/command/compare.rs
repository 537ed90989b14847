use std::{path::PathBuf, process::ExitCode, slice};

use anyhow::{Result, bail};
use clap::Args;
use lab::{
    change::{self, Changes},
    claims::Claims,
    judge::{World, ledger},
    measure::store,
    project::Project,
};

use super::print;

/// Compares two results: how times and memory of each side moved, and which verdicts changed.
#[derive(Args)]
pub struct Compare {
    /// The old result: a file, or a folder with all of its files.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The new one.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Ends with 1 if a verdict changed or a figure surely moved by more than 10 %.
    #[arg(long)]
    fail_on_change: bool,
    /// Prints one JSON object, and nothing else.
    #[arg(long)]
    json: bool,
}

impl Compare {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let read = |path| store::read_all(slice::from_ref(path));
        let (old, new) = (read(&self.old)?, read(&self.new)?);
        let claims = Claims::read(&project)?;
        let world = World::new(&project)?;
        let changes = Changes::between(&old, &new, &claims, &world)?;
        world.keep()?;
        if changes.rows.is_empty() && !self.json {
            bail!("the two have no measurement in common");
        }
        let text = if self.json {
            serde_json::to_string_pretty(&changes)?
        } else {
            let heads = [("old: ", &old), ("new: ", &new)];
            let heads = heads.map(|(name, files)| format!("{name}{}\n", ledger::heading(files)));
            format!("{}{}", heads.concat(), change::text(&changes))
        };
        print(text.trim_end())?;
        let failed = self.fail_on_change && changes.any();
        Ok(ExitCode::from(u8::from(failed)))
    }
}
