use std::{
    env,
    io::{self, IsTerminal as _},
    process::ExitCode,
    time::Instant,
};

use anyhow::Result;
use clap::Args;
use console::style;
use lab_verify::verify::{self, Part, Verdict};
use lab_workspace::{programs, project::Project};
use serde::Serialize;

use super::{
    bar::{WIDE, drawn},
    chosen, columns, print,
};

/// Compares what both programs of every pair do, and what both sources export.
#[derive(Args)]
pub struct Verify {
    /// Only this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
    /// Prints one JSON object, and nothing else.
    #[arg(long)]
    json: bool,
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
        programs::build(&project, &names)?;
        let mut steps = 0;
        for topic in &topics {
            steps += verify::steps(&project, topic)?;
        }
        bar.set_length(steps);

        let widest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let mut pairs = Vec::new();
        for topic in &topics {
            bar.set_message(topic.name.clone());
            let verdict = verify::verify(&project, topic, &|| bar.inc(1))?;
            if !self.json {
                bar.suspend(|| print(&line(&verdict, widest)))?;
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
            print(&closing(&report))?;
        }
        Ok(ExitCode::from(u8::from(!equal)))
    }
}

/// One pair: how it stands, what was compared, in what time.
fn line(verdict: &Verdict, widest: usize) -> String {
    let state = if verdict.equal {
        style("equal  ").green()
    } else {
        style("differs").red().bold()
    };
    let name = format!("{:widest$}", verdict.topic);
    let seconds = format!("{:.2} s", verdict.seconds);
    let parts = parts(verdict);
    // A narrow terminal shows less rather than a broken line.
    let fits = name.len() + "  differs  ".len() + parts.len() + 2 + seconds.len() <= columns();
    if fits {
        format!("{name}  {state}  {parts}  {seconds}")
    } else {
        format!("{name}  {state}  {seconds}")
    }
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
    format!("{:<50}", [demo, &scripts, &contrast, parity].join(", "))
}

/// All that differs, and how many pairs do not.
fn closing(report: &Report) -> String {
    let mut lines = Vec::new();
    for pair in &report.pairs {
        for problem in &pair.problems {
            lines.push(format!("\n{}: {}", style(&pair.topic).bold(), problem.says));
            if let Some([rust, go]) = &problem.lines {
                lines.push(format!("  Rust:  {rust}"));
                lines.push(format!("  Go:    {go}"));
            }
            lines.push(format!("  Again: {}", problem.again));
        }
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let equal = report.pairs.iter().filter(|pair| pair.equal).count();
    let (all, seconds) = (report.pairs.len(), report.seconds);
    lines.push(format!("{equal} of {all} pairs are equal ({seconds:.1} s)"));
    lines.join("\n")
}
