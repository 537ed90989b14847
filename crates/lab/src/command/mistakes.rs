use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use anyhow::Result;
use clap::Args;
use lab_results::layout;
use lab_verify::mistakes::{self, Checked, Fixture, fix};
use lab_workspace::{optional_tools, project::Project, run_limited::in_one_line, toolchain::Go};

use super::{chosen, print};

/// Runs compilers, linters and programs on the mistakes of each topic and on their corrections, and compares
/// the answers with those that the files name.
#[derive(Args)]
pub struct Mistakes {
    /// Check only this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
    /// Write the full answers next to the mistakes.
    #[arg(long)]
    write: bool,
}

impl Mistakes {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let topics = chosen(&project, self.only.as_deref())?;
        let go = Go::find(&project)?;
        let mut fixtures = mistakes::all(&project)?;
        fixtures.retain(|fixture| topics.iter().any(|topic| topic.name == fixture.topic));
        let widest = fixtures
            .iter()
            .map(|f| f.path.as_os_str().len())
            .max()
            .unwrap_or(0);
        let (mut wrong, mut skipped) = (0, 0);
        for fixture in &fixtures {
            let shown = fixture.path.display().to_string();
            if io::stderr().is_terminal() {
                let _ = write!(io::stderr(), "{shown}\r");
            }
            let checked = match checked(&project, &go, fixture) {
                Ok(checked) => checked,
                // The others are asked all the same.
                Err(why) => {
                    print(&format!("{shown:widest$}  FAILED   {}", in_one_line(&why)))?;
                    wrong += 1;
                    continue;
                }
            };
            let state = match (checked.problems.is_empty(), checked.skipped.is_empty()) {
                (false, _) => "WRONG",
                (true, false) => "skipped",
                (true, true) => "as expected",
            };
            let answers = fixture
                .answers
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>();
            let head = format!("{shown:widest$}  {state:11}  ");
            print(&layout::hang(
                &head,
                &answers.join("; "),
                layout::prose_width(),
            ))?;
            for line in checked.problems.iter().chain(&checked.skipped) {
                print(&format!("  {}", line.replace('\n', "\n  ")))?;
            }
            wrong += usize::from(!checked.problems.is_empty());
            skipped += usize::from(!checked.skipped.is_empty());
            if self.write && checked.skipped.is_empty() {
                mistakes::write(&project, fixture, &checked)?;
            }
        }
        let all = fixtures.len();
        print(&format!(
            "answered as expected: {} of {}; {skipped} skipped",
            all - wrong - skipped,
            layout::count(all, "mistake")
        ))?;
        let failed = wrong > 0 || (skipped > 0 && optional_tools::required());
        Ok(ExitCode::from(u8::from(failed)))
    }
}

/// The answers to the mistake, and what is wrong with it and with its fix.
fn checked(project: &Project, go: &Go, fixture: &Fixture) -> Result<Checked> {
    let mut checked = mistakes::check(project, go, fixture)?;
    match fix::check(project, go, fixture) {
        Ok(fixed) => checked.problems.extend(fixed.problems),
        Err(why) => checked.problems.push(in_one_line(&why)),
    }
    Ok(checked)
}
