use std::{
    fmt::Write as _,
    process::ExitCode,
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;
use lab_bench::{
    load::ServerScenario,
    measure::{Calibrated, Lab},
};
use lab_judge::case_catalogue::{Entry, Size, named, of_programs};
use lab_results::{
    budget, layout,
    query::Case,
    result::{CaseKey, Mode, Skipped},
    settings::SETTINGS,
};
use lab_workspace::project::Project;
use serde::Serialize;

use super::{print, print_fitted};
use crate::{
    progress_bar::Bar,
    selection::{Choose, Chosen},
};

/// Shows what `measure` would measure, and how long that takes: each case, its size and both commands.
#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    choose: Choose,
    /// Print the catalogue: every case with its sizes and settings.
    #[arg(long, conflicts_with_all = [
        "only", "settings", "scale", "smoke", "quick", "thorough", "blocks", "partition", "reference",
    ])]
    all: bool,
    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    mode: Mode,
    /// Seconds for everything that is planned, with calibration and counting.
    seconds: f64,
    budget_seconds: Option<f64>,
    cases: Vec<CaseRow>,
    #[serde(rename = "left_out")]
    skipped: Vec<Skipped>,
    settings: Vec<SettingRow>,
}

#[derive(Serialize)]
struct CaseRow {
    topic: String,
    case: String,
    unit: String,
    says: String,
    /// The sizes and settings that claims name besides its own size with nothing set.
    named: Vec<String>,
    measured: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(rename = "subject")]
    key: CaseKey,
    own_scale: bool,
    samples: u64,
    blocks: usize,
    seconds: f64,
    go: String,
    rust: String,
}

#[derive(Serialize)]
struct SettingRow {
    side: &'static str,
    name: &'static str,
    says: &'static str,
}

impl Plan {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let bar = Bar::new();
        bar.say("building");
        let choose = if self.all {
            self.choose.every()
        } else {
            self.choose.clone()
        };
        let chosen = choose.chosen(&project)?;
        let mut lab = Lab::open(&project, &chosen.queries)?;
        let begun = Instant::now();
        let (calibrated, mut skipped) =
            chosen.preflight(&mut lab, &bar, &AtomicBool::new(false))?;
        let (scenarios, without) = chosen.load(&lab)?;
        skipped.extend(without);
        bar.finish();
        let mut report = report(&project, &chosen, &calibrated, skipped, begun.elapsed());
        report.add_load(&project, &chosen, &scenarios);
        if self.json {
            print(&serde_json::to_string_pretty(&report)?)?;
        } else if self.all {
            print_fitted(&catalogue(&report))?;
        } else {
            print_fitted(&text(&report))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl CaseRow {
    /// Its entry in the catalogue.
    fn entry(&self) -> Entry {
        let size = |row: &Row| Size {
            scale: Some(row.key.scale),
            commands: [row.go.clone(), row.rust.clone()],
        };
        Entry {
            case: Case {
                topic: self.topic.clone(),
                name: self.case.clone(),
                unit: self.unit.clone(),
                says: self.says.clone(),
            },
            sizes: self.measured.iter().map(size).collect(),
            named: self.named.clone(),
        }
    }
}

impl Report {
    /// Adds what is measured under load, which has a time of its own.
    fn add_load(&mut self, project: &Project, chosen: &Chosen, scenarios: &[ServerScenario]) {
        let mut seconds = 0.0;
        for scenario in scenarios {
            let [go, rust] = scenario.shown(&project.root);
            let row = Row {
                own_scale: scenario.own_scale(),
                samples: 1,
                blocks: scenario.blocks,
                seconds: scenario.cost().as_secs_f64() * scenario.blocks as f64,
                key: scenario.key.clone(),
                go,
                rust,
            };
            seconds += row.seconds;
            row_of(&mut self.cases, &scenario.key, chosen).push(row);
        }
        let limit = chosen.load_budget().as_secs_f64();
        if let (Some(budget), false) = (&mut self.budget_seconds, scenarios.is_empty()) {
            *budget += limit;
            // The load ends at its limit, whatever is missing then.
            seconds = seconds.min(limit);
        }
        self.seconds += seconds;
    }
}

/// The rows of a key's case.
fn row_of<'a>(cases: &'a mut Vec<CaseRow>, key: &CaseKey, chosen: &Chosen) -> &'a mut Vec<Row> {
    let CaseKey { topic, case, .. } = key;
    let known = cases
        .iter()
        .position(|row| (&row.topic, &row.case) == (topic, case));
    let place = known.unwrap_or_else(|| {
        let of_case = |c: &&Case| (&c.topic, &c.name) == (topic, case);
        let (unit, says) = match chosen.cases.iter().find(of_case) {
            Some(case) => (case.unit.clone(), case.says.clone()),
            None => Default::default(),
        };
        let (topic, case) = (topic.clone(), case.clone());
        cases.push(CaseRow {
            named: named(&chosen.needs.named, &topic, &case),
            topic,
            case,
            unit,
            says,
            measured: Vec::new(),
        });
        cases.len() - 1
    });
    &mut cases[place].measured
}

