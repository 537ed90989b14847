//! What load showed, at a glance: a line for each server, and whether they differ by more than a server
//! from itself.

use std::fmt::Write as _;

use crate::{
    formula::{Formula, Wanted},
    judge::ledger::quantity,
    result::{Block, Measurement, Run},
    stats::{self, Estimate},
};

use super::{
    drive::{MOVED, NOT_STEADY},
    is_load,
};

/// A generator that is busier than this at a server's capacity shows its own.
const BUSY: f64 = 0.8;

/// A percentile is told only if at least so many requests lie beyond it.
const BEYOND: f64 = 20.0;

/// And only if they began in so many stretches of time.
const EPISODES: f64 = 10.0;

/// Under attack p99 shall be at most so many times the undisturbed one.
const GOAL: f64 = 2.0;

/// How two sides compare, and a side with itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Go over Rust in each block.
    pub ratios: Vec<f64>,
    /// The control over its own side in each block.
    pub controls: Vec<f64>,
}

/// A figure of a run of load, such as `p99(latency_ns)` or `resident_p50_bytes`.
pub fn figure(run: &Run, text: &str) -> Option<f64> {
    // One run stands for a whole block, so that formulas' percentiles are those of claims.
    let inside = "go{a/b}.";
    let text = match text.split_once('(') {
        Some((function, figure)) => format!("{function}({inside}{figure}"),
        None => format!("{inside}{text}"),
    };
    let block = Block {
        order: Vec::new(),
        go: run.clone(),
        rust: Run::default(),
        control: Run::default(),
        control_of: String::new(),
        steal: 0.0,
    };
    Formula::parse(&text)
        .ok()?
        .value(&|_: &Wanted| Some(&block))
}

/// A figure of both sides and of the control, block by block.
pub fn compared(blocks: &[Block], text: &str) -> Compared {
    let (mut ratios, mut controls) = (Vec::new(), Vec::new());
    for block in blocks {
        let own = if block.control_of == "go" {
            &block.go
        } else {
            &block.rust
        };
        for (over, under, into) in [
            (&block.go, &block.rust, &mut ratios),
            (&block.control, own, &mut controls),
        ] {
            if let (Some(over), Some(under)) = (figure(over, text), figure(under, text))
                && over > 0.0
                && under > 0.0
            {
                into.push(over / under);
            }
        }
    }
    Compared { ratios, controls }
}

impl Compared {
    /// Whether the sides differ in every block in the same direction, and by more than the control ever
    /// did in any.
    pub fn differs(&self) -> bool {
        let logs: Vec<f64> = self.ratios.iter().map(|ratio| ratio.ln()).collect();
        let least = logs
            .iter()
            .map(|log| log.abs())
            .fold(f64::INFINITY, f64::min);
        let noise = self.controls.iter().map(|ratio| ratio.ln().abs());
        let noise = noise.fold(0.0, f64::max);
        let one_way = logs.iter().all(|&log| log > 0.0) || logs.iter().all(|&log| log < 0.0);
        !logs.is_empty() && one_way && least > noise
    }
}

/// The middle of ratios with their interval, or with their range where there are too few.
pub fn spread(ratios: &[f64]) -> String {
    let pairs: Vec<(f64, f64)> = ratios.iter().map(|&ratio| (ratio, 1.0)).collect();
    let mut sorted = ratios.to_vec();
    sorted.sort_by(f64::total_cmp);
    let estimate = match (stats::ratio(&pairs), &sorted[..]) {
        (Some(estimate), _) => estimate,
        (None, [low, ..]) => Estimate {
            value: stats::median(&sorted),
            low: *low,
            high: sorted[sorted.len() - 1],
            count: sorted.len(),
        },
        (None, []) => return "-".to_owned(),
    };
    let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(|x| quantity(x, ""));
    format!("{value} [{low}, {high}]")
}

