use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use lab::{
    claims::Claims,
    judge::{self, Results, World, ledger},
    measure::store,
    project::Project,
    result::ResultFile,
};

use super::{Usage, print};

/// Judges the claims by what was measured and by what the programs do.
#[derive(Args)]
pub struct Judge {
    /// Only these claims, each in full.
    #[arg(value_name = "CLAIM")]
    claims: Vec<String>,
    /// A result's file, or a folder with all of its files; the newest whole one of `results` if none is
    /// named. Repeatable.
    #[arg(long = "result", value_name = "PATH")]
    files: Vec<PathBuf>,
    /// The folder of the results.
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct Format {
    /// Prints one line for each claim.
    #[arg(long)]
    brief: bool,
    /// Prints one JSON array, and nothing else.
    #[arg(long)]
    json: bool,
    /// Prints values separated by commas.
    #[arg(long)]
    csv: bool,
    /// Prints a Markdown table.
    #[arg(long)]
    markdown: bool,
    /// Prints the measurements in the Go benchmark format, which benchstat reads.
    #[arg(long)]
    bench: bool,
}

impl Judge {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let claims = Claims::read(&project)?;
        let mut chosen = Vec::new();
        for id in &self.claims {
            chosen.push(
                claims
                    .get(id)
                    .map_err(|unknown| Usage(unknown.to_string()))?,
            );
        }
        if chosen.is_empty() {
            chosen.extend(&claims.claim);
        }
        let files = self.read(&project)?;
        if self.format.bench {
            print(ledger::bench(&files).trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        let results = Results(&files);
        let world = World::new(&project)?;
        let mut judgements = Vec::new();
        for claim in chosen {
            judgements.push(judge::judge(claim, &results, &world)?);
        }
        world.keep()?;
        let text = if self.format.json {
            serde_json::to_string_pretty(&ledger::json(&judgements))?
        } else if self.format.csv {
            ledger::csv(&judgements)
        } else if self.format.markdown {
            ledger::markdown(&judgements)
        } else if self.claims.is_empty() {
            let head = ledger::heading(&files);
            let counts = ledger::counts(&judgements);
            let text = if self.format.brief {
                ledger::brief(&judgements)
            } else {
                ledger::text(&judgements)
            };
            format!("{head}\n{counts}\n\n{text}")
        } else {
            let full: Vec<_> = judgements.iter().map(ledger::full).collect();
            full.join("\n")
        };
        print(text.trim_end())?;
        Ok(ExitCode::SUCCESS)
    }

    /// The named files, or the newest.
    fn read(&self, project: &Project) -> Result<Vec<ResultFile>> {
        let mut paths = self.files.clone();
        if paths.is_empty() {
            let folder = project.root.join(&self.results);
            paths.extend(store::newest(&folder)?);
        }
        store::read_all(&paths)
    }
}
