use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf, process::ExitCode, slice};

use anyhow::{Result, bail};
use clap::Args;
use lab::server_tables::table;
use lab_bench::load::effort::Effort;
use lab_judge::server_comparison::{Compared, compared, spread};
use lab_results::{
    block_ratios, histogram, layout,
    quantity::quantity,
    query::Query,
    result::{Block, Measurement, Mode, Run},
    scenario::{self, Pace, Scenario},
    stats,
};
use lab_workspace::project::Project;
use load::Slo;

use super::{note, point_url::Own, print, shown};
use crate::{
    begin_measurement::stopped,
    scenario_run::{BLOCKS, ScenarioRun},
};

/// The first setting that an engineer of each language would try.
const TUNED: (&str, &str) = ("gogc400", "mimalloc");

/// Measures the two servers of this project under your figures, and says whether the language matters there.
///
/// With --url it measures your own server.
#[derive(Args)]
pub struct OnePoint {
    #[command(flatten)]
    own: Own,
    /// Number of long-lived objects in memory.
    #[arg(long, value_name = "N", required_unless_present = "url")]
    live_objects: Option<u64>,
    /// Requests a second. With --url: in place of --share.
    #[arg(long, value_name = "R", required_unless_present = "url", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: Option<u64>,
    /// Memory that a request allocates and writes, such as 64KiB.
    #[arg(long, value_name = "SIZE", required_unless_present = "url", value_parser = scenario::payload)]
    payload: Option<u64>,
    /// Latency target, such as 'p99<20ms'. Repeatable; the languages are compared at the first one.
    #[arg(long = "slo", value_name = "TARGET")]
    slos: Vec<Slo>,
    /// Continue the newest stopped run of the same figures.
    #[arg(long)]
    resume: bool,
    /// Folder of the results; by default `results` in the top folder.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
}

impl OnePoint {
    pub fn run(&self) -> Result<ExitCode> {
        let stopped = stopped()?;
        if let Some(url) = &self.own.url {
            return self.own.run(url, self.rate, &self.slos, &stopped);
        }
        let (Some(live_objects), Some(rate), Some(payload)) =
            (self.live_objects, self.rate, self.payload)
        else {
            bail!("--live-objects, --rate and --payload are required without --url");
        };
        note(
            "This measures the two servers of this project under your figures. --url URL measures your own server.",
        );
        let project = Project::find()?;
        let scenario = Scenario {
            pace: Pace::Fixed(rate),
            payload,
            ..Scenario::default()
        };
        let plain = scenario::query(&scenario.to_string(), live_objects);
        let tuned = Query {
            go: TUNED.0.to_owned(),
            rust: TUNED.1.to_owned(),
            ..plain.clone()
        };
        // Enough for twenty requests beyond the percentile in each block.
        let share = self.slos.iter().map(|slo| slo.share).fold(0.99, f64::max);
        let requests = (21.0 / (1.0 - share)) as u64;
        let effort = Effort {
            requests,
            ..Effort::QUICK
        };
        let run = ScenarioRun {
            mode: Mode::Point,
            queries: vec![plain.clone(), tuned.clone()],
            partition: None,
            effort,
            resume: self.resume,
            reference: false,
            results: project.results(self.results.as_deref())?,
        };
        let Some((found, path)) = run.measure(&project, &stopped)? else {
            return Ok(ExitCode::from(130));
        };
        let of = |query: &Query| {
            found
                .measurements
                .iter()
                .find(|m| Query::from(&m.key) == *query)
        };
        let (Some(plain), Some(tuned)) = (of(&plain), of(&tuned)) else {
            bail!("this scenario was not measured; {} says why", shown(&path));
        };
        let width = layout::width();
        let text = describe(plain, tuned, &self.slos, width);
        let code = ExitCode::from(u8::from(text.is_err()));
        print(&text.unwrap_or_else(|why| why))?;
        print(&format!("Result: {}", shown(&path)))?;
        Ok(code)
    }
}

