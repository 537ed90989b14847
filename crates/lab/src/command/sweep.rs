use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Result, ensure};
use clap::Args;
use lab_bench::load::effort::Effort;
use lab_judge::server_comparison::{Compared, compared, merged};
use lab_results::{
    layout,
    result::{Block, Measurement, Mode, ResultFile, Run},
    scenario::{self, Pace, Scenario},
    settings::DEFAULT,
};
use lab_workspace::project::Project;

use super::{print, read_named, reference::committed, shown};
use crate::{begin_measurement::stopped, scenario_run::ScenarioRun, selection::partition};

/// The axes of a fine map, with 125 scenarios, and of the usual one, with 12.
const LIVE: [u64; 5] = [0, 10_000, 100_000, 1_000_000, 10_000_000];
const LIVE_FEW: [u64; 2] = [0, 1_000_000];
const PAYLOAD: [u64; 5] = [1 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];
const PAYLOAD_FEW: [u64; 3] = [1 << 10, 64 << 10, 1 << 20];
const SHARE: [u32; 5] = [10, 25, 50, 75, 90];
const SHARE_FEW: [u32; 2] = [25, 50];

/// Measures a grid of server scenarios, and draws a map: where the two servers differ, and by how much.
#[derive(Args)]
pub struct Sweep {
    /// Numbers of long-lived objects in memory.
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    live_objects: Vec<u64>,
    /// Memory that a request allocates and writes, such as 1KiB,64KiB.
    #[arg(long, value_name = "SIZE,…", value_delimiter = ',', value_parser = scenario::payload)]
    payload: Vec<u64>,
    /// Load in percent of each server's own capacity.
    #[arg(long, value_name = "PERCENT,…", value_delimiter = ',',
          value_parser = clap::value_parser!(u32).range(1..=100))]
    share: Vec<u32>,
    /// Measure 125 scenarios in two hours, in place of 12 in ten minutes.
    #[arg(long)]
    fine: bool,
    /// Continue the newest stopped run of the same grid.
    #[arg(long)]
    resume: bool,
    /// Measure only the K-th of N shares of the scenarios.
    #[arg(long, value_name = "K/N", value_parser = partition)]
    partition: Option<[usize; 2]>,
    /// Folder of the results; by default `results` in the top folder.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Draw the map of these results without measuring: files, or folders with the shares of a partition.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = [
        "live_objects", "payload", "share", "fine", "resume", "partition", "results",
    ])]
    show: Vec<PathBuf>,
    /// Whether its result takes the place of the map in the reference.
    #[arg(skip)]
    reference: bool,
}

impl Sweep {
    /// The usual map, as a part of the reference.
    pub fn of_reference(resume: bool, results: Option<PathBuf>) -> Self {
        Sweep {
            live_objects: Vec::new(),
            payload: Vec::new(),
            share: Vec::new(),
            fine: false,
            resume,
            partition: None,
            results,
            show: Vec::new(),
            reference: true,
        }
    }

