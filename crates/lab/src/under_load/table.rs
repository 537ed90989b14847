//! What load showed, at a glance: a line for each server, and whether they differ by more than a server
//! from itself.

use std::fmt::Write as _;

use lab_judge::load::middle;
use lab_results::{
    cases::is_load,
    points::{MOVED, NOT_STEADY, Point, Purpose},
    quantity::quantity,
    query::Wanted,
    result::{Block, Measurement, Run},
};

use crate::under_load::beside;

pub use lab_judge::load::{Compared, compared, figure, merged, spread};

/// A generator that is busier than this at a server's capacity shows its own.
const BUSY: f64 = 0.8;

/// Under attack p99 shall be at most so many times the undisturbed one.
const GOAL: f64 = 2.0;

/// One server's line; nothing of a side that was left out.
fn line(side: &str, runs: &[&Run]) -> String {
    if middle(runs, "intended_rate").is_none() {
        return String::new();
    }
    let shown =
        |value: Option<f64>, unit: &str| value.map_or("-".to_owned(), |v| quantity(v, unit));
    let [p50, p99, p999] =
        [0.5, 0.99, 0.999].map(|share| shown(merged(runs, "latency_ns", share), "ns"));
    let of = |text: &str, unit: &str| shown(middle(runs, text), unit);
    let (rate, share) = (of("intended_rate", "count"), of("capacity_share", ""));
    let resident = of("resident_p50_bytes", "bytes");
    let live = middle(runs, "runtime.live_bytes").filter(|live| *live > 0.0);
    let over = live.and_then(|live| Some(middle(runs, "resident_p50_bytes")? / live));
    let over = shown(over, "");
    let (late, busy) = (of("p99(late_ns)", "ns"), of("generator_cpu_share", ""));
    format!(
        "  {side:<4} {rate:>6}/s {share:>4} {p50:>7} {p99:>7} {p999:>7} {resident:>8} {over:>5} \
         {late:>7} {busy:>4}\n"
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
                     start, resident memory and that over what lives, how late the generator was at p99 and\n\
                     its share of a core\n\n";
            let _ = writeln!(
                text,
                "  {:<4} {:>8} {:>4} {:>7} {:>7} {:>7} {:>8} {:>5} {:>7} {:>4}",
                "", "rate", "of", "p50", "p99", "p99.9", "resident", "/live", "late", "busy"
            );
        }
        text += &subject(&wanted, measurement);
    }
    text
}

fn subject(wanted: &Wanted, measurement: &Measurement) -> String {
    let Measurement {
        blocks, dropped, ..
    } = measurement;
    let of = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let (go, rust) = (of(|block| &block.go), of(|block| &block.rust));
    let cores = |name: &str| {
        // A side that a dose leaves out has none.
        let all = blocks
            .iter()
            .chain(dropped.iter().map(|dropped| &dropped.block));
        let mut runs = all.flat_map(|block| [&block.go, &block.rust]);
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
    let sides = [("go", &go), ("rust", &rust)];
    for (side, runs) in sides {
        text += &line(side, runs);
    }
    let mut told = ratios(blocks);
    told.push(format!(
        "{} blocks, {} dropped",
        blocks.len(),
        dropped.len()
    ));
    let _ = writeln!(text, "  {}", told.join("; "));
    if let ([], Some(last)) = (&blocks[..], dropped.last()) {
        let _ = writeln!(
            text,
            "  no block is evidence; of the last one: {}",
            last.why
        );
    }
    for (side, runs) in sides {
        text += &attacked(side, runs);
        text += &beside::told(side, runs);
    }
    for (why, label) in [
        (MOVED, "whose capacity moved, judged apart"),
        (NOT_STEADY, "not steady, shown and not judged"),
    ] {
        text += &apart(measurement, why, label);
    }
    let limited =
        |run: &&Run| figure(run, "capacity_generator_share").is_some_and(|share| share > BUSY);
    for (side, runs) in sides {
        if runs.iter().any(limited) {
            let _ = writeln!(
                text,
                "  {side}: its capacity is at least this; the generator is what limits it"
            );
        }
    }
    let measured = |run: &&Run| figure(run, "capacity_rate").is_some();
    let again = |run: &Run| figure(run, "capacity_after_rate").is_some();
    // What else is looked at takes the time of a second look at capacity.
    let has_time = Point::parse(&wanted.case).is_ok_and(|p| p.purpose == Purpose::Latency);
    let mut runs = go.iter().chain(&rust).copied().filter(measured);
    if has_time && runs.any(|run| !again(run)) {
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
    let runs = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let mut text = format!("  {} of the dropped blocks, {label}:\n", blocks.len());
    text += &line("go", &runs(|block| &block.go));
    text += &line("rust", &runs(|block| &block.rust));
    let ratios = ratios(&blocks);
    if !ratios.is_empty() {
        let _ = writeln!(text, "  {}", ratios.join("; "));
    }
    text
}

/// How far sides differ in these blocks and a side from itself, as far as either can be told.
fn ratios(blocks: &[Block]) -> Vec<String> {
    let p99 = compared(blocks, "p99(latency_ns)");
    [("p99 go/rust", p99.ratios), ("control", p99.controls)]
        .into_iter()
        .filter(|(_, ratios)| !ratios.is_empty())
        .map(|(name, ratios)| format!("{name} {}", spread(&ratios)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::result::Dropped;
    use lab_results::synthetic::{block, run};
    use serde_json::json;

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
            "p99 go/rust 4.00 [4.00, 4.00]; control 1.00 [1.00, 1.00]; 1 blocks, 3 dropped",
            "1 of the dropped blocks, whose capacity moved, judged apart:",
            "1 of the dropped blocks, not steady, shown and not judged:",
            "p99 go/rust 8.00 [8.00, 8.00]; control 1.00 [1.00, 1.00]\n",
            "rust: its capacity is at least this",
        ] {
            assert!(text.contains(expected), "{text}lacks {expected:?}");
        }
        assert!(!text.contains("go: its capacity"), "{text}");
    }

    #[test]
    fn where_no_block_is_evidence_the_last_one_says_why() {
        let why = "the generator limits what is seen: it was late";
        let mut block = block(80, 10, 80);
        block.go.process.insert("server_cores".to_owned(), json!(2));
        let measurement = json!({
            "subject": {"topic": "server", "case": "load_shared", "scale": 0, "go": "default",
                "rust": "default", "cores": "all"},
            "own_scale": false, "blocks": [], "wanted": null,
            "dropped": [Dropped { why: why.to_owned(), block }],
        });
        let text = table(&[serde_json::from_value(measurement).unwrap()]);
        let expected = format!(
            "server on 2 cores, generator on no core\n  0 blocks, 1 dropped\n  no block is evidence; of the last one: {why}\n"
        );
        assert!(text.ends_with(&expected), "{text}lacks {expected:?}");
    }
}
