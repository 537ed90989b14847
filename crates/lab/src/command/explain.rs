use std::{
    env,
    path::PathBuf,
    process::{Command, ExitCode},
};

use super::{Usage, check_results, note, print};
use crate::foreground::{Foreground, exit_code};
use anyhow::Result;
use clap::Args;
use lab::ledger_text;
use lab_judge::{
    ablation::{Experiment, explain},
    claims::{Claim, Claims},
    figures::Results,
};
use lab_results::{layout, store};
use lab_workspace::project::Project;

/// Tests the supposed causes of a claim's figure by ablation; measures what is missing.
#[derive(Args)]
pub struct Explain {
    /// The claims to explain; by default all that name a cause or a figure.
    #[arg(value_name = "CLAIM")]
    claims: Vec<String>,
    /// Folder of the results; by default `results` in the top folder.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
}

impl Explain {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        check_results(self.results.as_deref())?;
        let claims = Claims::read(&project)?;
        let mut named = Vec::new();
        for id in &self.claims {
            let claim = claims.get(id);
            named.push(claim.map_err(|unknown| Usage(unknown.to_string()))?);
        }
        if named.is_empty() {
            let tells = |claim: &&Claim| !claim.cause.is_empty() || claim.figure.is_some();
            named.extend(claims.claim.iter().filter(tells));
        }
        let (chosen, without): (Vec<&Claim>, Vec<&Claim>) =
            named.into_iter().partition(|claim| !claim.cause.is_empty());
        for Claim { id, .. } in without {
            print(&format!(
                "{id:<4} unexplained: claims.toml names no cause for it"
            ))?;
        }
        let missing = self.print_experiments(&project, chosen, false)?;
        if missing.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let mut measure = Command::new(env::current_exe()?);
        measure.args(["measure", "--thorough"]);
        if let Some(results) = &self.results {
            measure.arg("--results").arg(results);
        }
        for claim in &missing {
            measure.args(["--only", &claim.id]);
        }
        let ids: Vec<&str> = missing.iter().map(|claim| claim.id.as_str()).collect();
        note(&format!(
            "Not measured yet: {}. This measures it:",
            ids.join(", ")
        ));
        let code = Foreground::listen()?.run(&mut measure)?;
        if code != Some(0) {
            // The measurement has reported its failure, or that it was stopped.
            return Ok(exit_code(code));
        }
        self.print_experiments(&project, missing, true)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Prints each experiment from the newest result that has enough blocks of it, and returns the claims without one.
    /// With `last`, every result is enough.
    fn print_experiments<'a>(
        &self,
        project: &Project,
        mut claims: Vec<&'a Claim>,
        last: bool,
    ) -> Result<Vec<&'a Claim>> {
        for path in store::list(&project.results(self.results.as_deref())?)? {
            if claims.is_empty() {
                break;
            }
            // An unreadable file is skipped here; its reader reports why.
            let Ok(file) = store::read(&path) else {
                continue;
            };
            let (files, width) = ([file], layout::width());
            let mut missing = Vec::new();
            for claim in claims {
                let experiments = explain(claim, &Results::new(&files))?;
                if last || experiments.iter().all(Experiment::is_measured) {
                    for experiment in &experiments {
                        print(&ledger_text::explained(&claim.id, experiment, width))?;
                    }
                    let heading = ledger_text::heading(&files, usize::MAX);
                    print(&layout::hang("     ", &heading, width))?;
                } else {
                    missing.push(claim);
                }
            }
            claims = missing;
        }
        Ok(claims)
    }
}
