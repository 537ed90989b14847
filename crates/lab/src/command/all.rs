use std::{
    env,
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context as _, Result};
use clap::Args;
use lab_results::{
    layout,
    result::{Mode, SkipReason, Skipped},
    store,
};
use lab_workspace::project::Project;

use super::{note, print, print_fitted};
use crate::{begin_measurement::STOPPED, foreground::Foreground, started_as::StartedAs};

/// Builds both languages, verifies the pairs, measures, judges and writes the book.
///
/// If a step fails, the others still run, and the exit code is 1.
#[derive(Args)]
pub struct All {
    /// Continue the measurement that was stopped. Without this option it continues only if the programs are
    /// unchanged.
    #[arg(long, conflicts_with = "fresh")]
    resume: bool,
    /// Measure again, even if a result of the same question exists.
    #[arg(long)]
    fresh: bool,
    /// Measure for a few seconds only, for CI: too short for any verdict.
    #[arg(long)]
    smoke: bool,
}

/// One step: its name, whether it needs the programs of both languages, the command.
struct Step {
    name: &'static str,
    needs_programs: bool,
    command: Command,
}

const NEXT: &str = "
Next: cargo run -q -p cycles
        what a pair shows; go -C go run ./cmd/cycles prints the same
      cargo run -q -p cycles contrast
        where the two languages differ
      target/book/index.html
        the book: sources in two columns, outputs, verdicts
      cargo lab judge A6
        one claim in full; --brief prints a line for each claim";

impl All {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let started_as = StartedAs::find(None);
        let foreground = Foreground::listen()?;
        let mut failed = Vec::new();
        for mut step in self.steps(&project, &started_as)? {
            let name = step.name;
            if step.needs_programs && failed.contains(&"build") {
                note(&format!(
                    "{name}: skipped, because the programs were not built"
                ));
                continue;
            }
            let begun = Instant::now();
            let code = foreground.run(&mut step.command);
            let code = code.with_context(|| format!("the step {name}"))?;
            if foreground.is_stopped() || code == Some(STOPPED.into()) {
                // What was measured is kept, and the measurement has said so.
                if name != "measure" {
                    note(&format!(
                        "Stopped in the step {name}. {} runs it again.",
                        started_as.command()
                    ));
                }
                return Ok(ExitCode::from(STOPPED));
            }
            match code {
                Some(0) => {}
                // The measurement was called wrongly, and has said how.
                Some(2) if name == "measure" => return Ok(ExitCode::from(2)),
                _ => {
                    let seconds = begun.elapsed().as_secs();
                    note(&format!(
                        "{name}: failed after {seconds} s, see above; the other steps still run"
                    ));
                    failed.push(name);
                }
            }
        }
        self.report_missing(&project)?;
        print(NEXT)?;
        if failed.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        note(&format!("\nerror: {} failed", failed.join(", ")));
        Ok(ExitCode::FAILURE)
    }

    fn steps(&self, project: &Project, started_as: &StartedAs) -> Result<Vec<Step>> {
        let lab = env::current_exe().context("cannot find the path of this program")?;
        let lab = |words: &[&str]| {
            let mut command = Command::new(&lab);
            command.args(words);
            command
        };
        let mut measure = lab(&["measure", "--started-as", started_as.command()]);
        measure.arg(if self.smoke { "--smoke" } else { "--quick" });
        measure.arg(match (self.resume, self.fresh) {
            (true, _) => "--resume",
            (_, true) => "--fresh",
            _ => "--go-on",
        });
        let mut book = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        book.args(["run", "--quiet", "--release", "--package", "book"]);
        let steps = [
            ("build", false, lab(&["build"])),
            ("verify", true, lab(&["verify"])),
            ("measure", true, measure),
            ("judge", false, lab(&["judge"])),
            ("book", false, book),
        ];
        let steps = steps.map(|(name, needs_programs, mut command)| {
            command.current_dir(&project.root);
            Step {
                name,
                needs_programs,
                command,
            }
        });
        Ok(steps.into())
    }

    /// Reports what could not be measured here, although nothing of ours failed.
    fn report_missing(&self, project: &Project) -> Result<()> {
        let mode = if self.smoke { Mode::Smoke } else { Mode::Quick };
        let files = store::newest_of_mode(&project.results(None)?, mode)?;
        let is_optional =
            |left: &&Skipped| !matches!(left.reason, SkipReason::Answers | SkipReason::Failed);
        let skipped = files.iter().flat_map(|file| &file.skipped);
        let missing: Vec<&str> = skipped
            .filter(is_optional)
            .map(|left| left.query.as_str())
            .collect();
        if !missing.is_empty() {
            let cases = layout::count(missing.len(), "case");
            print_fitted(&format!(
                "\n{cases} could not be measured here, for the reasons above: {}.",
                missing.join(", ")
            ))?;
        }
        Ok(())
    }
}