/// Describes a measured scenario, first whether the language matters; `Err` if too few blocks count.
fn describe(
    plain: &Measurement,
    tuned: &Measurement,
    slos: &[Slo],
    width: usize,
) -> Result<String, String> {
    let percentile = slos.first().map_or("p99".to_owned(), word);
    let percentile = percentile.as_str();
    let both = compared(&plain.blocks, &format!("{percentile}(latency_ns)"));
    if both.ratios.len() < BLOCKS {
        return Err(describe_missing(plain, both.ratios.len(), width));
    }
    let mut text = first(&both, percentile);
    text.push('\n');
    if both.differs() {
        for (setting, go) in [(TUNED.0, true), (TUNED.1, false)] {
            let closed = closed(&plain.blocks, &tuned.blocks, go, percentile);
            let _ = writeln!(
                text,
                "{setting} closes {closed} of the gap; 1 is all of it."
            );
        }
    }
    let memory = compared(&plain.blocks, "resident_p50_bytes");
    let _ = writeln!(
        text,
        "Resident memory in Go is {} times that in Rust; for a server against itself, {} times.",
        spread(&memory.ratios),
        spread(&memory.controls)
    );
    for (measurement, names) in [
        (plain, ["Go", "Rust"]),
        (tuned, ["Go, gogc400,", "Rust, mimalloc,"]),
    ] {
        let sides: [fn(&Block) -> &Run; 2] = [|block| &block.go, |block| &block.rust];
        for (side, name) in sides.into_iter().zip(names) {
            let runs: Vec<&Run> = measurement.blocks.iter().map(side).collect();
            text += &behind(name, &runs);
            for slo in slos {
                text += &met(name, &runs, slo);
            }
        }
    }
    let _ = writeln!(
        text,
        "In brackets: the range over {}. Of five blocks it covers the median 94 times in 100.",
        layout::count(plain.blocks.len(), "block"),
    );
    let table = table::table(&[plain.clone(), tuned.clone()], width);
    Ok(layout::fit(&text, width) + &table)
}

/// Describes why too few blocks count.
fn describe_missing(plain: &Measurement, count: usize, width: usize) -> String {
    let mut text = format!(
        "Not decided whether the language matters here: {count} of {BLOCKS} blocks count.\n"
    );
    for reason in BTreeSet::from_iter(&plain.rejected) {
        let _ = writeln!(text, "Rejected: {reason}");
    }
    layout::fit(&text, width) + &table::table(slice::from_ref(plain), width)
}

/// The percentile of a target as formulas call it.
fn word(slo: &Slo) -> String {
    slo.percentile.replace('.', "")
}

/// A percentile as people write it.
fn spoken(percentile: &str) -> String {
    percentile.replace("999", "99.9")
}

/// Whether the difference is larger than the difference of a server from itself.
fn first(both: &Compared, percentile: &str) -> String {
    let (ratio, control) = (spread(&both.ratios), spread(&both.controls));
    let percentile = spoken(percentile);
    if both.differs() {
        format!(
            "The language matters here: {percentile} in Go is {ratio} times that in Rust, more than a server \
             differs from itself ({control})."
        )
    } else {
        format!(
            "The language makes no visible difference here: {percentile} in Go is {ratio} times that in Rust, and \
             a server differs from itself by as much ({control})."
        )
    }
}

/// How much of the gap goes away with a language's setting: each block in which it is set against the medians of those
/// in which nothing is. Blocks of two measurements are no pairs.
fn closed(plain: &[Block], tuned: &[Block], go: bool, percentile: &str) -> String {
    let time = |run: &Run| table::figure(run, &format!("{percentile}(latency_ns)"));
    let times = |blocks: &[Block], go: bool| -> Vec<f64> {
        let runs = blocks
            .iter()
            .map(|block| if go { &block.go } else { &block.rust });
        runs.filter_map(time).collect()
    };
    let middles = [true, false].map(|go| block_ratios::middle(times(plain, go)));
    let [Some(in_go), Some(in_rust)] = middles else {
        return "an unknown share".to_owned();
    };
    let set = times(tuned, go).into_iter();
    let shares = set.map(|time| {
        let left = if go { time / in_rust } else { in_go / time };
        1.0 - left.ln() / (in_go / in_rust).ln()
    });
    let mut shares: Vec<f64> = shares.filter(|share| share.is_finite()).collect();
    shares.sort_by(f64::total_cmp);
    match &shares[..] {
        [low, .., high] => {
            let [middle, low, high] =
                [stats::median(&shares), *low, *high].map(|share| quantity(share, ""));
            format!("{middle} [{low}, {high}]")
        }
        _ => "an unknown share".to_owned(),
    }
}

/// Whether a server kept up.
fn behind(name: &str, runs: &[&Run]) -> String {
    let behind =
        |run: &&&Run| table::figure(run, "achieved_share").is_some_and(|share| share < 0.99);
    match runs.iter().filter(behind).count() {
        0 => String::new(),
        behind => format!(
            "{name} did not keep up in {behind} of {}.\n",
            layout::count(runs.len(), "block")
        ),
    }
}

