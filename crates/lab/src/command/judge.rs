use std::{path::PathBuf, process::ExitCode};

use super::{Usage, check_results, print, read_named};
use anyhow::{Result, ensure};
use clap::Args;
use lab::{
    benchmark_format, claim_in_full::full, generated_pages, ledger_exports, ledger_text,
    program_tables,
};
use lab_judge::{
    claims::Claims,
    figures::Results,
    judge,
    judgement::Judgement,
    reference,
    results_for_claim::{self, AvailableResults},
};
use lab_results::{evidence::Answers, layout, result::ResultFile, warnings};
use lab_verify::live_evidence::LiveEvidence;
use lab_workspace::project::Project;

/// Judges the claims by the measurements and by what programs and compilers do.
#[derive(Args)]
pub struct Judge {
    /// Show only these claims, each in full: figures by setting, the control, memory in three readings.
    #[arg(value_name = "CLAIM")]
    claims: Vec<String>,
    /// Judge this result: a file, or a folder with all its files. Repeatable. By default each claim uses the
    /// newest matching result of `results`, or the reference if there is none.
    #[arg(long = "result", value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Folder of the results; by default `results` in the top folder.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Judge the reference, the committed result of one machine.
    #[arg(long, conflicts_with_all = ["files", "results"])]
    reference: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct Format {
    /// Print one line for each claim.
    #[arg(long)]
    brief: bool,
    /// Print one JSON array and nothing else.
    #[arg(long)]
    json: bool,
    /// Print comma-separated values.
    #[arg(long)]
    csv: bool,
    /// Print a Markdown table.
    #[arg(long)]
    markdown: bool,
    /// Print the measurements in the Go benchmark format, which benchstat reads; only those of the named
    /// claims, if any.
    #[arg(long)]
    bench: bool,
    /// Write the reference's ledger to LEDGER.md, its first findings to README, and its figures to BIAS.md.
    #[arg(long, conflicts_with_all = ["claims", "files", "results"])]
    readme: bool,
}

impl Judge {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        if self.format.readme {
            for path in generated_pages::write(&project)? {
                print(&format!("written: {}", path.display()))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        check_results(self.results.as_deref())?;
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
        let [own, reference] = self.read(&project, &claims)?;
        let available = AvailableResults::new(&own, &reference);
        let files = if own.is_empty() { &reference } else { &own };
        if self.format.bench {
            let results = Results::new(files);
            let mut named = Vec::new();
            for claim in &chosen {
                let queries = claim.queries()?;
                let found = queries.iter().filter_map(|query| results.find(query));
                named.extend(found.map(|measurement| &measurement.key));
            }
            let text = benchmark_format::bench(files, |key| {
                self.claims.is_empty() || named.contains(&key)
            });
            print(text.trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        let world = LiveEvidence::new(&project);
        let recorded = reference::answers(&project)?;
        let evidence = if own.is_empty() {
            Answers::recorded(&recorded, &world)
        } else {
            Answers::here(&world, &recorded)
        };
        let mut judgements = Vec::new();
        for claim in chosen {
            judgements.push(judge::judge(
                claim,
                &available.for_claim(claim)?,
                &evidence,
            )?);
        }
        world.save_cache()?;
        let text = self.text(&judgements, files)?;
        print(text.trim_end())?;
        Ok(super::report_failed(&world))
    }

    /// The judgements in the format that is asked for.
    fn text(&self, judgements: &[Judgement], files: &[ResultFile]) -> Result<String> {
        let width = layout::width();
        Ok(if self.format.json {
            ledger_exports::json(judgements)?
        } else if self.format.csv {
            ledger_exports::csv(judgements)
        } else if self.format.markdown {
            ledger_exports::markdown(judgements, files)
        } else if self.claims.is_empty() {
            let runs = ledger_text::runs(judgements, width);
            let lines = if self.format.brief {
                ledger_text::brief
            } else {
                ledger_text::text
            };
            let text = ledger_text::both(judgements, |table| lines(table, width));
            let mut warnings = String::new();
            for warning in files.iter().filter_map(warnings::noise) {
                warnings.extend(["\n", &layout::fit(&warning, width), "\n"]);
            }
            let next = ledger_text::to_decide(judgements, width).unwrap_or_default();
            let programs = match program_tables::tables(files, width) {
                Some(tables) if !self.format.brief => format!("{tables}\n"),
                _ => String::new(),
            };
            let text = layout::fit(&text, width);
            format!("{text}\n{runs}\n{warnings}\n{programs}{next}")
        } else {
            let full = judgements.iter().map(|j| full(j, width));
            let mut full: Vec<_> = full.collect();
            let warnings = files.iter().filter_map(warnings::noise);
            full.extend(warnings.map(|warning| layout::fit(&warning, width)));
            full.join("\n")
        })
    }

    /// The user's own results and those of the reference. Named files stand alone; else each claim takes the
    /// newest of the folder that fit it, and the reference where none does.
    fn read(&self, project: &Project, claims: &Claims) -> Result<[Vec<ResultFile>; 2]> {
        if !self.files.is_empty() {
            return Ok([read_named(&self.files)?, Vec::new()]);
        }
        let files = reference::files(project)?;
        if self.reference {
            ensure!(
                !files.is_empty(),
                "there is no result in {} yet: \"cargo lab measure --reference PART\" measures one",
                reference::FOLDER
            );
            return Ok([Vec::new(), files]);
        }
        let folder = project.results(self.results.as_deref())?;
        // An unreadable file is skipped here; its reader reports why.
        let own = results_for_claim::read_own(&folder, claims, |_, _| {})?;
        Ok([own.into_iter().map(|(_, file)| file).collect(), files])
    }
}