/// A percentile of all blocks together, if enough requests lie beyond it, and not in a few stalls alone.
pub fn merged(runs: &[&Run], name: &str, share: f64) -> Option<f64> {
    let mut times: Vec<[f64; 2]> = Vec::new();
    for run in runs {
        let lists = run.samples.iter().filter_map(|s| s.get(name)?.as_array());
        let pair =
            |pair: &serde_json::Value| Some([pair.get(0)?.as_f64()?, pair.get(1)?.as_f64()?]);
        times.extend(lists.flatten().filter_map(pair));
    }
    let all: f64 = times.iter().map(|time| time[1]).sum();
    if all * (1.0 - share) < BEYOND - 1e-6 {
        return None;
    }
    let counted = match (name, share) {
        ("latency_ns", 0.99) => "episodes_p99",
        ("latency_ns", 0.999) => "episodes_p999",
        _ => "",
    };
    let episodes: Option<f64> = runs.iter().map(|run| figure(run, counted)).sum();
    if episodes.is_some_and(|episodes| episodes < EPISODES) {
        return None;
    }
    times.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let mut seen = 0.0;
    let reached = times.iter().find(|time| {
        seen += time[1];
        seen >= share * all
    });
    reached.map(|time| time[0])
}

fn middle(runs: &[&Run], text: &str) -> Option<f64> {
    let mut values: Vec<f64> = runs.iter().filter_map(|run| figure(run, text)).collect();
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| stats::median(&values))
}

/// One server's line.
fn line(side: &str, runs: &[&Run]) -> String {
    let shown =
        |value: Option<f64>, unit: &str| value.map_or("-".to_owned(), |v| quantity(v, unit));
    let [p50, p99, p999] =
        [0.5, 0.99, 0.999].map(|share| shown(merged(runs, "latency_ns", share), "ns"));
    let of = |text: &str, unit: &str| shown(middle(runs, text), unit);
    let (rate, share) = (of("intended_rate", "count"), of("capacity_share", ""));
    let resident = of("resident_p50_bytes", "bytes");
    let (late, busy) = (of("p99(late_ns)", "ns"), of("generator_cpu_share", ""));
    format!(
        "  {side:<4} {rate:>7}/s {share:>5} {p50:>8} {p99:>8} {p999:>8} {resident:>9} {late:>8} {busy:>5}\n"
    )
}

/// What bad clients did to one server's answers and memory; nothing if there were none.
fn attacked(side: &str, runs: &[&Run]) -> String {
    let of = |text: &str, unit: &str| middle(runs, text).map(|value| quantity(value, unit));
    let Some(clients) = of("bad_clients", "count") else {
        return String::new();
    };
    let p99 = |name: &str| merged(runs, name, 0.99);
    let p99 = match (p99("latency_ns"), p99("undisturbed_latency_ns")) {
        (Some(with), Some(without)) => format!(
            "p99 {} times the undisturbed {} (goal: at most {GOAL}, {})",
            quantity(with / without, ""),
            quantity(without, "ns"),
            if with <= GOAL * without {
                "met"
            } else {
                "missed"
            }
        ),
        _ => "too few requests, or only a few stalls, lie beyond p99".to_owned(),
    };
    let [errors, resident, before] = [
        of("errors", "count"),
        of("resident_p50_bytes", "bytes"),
        of("undisturbed_resident_p50_bytes", "bytes"),
    ]
    .map(|told| told.unwrap_or("-".to_owned()));
    format!(
        "  {side:<4} with {clients} bad clients: {p99},\n       {errors} good requests failed, \
         resident {resident} instead of {before}\n"
    )
}

/// A table of all that was measured under load; nothing if nothing was.
pub fn table(measurements: &[Measurement]) -> String {
    let mut text = String::new();
    for measurement in measurements {
        let wanted = Wanted::from(&measurement.subject);
        if !is_load(&wanted) {
            continue;
        }
        if text.is_empty() {
            text += "\nunder load: requests a second and their share of capacity, latency from the intended\n\
                     start, resident memory, how late the generator was at p99 and its share of a core\n\n";
            let _ = writeln!(
                text,
                "  {:<4} {:>9} {:>5} {:>8} {:>8} {:>8} {:>9} {:>8} {:>5}",
                "", "rate", "share", "p50", "p99", "p99.9", "resident", "late", "busy"
            );
        }
        text += &subject(&wanted, measurement);
    }
    text
}