/// Whether a server met a latency target.
fn met(name: &str, runs: &[&Run], slo: &Slo) -> String {
    let mut text = String::new();
    let times = runs.iter().filter_map(|run| {
        let enough = histogram::has_percentile(table::figure(run, "count(latency_ns)")?, slo.share);
        let time = table::figure(run, &format!("{}(latency_ns)", word(slo)))?;
        enough.then_some(time)
    });
    let times: Vec<f64> = times.collect();
    let within = times.iter().filter(|&&time| slo.holds(time)).count();
    let max = times.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(
        text,
        "{name} keeps {} within {} in {within} of {}; the worst was {}.",
        slo.percentile,
        humantime::format_duration(slo.limit),
        layout::count(times.len(), "block"),
        quantity(max, "ns")
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::{layout::WIDTH, result::Reject, synthetic};
    use serde_json::json;

    #[test]
    fn the_first_sentence_says_whether_the_language_matters() {
        let controls = vec![0.9, 1.1, 1.0, 1.05, 0.95];
        let of = |ratio: f64| {
            let both = Compared {
                ratios: vec![ratio; 5],
                controls: controls.clone(),
            };
            first(&both, "p999")
        };
        assert!(of(3.0).starts_with("The language matters here: p99.9 in Go is 3.00"));
        assert!(of(1.05).starts_with("The language makes no visible difference here"));
    }

    /// A scenario whose servers answer within this many milliseconds at p50 and p99, in this number of blocks.
    fn measurement(blocks: usize, go: f64, rust: f64) -> Measurement {
        let run = |ms: f64| {
            synthetic::run_of(json!({"latency_ns": [[ms * 1e6, 2500]], "requests": 2500}))
        };
        let block = synthetic::block_of(run(go), run(rust), run(go));
        Measurement {
            rejected: vec![Reject::Stolen; 2],
            ..synthetic::measurement("server/load_800rps@0", vec![block; blocks])
        }
    }

    #[test]
    fn without_all_blocks_only_the_reason_is_reported() {
        for blocks in [0, 4] {
            let point = measurement(blocks, 40.0, 10.0);
            let why = describe(&point, &point, &[], WIDTH).unwrap_err();
            let first = format!(
                "Not decided whether the language matters here: {blocks} of 5 blocks count.\n\
                 Rejected: the host took too much of its time\n"
            );
            assert!(why.starts_with(&first), "{why}");
        }
        let slo: Slo = "p99.9=20ms".parse().unwrap();
        let point = measurement(5, 40.0, 10.0);
        let why = describe(&point, &point, &[slo], WIDTH).unwrap_err();
        assert!(
            why.contains("0 of 5 blocks count"),
            "too few requests for p99.9: {why}"
        );
    }

    #[test]
    fn a_point_says_whether_the_language_matters_then_what_a_setting_closes_and_who_meets_the_target()
     {
        let slo: Slo = "p99=20ms".parse().unwrap();
        let (plain, tuned) = (measurement(5, 40.0, 10.0), measurement(5, 20.0, 10.0));
        let text = describe(&plain, &tuned, &[slo], usize::MAX).unwrap();
        for expected in [
            "The language matters here: p99 in Go is 4.00",
            "gogc400 closes 0.50 [0.50, 0.50] of the gap",
            "mimalloc closes 0.00 [0.00, 0.00] of the gap",
            "Go keeps p99 within 20ms in 0 of 5 blocks; the worst was 40.0 ms.",
            "Go, gogc400, keeps p99 within 20ms in 5 of 5 blocks",
            "Rust keeps p99 within 20ms in 5 of 5 blocks",
        ] {
            assert!(text.contains(expected), "{text:?} lacks {expected:?}");
        }
        let mut fewer = tuned.clone();
        fewer.blocks.remove(0);
        let text = describe(&plain, &fewer, &[], usize::MAX).unwrap();
        assert!(
            text.contains("gogc400 closes 0.50 [0.50, 0.50] of the gap"),
            "{text}"
        );
        let same = measurement(5, 10.0, 10.0);
        let text = describe(&same, &tuned, &[], WIDTH).unwrap();
        assert!(
            text.starts_with("The language makes no visible difference here"),
            "{text}"
        );
        assert!(!text.contains("closes"), "{text}");
    }
}
