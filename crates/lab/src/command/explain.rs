use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use lab::{
    claims::Claims,
    judge::{self, Figure, Results, ledger},
    measure::store,
    project::Project,
    result::ResultFile,
};

use super::{Usage, print};

/// Tests the supposed cause of a claim's figure by taking it away.
#[derive(Args)]
pub struct Explain {
    /// The claims; all that name a cause if none is given.
    #[arg(value_name = "CLAIM")]
    claims: Vec<String>,
    /// The folder of the results.
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
}

impl Explain {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let claims = Claims::read(&project)?;
        let mut chosen = Vec::new();
        for id in &self.claims {
            let claim = claims
                .get(id)
                .map_err(|unknown| Usage(unknown.to_string()))?;
            if claim.cause.is_none() {
                bail!(
                    "the figure of {} is unexplained: it names no cause",
                    claim.id
                );
            }
            chosen.push(claim);
        }
        if chosen.is_empty() {
            chosen.extend(claims.claim.iter().filter(|claim| claim.cause.is_some()));
        }
        let folder = project.root.join(&self.results);
        let paths = store::list(&folder)?;
        let mut missing = Vec::new();
        for claim in chosen {
            // The newest result that has what the experiment needs.
            let mut told = None;
            for path in &paths {
                let files: [ResultFile; 1] = [store::read(path)?];
                if let Some(experiment) = judge::explain(claim, &Results(&files))?
                    && !matches!(experiment.gone, Figure::Missing(_))
                {
                    told = Some(format!(
                        "{:<4} {}\n     {}: {}",
                        claim.id,
                        experiment.cause.says,
                        experiment.explained,
                        ledger::experimented(&experiment),
                    ));
                    break;
                }
            }
            match told {
                Some(told) => print(&told)?,
                None => missing.push(format!("--only {}", claim.id)),
            }
        }
        if !missing.is_empty() {
            bail!(
                "an experiment is not measured yet: cargo lab measure --thorough {}",
                missing.join(" ")
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