fn subject(wanted: &Wanted, measurement: &Measurement) -> String {
    let blocks = &measurement.blocks;
    let of = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let (go, rust) = (of(|block| &block.go), of(|block| &block.rust));
    let cores = |name: &str| {
        // A side that a dose leaves out has none.
        let mut runs = go.iter().chain(&rust);
        let told = runs.find_map(|run| run.process.get(name)?.as_u64());
        told.map_or("no core".to_owned(), |cores| match cores {
            1 => "1 core".to_owned(),
            more => format!("{more} cores"),
        })
    };
    let mut text = format!(
        "{wanted}: server on {}, generator on {}\n",
        cores("server_cores"),
        cores("generator_cores")
    );
    text += &line("go", &go);
    text += &line("rust", &rust);
    let p99 = compared(blocks, "p99(latency_ns)");
    let _ = writeln!(
        text,
        "  p99 go/rust {}, control {}; {} blocks, {} dropped",
        spread(&p99.ratios),
        spread(&p99.controls),
        blocks.len(),
        measurement.dropped.len(),
    );
    text += &attacked("go", &go);
    text += &attacked("rust", &rust);
    for (why, label) in [
        (MOVED, "whose capacity moved, judged apart"),
        (NOT_STEADY, "not steady, shown and not judged"),
    ] {
        text += &apart(measurement, why, label);
    }
    let limited =
        |run: &&Run| figure(run, "capacity_generator_share").is_some_and(|share| share > BUSY);
    for (side, runs) in [("go", &go), ("rust", &rust)] {
        if runs.iter().any(limited) {
            let _ = writeln!(
                text,
                "  {side}: its capacity is at least this; the generator is what limits it"
            );
        }
    }
    let measured = |run: &&Run| figure(run, "capacity_rate").is_some();
    let again = |run: &Run| figure(run, "capacity_after_rate").is_some();
    if go
        .iter()
        .chain(&rust)
        .copied()
        .filter(measured)
        .any(|run| !again(run))
    {
        text += "  capacity from a short closed loop, and not again after the load\n";
    }
    text
}