    pub fn run(&self) -> Result<ExitCode> {
        if !self.show.is_empty() {
            print(redrawn(&read_named(&self.show)?, layout::width())?.trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        let stopped = stopped()?;
        let project = Project::find()?;
        let [live, payload] = [
            axis(&self.live_objects, self.fine, &LIVE, &LIVE_FEW),
            axis(&self.payload, self.fine, &PAYLOAD, &PAYLOAD_FEW),
        ];
        let mut queries = Vec::new();
        for &live in &live {
            for &payload in &payload {
                for share in axis(&self.share, self.fine, &SHARE, &SHARE_FEW) {
                    let scenario = Scenario {
                        pace: Pace::Own(share),
                        payload,
                        ..Scenario::default()
                    };
                    queries.push(scenario::query(&scenario.to_string(), live));
                }
            }
        }
        if let Some([share, shares]) = self.partition {
            queries = queries
                .into_iter()
                .skip(share - 1)
                .step_by(shares)
                .collect();
        }
        let run = ScenarioRun {
            mode: Mode::Sweep,
            queries,
            partition: self.partition,
            effort: Effort::MAP,
            resume: self.resume,
            reference: self.reference,
            results: project.results(self.results.as_deref())?,
        };
        let Some((found, path)) = run.measure(&project, &stopped)? else {
            return Ok(ExitCode::from(130));
        };
        print(&map(found.measurements.iter(), layout::width()))?;
        print(&format!("Result: {}", shown(&path)))?;
        if self.reference {
            print(&committed(&project, &path, &found)?)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The chosen values of an axis, or the usual ones.
fn axis<T: Copy>(chosen: &[T], fine: bool, all: &[T], few: &[T]) -> Vec<T> {
    let usual = if fine { all } else { few };
    if chosen.is_empty() { usual } else { chosen }.to_vec()
}

/// The map of several files; a scenario in more than one counts where it has the most blocks.
fn redrawn(files: &[ResultFile], width: usize) -> Result<String> {
    let mut points: Vec<&Measurement> = Vec::new();
    for found in files.iter().flat_map(|file| &file.measurements) {
        match points.iter_mut().find(|old| old.key == found.key) {
            Some(old) if old.blocks.len() < found.blocks.len() => *old = found,
            Some(_) => {}
            None => points.push(found),
        }
    }
    points.retain(|found| place(found).is_some());
    ensure!(
        !points.is_empty(),
        "no file holds a scenario of a sweep: \"cargo lab sweep\" measures some"
    );
    Ok(map(points.into_iter(), width))
}

/// Share of capacity and payload of a measurement, if it belongs to a map.
fn place(measurement: &Measurement) -> Option<(u32, u64)> {
    let scenario = Scenario::parse(&measurement.key.case).ok()?;
    let Pace::Own(share) = scenario.pace else {
        return None;
    };
    let plain = Scenario {
        pace: scenario.pace,
        payload: scenario.payload,
        ..Scenario::default()
    };
    let key = &measurement.key;
    let is_default = key.go == DEFAULT && key.rust == DEFAULT && key.cores == "all";
    (scenario == plain && is_default).then_some((share, scenario.payload))
}

/// Go over Rust, `~` before it where a server differs from itself as much or not every block tells.
fn cell(value: Option<f64>, both: &Compared, blocks: usize) -> String {
    let Some(value) = value else {
        return "-".to_owned();
    };
    let sure = both.differs() && both.ratios.len() == blocks;
    format!("{}{value:.1}", if sure { "" } else { "~" })
}

/// p99 of all blocks together.
fn p99(measurement: &Measurement) -> String {
    let blocks = &measurement.blocks;
    let runs = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let [go, rust] = [runs(|block| &block.go), runs(|block| &block.rust)]
        .map(|runs| merged(&runs, "latency_ns", 0.99));
    let ratio = go.zip(rust).map(|(go, rust)| go / rust);
    cell(ratio, &compared(blocks, "p99(latency_ns)"), blocks.len())
}

/// The middle of resident memory.
fn resident(measurement: &Measurement) -> String {
    let blocks = &measurement.blocks;
    let both = compared(blocks, "resident_p50_bytes");
    let mut ratios = both.ratios.clone();
    ratios.sort_by(f64::total_cmp);
    let middle = ratios.get(ratios.len() / 2).copied();
    cell(middle, &both, blocks.len())
}

/// A quantity's heading, and what its cells hold.
type Quantity = (&'static str, fn(&Measurement) -> String);

const QUANTITIES: [Quantity; 2] = [("p99", p99), ("resident memory", resident)];

/// The width of the column of live objects, and of each other one.
const LABEL: usize = 12;
const CELL: usize = 10;

/// The map: for each share of capacity a table of p99 and one of memory, live objects down, payload
/// across.
fn map<'a>(measurements: impl Iterator<Item = &'a Measurement>, width: usize) -> String {
    let mut shares: BTreeMap<u32, BTreeMap<u64, BTreeMap<u64, &Measurement>>> = BTreeMap::new();
    for found in measurements {
        if let Some((share, payload)) = place(found) {
            let rows = shares.entry(share).or_default();
            let row = rows.entry(found.key.scale).or_default();
            row.insert(payload, found);
        }
    }
    let mut text = layout::fit(
        "Go ÷ Rust. ~: a server differs from itself by as much. -: too few requests.\n\
         Five short blocks for each scenario: a map, not evidence.\n",
        width,
    );
    for (share, rows) in shares {
        let mut columns: Vec<u64> = rows.values().flat_map(|row| row.keys().copied()).collect();
        columns.sort_unstable();
        columns.dedup();
        for (name, cell) in QUANTITIES {
            let heading = format!("{name} at {share} % of each server's own capacity");
            let _ = writeln!(text, "\n{}", layout::fit(&heading, width));
            // What does not fit beside each other stands below.
            for columns in columns.chunks(((width - LABEL) / CELL).max(1)) {
                let _ = write!(text, "{:>LABEL$}", "live objects");
                for &payload in columns {
                    let _ = write!(text, " {:>1$}", scenario::size(payload), CELL - 1);
                }
                text.push('\n');
                for (live, row) in &rows {
                    let _ = write!(text, "{live:>LABEL$}");
                    for payload in columns {
                        let cell = row.get(payload).map_or("-".to_owned(), |found| cell(found));
                        let _ = write!(text, " {cell:>0$}", CELL - 1);
                    }
                    text.push('\n');
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::{
        layout::WIDTH,
        synthetic::{self, file},
    };
    use serde_json::json;

    fn run(p99: u64, resident: u64) -> Run {
        synthetic::run_of(json!({
            "latency_ns": [[1, 9_700], [p99, 300]],
            "episodes_p99": 30,
            "resident_p50_bytes": resident,
        }))
    }

    fn measurement(case: &str, scale: u64, blocks: usize) -> Measurement {
        let [go, rust, control] = [(3_000_000, 800), (1_000_000, 400), (3_100_000, 800)]
            .map(|(p99, resident)| run(p99, resident));
        let block = synthetic::block_of(go, rust, control);
        synthetic::measurement(&format!("server/{case}@{scale}"), vec![block; blocks])
    }

    #[test]
    fn a_map_has_live_objects_down_and_payload_across() {
        let points = [
            measurement("load_25_1k", 0, 5),
            measurement("load_25", 1000, 0),
        ];
        let map = map(points.iter(), WIDTH);
        let lines: Vec<&str> = map
            .lines()
            .skip_while(|line| !line.is_empty())
            .skip(1)
            .collect();
        assert_eq!(
            lines,
            [
                "p99 at 25 % of each server's own capacity",
                "live objects     1 KiB     1 MiB",
                "           0       3.0         -",
                "        1000         -         -",
                "",
                "resident memory at 25 % of each server's own capacity",
                "live objects     1 KiB     1 MiB",
                "           0       2.0         -",
                "        1000         -         -",
            ]
        );
    }

    #[test]
    fn the_shares_of_a_partition_make_one_map() {
        let shares = [
            file(vec![measurement("load_25_1k", 0, 5)]),
            file(vec![
                measurement("load_25_1k", 1000, 5),
                measurement("load_pooled", 1000, 5),
            ]),
        ];
        let map = redrawn(&shares, WIDTH).unwrap();
        assert!(
            map.contains("           0       3.0\n        1000       3.0\n"),
            "{map}"
        );
        let none = redrawn(&[file(vec![measurement("load_pooled", 0, 5)])], WIDTH);
        assert!(none.is_err());
    }

    #[test]
    fn a_map_that_is_too_wide_is_drawn_in_parts() {
        let names = [
            "load_25_1k",
            "load_25_16k",
            "load_25_64k",
            "load_25_256k",
            "load_25",
        ];
        let points = names.map(|name| measurement(name, 10_000_000, 5));
        for (width, parts) in [(40, 3), (60, 2), (80, 1)] {
            let map = map(points.iter(), width);
            let fits = |line: &str| line.chars().count() <= width;
            assert!(map.lines().all(fits), "{map}");
            assert_eq!(map.matches("live objects").count(), 2 * parts, "{map}");
            assert_eq!(map.matches(" 3.0").count(), 5, "{map}");
        }
    }
}
