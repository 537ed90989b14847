use std::{
    env,
    io::{self, IsTerminal as _},
    process::ExitCode,
    time::Instant,
};

use anyhow::Result;
use clap::Args;
use console::style;
use lab_results::layout;
use lab_verify::{
    complete,
    verify::{self, Extent, Part, Verdict},
};
use lab_workspace::{
    programs,
    project::{Project, Topic},
};
use serde::Serialize;

use super::{chosen, print};
use crate::progress_bar::{WIDE, drawn};

/// Compares the output of both programs and the exports of both sources of every pair; lists what a pair lacks.
#[derive(Args)]
pub struct Verify {
    /// Verify only this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,
    /// Do not check whether a pair has all its parts: used for mutants.
    #[arg(long, hide = true)]
    behaviour: bool,
}

#[derive(Serialize)]
struct Report {
    equal: bool,
    seconds: f64,
    pairs: Vec<Verdict>,
}

impl Verify {
    pub fn run(&self) -> Result<ExitCode> {
        let begun = Instant::now();
        let project = Project::find()?;
        let topics = chosen(&project, self.only.as_deref())?;
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        console::set_colors_enabled(io::stdout().is_terminal() && !plain);
        let bar = drawn(plain || self.json, WIDE, 1);

        bar.set_message("building");
        let names: Vec<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
        if let Err(error) = programs::build(&project, &names) {
            bar.finish_and_clear();
            if !self.json && !self.behaviour {
                print_missing(&project, &topics)?;
            }
            return Err(error);
        }
        let mut steps = 0;
        for topic in &topics {
            steps += verify::steps(&project, topic)?;
        }
        bar.set_length(steps);

        let widest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let extent = if self.behaviour {
            Extent::Behaviour
        } else {
            Extent::Everything
        };
        let mut pairs = Vec::new();
        for topic in &topics {
            bar.set_message(topic.name.clone());
            let verdict = verify::verify(&project, topic, extent, &|| bar.inc(1))?;
            if !self.json {
                bar.suspend(|| print(&line(&verdict, widest, layout::width())))?;
            }
            pairs.push(verdict);
        }
        bar.finish_and_clear();

        let equal = pairs.iter().all(|pair| pair.equal);
        let report = Report {
            equal,
            seconds: begun.elapsed().as_secs_f64(),
            pairs,
        };
        if self.json {
            print(&serde_json::to_string_pretty(&report)?)?;
        } else {
            print(&closing(&report, layout::prose_width()))?;
        }
        Ok(ExitCode::from(u8::from(!equal)))
    }
}

/// What each pair lacks, where its programs cannot be built and so not be compared.
fn print_missing(project: &Project, topics: &[Topic]) -> Result<()> {
    for topic in topics {
        for missing in complete::check(project, topic)? {
            let says = format!("{}: {missing}", style(&topic.name).bold());
            print(&layout::hang("", &says, layout::prose_width()))?;
        }
    }
    Ok(())
}

/// One pair: its state, what was compared, and the duration.
fn line(verdict: &Verdict, widest: usize, width: usize) -> String {
    let state = match verdict.problems.len() - verdict.problems_of(Part::Parts) {
        0 if verdict.equal => style("equal  ").green(),
        0 => style("lacks  ").yellow().bold(),
        _ => style("differs").red().bold(),
    };
    let name = format!("{:widest$}", verdict.topic);
    let seconds = format!("{:.2} s", verdict.seconds);
    let parts = parts(verdict);
    let line = format!("{name}  {state}  {parts:<50}  {seconds}");
    if console::measure_text_width(&line) <= width {
        return line;
    }
    // What does not fit beside it stands below.
    let parts = layout::hang("    ", &parts, width);
    format!("{name}  {state}  {seconds}\n{parts}")
}

fn parts(verdict: &Verdict) -> String {
    let bad = |part| verdict.problems_of(part);
    let demo = if bad(Part::Demo) == 0 {
        "demo"
    } else {
        "demo differs"
    };
    let scripts = match (verdict.scripts, bad(Part::Scripts)) {
        (0, 0) => "no scripts".to_owned(),
        (0, _) => "scripts missing".to_owned(),
        (1, 0) => "1 script".to_owned(),
        (all, 0) => format!("{all} scripts"),
        (all, bad) => format!("{bad} of {all} scripts differ"),
    };
    let contrast = match (verdict.facts, bad(Part::Contrast)) {
        (1, 0) => "contrast of 1 fact".to_owned(),
        (facts, 0) => format!("contrast of {facts} facts"),
        _ => "contrast differs".to_owned(),
    };
    let parity = if bad(Part::Parity) == 0 {
        "parity"
    } else {
        "parity broken"
    };
    let mut all = vec![demo.to_owned(), scripts, contrast, parity.to_owned()];
    match bad(Part::Parts) {
        0 => {}
        missing => all.push(format!("{missing} missing")),
    }
    all.join(", ")
}

/// All that differs, and how many pairs do not.
fn closing(report: &Report, width: usize) -> String {
    let mut lines = Vec::new();
    for pair in &report.pairs {
        for problem in &pair.problems {
            let says = format!("{}: {}", style(&pair.topic).bold(), problem.says);
            lines.push(format!("\n{}", layout::hang("", &says, width)));
            if let Some([rust, go]) = &problem.lines {
                lines.push(format!("  Rust:  {rust}"));
                lines.push(format!("  Go:    {go}"));
            }
            lines.push(format!("  Reproduce: {}", problem.again));
        }
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let equal = report.pairs.iter().filter(|pair| pair.equal).count();
    let (all, seconds) = (report.pairs.len(), report.seconds);
    let all = layout::count(all, "pair");
    lines.push(format!("equal: {equal} of {all} ({seconds:.1} s)"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use verify::Problem;

    #[test]
    fn a_pair_and_what_differs_in_it_fit_the_terminal() {
        let problem = Problem {
            part: Part::Scripts,
            says: "tests/scripts/destruction/nested.txt differs in line 12 of standard output"
                .to_owned(),
            lines: Some(["closed a".to_owned(), "closed b".to_owned()]),
            again: "diff <(target/release/destruction replay x) <(target/go/destruction replay x)"
                .to_owned(),
        };
        let verdict = |problems: Vec<Problem>| Verdict {
            topic: "destruction".to_owned(),
            equal: problems.is_empty(),
            scripts: 14,
            facts: 9,
            seconds: 12.34,
            problems,
        };
        for width in [40, 60, 80, 120] {
            let missing = Problem {
                part: Part::Parts,
                says: "4 mutants in tests/mutants/destruction/go: at least 5 are needed".to_owned(),
                lines: None,
                again: "cargo lab verify --only destruction".to_owned(),
            };
            let problems = [vec![], vec![problem.clone()], vec![missing]];
            for verdict in problems.map(verdict) {
                let text = line(&verdict, 11, width);
                let fits = |line: &str| console::measure_text_width(line) <= width;
                assert!(text.lines().all(fits), "{text}");
                let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(flat.contains("contrast of 9 facts"), "{text}");
                let state = match &verdict.problems[..] {
                    [] => "destruction equal",
                    [problem] if problem.part == Part::Parts => "destruction lacks",
                    _ => "destruction differs",
                };
                assert!(flat.starts_with(state), "{text}");
                let report = Report {
                    equal: verdict.equal,
                    seconds: 1.0,
                    pairs: vec![verdict],
                };
                let text = closing(&report, width);
                let prose = text
                    .lines()
                    .filter(|line| !line.starts_with("  Reproduce:"));
                assert!(prose.into_iter().all(fits), "{text}");
            }
        }
    }
}