/// The blocks that were dropped for this reason, in lines of their own.
fn apart(measurement: &Measurement, why: &str, label: &str) -> String {
    let dropped = measurement.dropped.iter();
    let dropped = dropped.filter(|dropped| dropped.why.starts_with(why));
    let blocks: Vec<Block> = dropped.map(|dropped| dropped.block.clone()).collect();
    if blocks.is_empty() {
        return String::new();
    }
    let p99 = compared(&blocks, "p99(latency_ns)");
    let runs = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    format!(
        "  {} of the dropped blocks, {label}:\n{}{}  p99 go/rust {}, control {}\n",
        blocks.len(),
        line("go", &runs(|block| &block.go)),
        line("rust", &runs(|block| &block.rust)),
        spread(&p99.ratios),
        spread(&p99.controls),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::Dropped;
    use serde_json::json;

    fn run(times: &[[u64; 2]]) -> Run {
        let sample = json!({"latency_ns": times, "intended_rate": 800.0});
        Run {
            samples: vec![sample.as_object().unwrap().clone()],
            ..Run::default()
        }
    }

    fn block(go: u64, rust: u64, control: u64) -> Block {
        Block {
            order: Vec::new(),
            go: run(&[[go, 2000]]),
            rust: run(&[[rust, 2000]]),
            control: run(&[[control, 2000]]),
            control_of: "go".to_owned(),
            steal: 0.0,
        }
    }

    #[test]
    fn a_difference_counts_when_it_is_larger_than_any_of_the_control() {
        let of = |blocks: &[Block]| compared(blocks, "p99(latency_ns)").differs();
        assert!(of(&[block(40, 10, 50), block(30, 10, 20)]));
        assert!(
            !of(&[block(40, 10, 50), block(30, 10, 100)]),
            "the control differs more"
        );
        assert!(!of(&[block(40, 10, 40), block(9, 10, 9)]), "not one way");
        assert!(!of(&[]));
    }

    #[test]
    fn percentiles_of_all_blocks_are_those_of_all_requests() {
        let (slow, fast) = (run(&[[9, 1000]]), run(&[[1, 2000]]));
        assert_eq!(merged(&[&slow, &fast], "latency_ns", 0.5), Some(1.0));
        assert_eq!(merged(&[&slow, &fast], "latency_ns", 0.99), Some(9.0));
        assert_eq!(
            merged(&[&slow, &fast], "latency_ns", 0.999),
            None,
            "three requests lie beyond"
        );
    }

    #[test]
    fn an_attack_is_told_beside_what_was_before_it() {
        let mut run = run(&[[30, 3000]]);
        assert_eq!(attacked("go", &[&run]), "");
        let figures = json!({
            "undisturbed_latency_ns": [[10, 3000]],
            "bad_clients": 1200,
            "errors": 0,
            "resident_p50_bytes": 3 << 20,
            "undisturbed_resident_p50_bytes": 2 << 20,
        });
        run.samples[0].extend(figures.as_object().unwrap().clone());
        let told = attacked("go", &[&run]);
        for expected in [
            "p99 3.00 times the undisturbed 10.0 ns (goal: at most 2, missed)",
            "3.00 MiB instead of 2.00 MiB",
        ] {
            assert!(told.contains(expected), "{told:?} lacks {expected:?}");
        }
        run.samples[0]["undisturbed_latency_ns"] = json!([[15, 3000]]);
        assert!(attacked("go", &[&run]).contains("at most 2, met)"));
    }

    #[test]
    fn a_percentile_that_a_few_stalls_made_is_not_told() {
        let with = |episodes: f64| {
            let mut run = run(&[[9, 4000]]);
            run.samples[0].insert("episodes_p99".to_owned(), json!(episodes));
            run
        };
        let (few, some) = (with(3.0), with(7.0));
        assert_eq!(merged(&[&few, &few], "latency_ns", 0.99), None);
        assert_eq!(merged(&[&few, &some], "latency_ns", 0.99), Some(9.0));
        assert_eq!(merged(&[&few], "latency_ns", 0.5), Some(9.0));
    }

    #[test]
    fn figures_are_read_as_formulas_read_them() {
        let run = run(&[[5, 100], [7, 10]]);
        assert_eq!(figure(&run, "p50(latency_ns)"), Some(5.0));
        assert_eq!(figure(&run, "intended_rate"), Some(800.0));
        assert_eq!(figure(&run, "nothing"), None);
    }

    #[test]
    fn what_moved_or_never_stood_still_is_told_apart_and_a_busy_generator_is_named() {
        let mut busy = block(40, 10, 40);
        busy.rust.samples[0].insert("capacity_generator_share".to_owned(), json!(0.97));
        let dropped = |why: &str| Dropped {
            why: why.to_owned(),
            block: block(80, 10, 80),
        };
        let wanted = Wanted::parse("server/load_1k@0").unwrap();
        let measurement = json!({
            "subject": {"topic": wanted.topic, "case": wanted.case, "scale": 0, "go": wanted.go,
                "rust": wanted.rust, "cores": wanted.cores},
            "own_scale": false, "blocks": [busy], "wanted": null,
            "dropped": [dropped("moved: it did"), dropped("not steady: it never was"), dropped("late")],
        });
        let text = table(&[serde_json::from_value(measurement).unwrap()]);
        for expected in [
            "p99 go/rust 4.00 [4.00, 4.00], control 1.00 [1.00, 1.00]; 1 blocks, 3 dropped",
            "1 of the dropped blocks, whose capacity moved, judged apart:",
            "1 of the dropped blocks, not steady, shown and not judged:",
            "p99 go/rust 8.00 [8.00, 8.00], control 1.00 [1.00, 1.00]\n",
            "rust: its capacity is at least this",
        ] {
            assert!(text.contains(expected), "{text}lacks {expected:?}");
        }
        assert!(!text.contains("go: its capacity"), "{text}");
    }
}
