use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use lab::{
    load::{
        drive::Effort,
        points::{self, Pace, Point},
        table::{Compared, compared, merged},
    },
    project::Project,
    result::{Block, Measurement, Run},
};

use super::{
    measure::{partition, stopped},
    point::Asked,
    print,
};

/// The axes of 125 points, and of 12.
const LIVE: [u64; 5] = [0, 10_000, 100_000, 1_000_000, 10_000_000];
const LIVE_FEW: [u64; 2] = [0, 1_000_000];
const PAYLOAD: [u64; 5] = [1 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];
const PAYLOAD_FEW: [u64; 3] = [1 << 10, 64 << 10, 1 << 20];
const SHARE: [u32; 5] = [10, 25, 50, 75, 90];
const SHARE_FEW: [u32; 2] = [25, 50];

/// Measures a grid of points, and draws a map of where the servers differ, and by how much.
#[derive(Args)]
pub struct Sweep {
    /// Long-lived objects.
    #[arg(long, value_name = "N,…", value_delimiter = ',')]
    live_objects: Vec<u64>,
    /// What a request touches, such as 1KiB,64KiB.
    #[arg(long, value_name = "SIZE,…", value_delimiter = ',', value_parser = points::payload)]
    payload: Vec<u64>,
    /// Shares of each server's own capacity, in percent.
    #[arg(long, value_name = "PERCENT,…", value_delimiter = ',',
          value_parser = clap::value_parser!(u32).range(1..=100))]
    share: Vec<u32>,
    /// 125 points in two hours, and not 12 in ten minutes.
    #[arg(long)]
    fine: bool,
    /// Goes on with the newest such run that was stopped.
    #[arg(long)]
    resume: bool,
    /// The K-th of N shares of the points.
    #[arg(long, value_name = "K/N", value_parser = partition)]
    partition: Option<[usize; 2]>,
    /// The folder of the results.
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
}

impl Sweep {
    pub fn run(&self) -> Result<ExitCode> {
        let stopped = stopped()?;
        let project = Project::find()?;
        let [live, payload] = [
            axis(&self.live_objects, self.fine, &LIVE, &LIVE_FEW),
            axis(&self.payload, self.fine, &PAYLOAD, &PAYLOAD_FEW),
        ];
        let mut wanted = Vec::new();
        for &live in &live {
            for &payload in &payload {
                for share in axis(&self.share, self.fine, &SHARE, &SHARE_FEW) {
                    let point = Point {
                        pace: Pace::Own(share),
                        payload,
                        ..Point::default()
                    };
                    wanted.push(points::wanted(&point.to_string(), live));
                }
            }
        }
        if let Some([share, shares]) = self.partition {
            wanted = wanted.into_iter().skip(share - 1).step_by(shares).collect();
        }
        let asked = Asked {
            mode: "sweep",
            wanted,
            partition: self.partition,
            effort: Effort::MAP,
            resume: self.resume,
            results: &self.results,
        };
        let Some((found, path)) = asked.measured(&project, &stopped)? else {
            return Ok(ExitCode::from(130));
        };
        print(&map(&found.measurements))?;
        print(&format!("Result: {}", path.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What was asked for on an axis, or what is usual there.
fn axis<T: Copy>(asked: &[T], fine: bool, all: &[T], few: &[T]) -> Vec<T> {
    let usual = if fine { all } else { few };
    if asked.is_empty() { usual } else { asked }.to_vec()
}

/// A cell: Go over Rust in p99 of all blocks together and in resident memory; `~` where a server differs
/// from itself as much.
fn cell(measurement: &Measurement) -> String {
    let blocks = &measurement.blocks;
    let runs = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let [go, rust] = [runs(|block| &block.go), runs(|block| &block.rust)];
    let p99 = [go, rust].map(|runs| merged(&runs, "latency_ns", 0.99));
    let p99 = match p99 {
        [Some(go), Some(rust)] => Some(go / rust),
        _ => None,
    };
    let shown = |value: Option<f64>, both: &Compared| {
        let Some(value) = value else {
            return "-".to_owned();
        };
        let sure = both.differs() && both.ratios.len() == blocks.len();
        format!("{}{value:.1}", if sure { "" } else { "~" })
    };
    let memory = compared(blocks, "resident_p50_bytes");
    let mut middle = memory.ratios.clone();
    middle.sort_by(f64::total_cmp);
    let middle = middle.get(middle.len() / 2).copied();
    format!(
        "{} {}",
        shown(p99, &compared(blocks, "p99(latency_ns)")),
        shown(middle, &memory)
    )
}

/// The map: a table for each share of capacity, live objects down, payload across.
fn map(measurements: &[Measurement]) -> String {
    let mut tables: BTreeMap<u32, BTreeMap<u64, BTreeMap<u64, String>>> = BTreeMap::new();
    for measurement in measurements {
        let subject = &measurement.subject;
        if let Ok(Point {
            pace: Pace::Own(share),
            payload,
            ..
        }) = Point::parse(&subject.case)
        {
            let rows = tables.entry(share).or_default();
            let row = rows.entry(subject.scale).or_default();
            row.insert(payload, cell(measurement));
        }
    }
    let mut text =
        "In each cell Go over Rust: p99, then resident memory; ~ where a server differs from\n\
                    itself by as much, or too few requests tell. Five short blocks a point: a map, not evidence.\n"
            .to_owned();
    for (share, rows) in tables {
        let _ = writeln!(text, "\n{share} % of each server's own capacity");
        let mut columns: Vec<u64> = rows.values().flat_map(|row| row.keys().copied()).collect();
        columns.sort_unstable();
        columns.dedup();
        let _ = write!(text, "{:>12}", "live objects");
        for &payload in &columns {
            let _ = write!(text, " {:>12}", points::size(payload));
        }
        text.push('\n');
        for (live, row) in rows {
            let _ = write!(text, "{live:>12}");
            for payload in &columns {
                let cell = row.get(payload).map_or("-", String::as_str);
                let _ = write!(text, " {cell:>12}");
            }
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab::result::{Resident, Subject};

    #[test]
    fn a_map_has_live_objects_down_and_payload_across() {
        let measurement = |case: &str, scale| Measurement {
            subject: Subject {
                topic: "server".to_owned(),
                case: case.to_owned(),
                scale,
                go: "default".to_owned(),
                rust: "default".to_owned(),
                cores: "all".to_owned(),
            },
            own_scale: false,
            blocks: Vec::new(),
            dropped: Vec::new(),
            wanted: None,
            resident: Resident::default(),
        };
        let map = map(&[measurement("load_25_1k", 0), measurement("load_25", 1000)]);
        let lines: Vec<&str> = map.lines().skip(3).collect();
        assert_eq!(
            lines,
            [
                "25 % of each server's own capacity",
                "live objects        1 KiB        1 MiB",
                "           0          - -            -",
                "        1000            -          - -",
            ]
        );
    }
}