fn report(
    project: &Project,
    chosen: &Chosen,
    calibrated: &[Calibrated],
    skipped: Vec<Skipped>,
    calibration: Duration,
) -> Report {
    let counting: Duration = calibrated.iter().map(Calibrated::counting).sum();
    let fixed = calibration + counting;
    let costs: Vec<_> = calibrated
        .iter()
        .map(|calibrated| (calibrated.cost, calibrated.judged))
        .collect();
    let left = chosen.budget.total.saturating_sub(fixed);
    let allotted = budget::all(&costs, &chosen.budget, left);
    let blocks = chosen
        .request
        .blocks
        .map_or(allotted, |blocks| vec![blocks; calibrated.len()]);
    let mut seconds = fixed.as_secs_f64();
    let mut cases: Vec<CaseRow> = Vec::new();
    for (calibrated, &blocks) in calibrated.iter().zip(&blocks) {
        let row = Row {
            key: calibrated.key.clone(),
            own_scale: calibrated.own_scale,
            samples: calibrated.launches.go.samples,
            blocks,
            seconds: calibrated.cost.as_secs_f64() * blocks as f64,
            go: calibrated.launches.go.shown(&project.root),
            rust: calibrated.launches.rust.shown(&project.root),
        };
        seconds += row.seconds;
        row_of(&mut cases, &calibrated.key, chosen).push(row);
    }
    let limited = chosen.request.blocks.is_none();
    Report {
        mode: chosen.request.mode,
        seconds,
        budget_seconds: limited.then_some(chosen.budget.total.as_secs_f64()),
        cases,
        skipped,
        settings: SETTINGS
            .iter()
            .map(|setting| SettingRow {
                side: setting.language.name(),
                name: setting.name,
                says: setting.says,
            })
            .collect(),
    }
}

/// Every case with its own size, both commands, and what else claims name.
fn catalogue(report: &Report) -> String {
    let mut text = String::new();
    for row in &report.cases {
        text += &row.entry().to_string();
    }
    text += &not_measured(&report.skipped);
    let [says, command] = of_programs();
    let _ = writeln!(text, "{says}\n    {command}");
    text += &settings(&report.settings);
    let _ = write!(
        text,
        "\n{}; cargo lab measure --only TOPIC/CASE measures one, --scale and --settings vary it.",
        layout::count(report.cases.len(), "case")
    );
    text
}

fn not_measured(skipped: &[Skipped]) -> String {
    let mut text = String::new();
    for Skipped { query, why, .. } in skipped {
        let _ = writeln!(text, "{query}: not measured: {why}");
    }
    text
}

fn settings(settings: &[SettingRow]) -> String {
    let mut text = String::from("\nSettings:\n");
    for SettingRow { side, name, says } in settings {
        let _ = writeln!(text, "  {side:4}  {name:8}  {says}");
    }
    text
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for CaseRow {
        topic,
        case,
        unit,
        says,
        measured,
        ..
    } in &report.cases
    {
        let _ = writeln!(text, "{topic}/{case} ({unit}): {says}");
        for row in measured {
            let CaseKey {
                scale,
                go,
                rust,
                cores,
                ..
            } = &row.key;
            let _ = write!(text, "  at {scale}");
            for (name, value, usual) in [
                ("go", go, "default"),
                ("rust", rust, "default"),
                ("cores", cores, "all"),
            ] {
                if value != usual {
                    let _ = write!(text, ", {name}={value}");
                }
            }
            let _ = writeln!(
                text,
                ": up to {}, {:.1} s",
                layout::count(row.blocks, "block"),
                row.seconds
            );
            let _ = writeln!(text, "    {}\n    {}", row.go, row.rust);
        }
    }
    text += &not_measured(&report.skipped);
    text += &settings(&report.settings);
    let measurements: usize = report.cases.iter().map(|case| case.measured.len()).sum();
    let _ = write!(
        text,
        "\n{} ({} of {}) takes about {:.0} s once everything is built.",
        report.mode,
        layout::count(measurements, "measurement"),
        layout::count(report.cases.len(), "case"),
        report.seconds
    );
    if let Some(limit) = report.budget_seconds {
        let _ = write!(text, " It ends after {limit:.0} s at the latest.");
    }
    text
}
