//! The table of server scenarios: a line for each server, and whether they differ by more than a server from
//! itself.

use std::fmt::Write as _;

use lab_judge::server_comparison::middle;
use lab_results::{
    cases::is_load,
    layout::{WIDTH, count, hang},
    quantity::quantity,
    query::Query,
    result::{Block, Caution, Measurement, Run},
    scenario::{Purpose, Scenario},
};

use crate::server_tables::purposes;

pub use lab_judge::server_comparison::{Compared, compared, figure, merged, spread};

/// Busiest generator at a server's capacity; beyond it the capacity is the generator's own.
const MAX_BUSY: f64 = 0.8;

/// Largest ratio of p99 under attack to the undisturbed p99.
const MAX_ATTACKED: f64 = 2.0;

/// One server's line, in words where a row does not fit; empty for a language without runs.
fn line(side: &str, runs: &[&Run], width: usize) -> String {
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
    if width < WIDTH {
        let words = format!(
            "{rate}/s, {share} of capacity; p50 {p50}, p99 {p99}, p99.9 {p999}; resident {resident}, \
             {over} times live memory; generator late by {late}, busy {busy}"
        );
        return hang(&format!("  {side:<4} "), &words, width) + "\n";
    }
    format!(
        "  {side:<4} {rate:>6}/s {share:>4} {p50:>7} {p99:>7} {p999:>7} {resident:>8} {over:>5} \
         {late:>7} {busy:>4}\n"
    )
}

/// The effect of bad clients on one server's answers and memory; empty if there were none.
fn attacked(side: &str, runs: &[&Run], width: usize) -> String {
    let of = |text: &str, unit: &str| middle(runs, text).map(|value| quantity(value, unit));
    let Some(clients) = of("bad_clients", "count") else {
        return String::new();
    };
    let p99 = |name: &str| merged(runs, name, 0.99);
    let p99 = match (p99("latency_ns"), p99("undisturbed_latency_ns")) {
        (Some(during), Some(before)) => format!(
            "p99 {} times the undisturbed {} (goal: at most {MAX_ATTACKED}, {})",
            quantity(during / before, ""),
            quantity(before, "ns"),
            if during <= MAX_ATTACKED * before {
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
    .map(|shown| shown.unwrap_or("-".to_owned()));
    let words = format!(
        "with {clients} bad clients: {p99}, {errors} good requests failed, resident {resident} instead of \
         {before}"
    );
    hang(&format!("  {side:<4} "), &words, width) + "\n"
}

/// The heading of the table.
const COLUMNS: &str = "under load: requests a second and their share of capacity; latency from the intended \
                       start; resident memory and its ratio to live memory; lateness of the generator at p99 \
                       and its share of a core";

/// The table of all server scenarios; empty if there are none.
pub fn table(measurements: &[Measurement], width: usize) -> String {
    let mut text = String::new();
    for measurement in measurements {
        let query = Query::from(&measurement.key);
        let is_tried = !(measurement.blocks.is_empty() && measurement.rejected.is_empty());
        if !is_load(&query) || !is_tried {
            continue;
        }
        if text.is_empty() {
            let _ = writeln!(text, "\n{}\n", hang("", COLUMNS, width));
            if width >= WIDTH {
                let _ = writeln!(
                    text,
                    "  {:<4} {:>8} {:>4} {:>7} {:>7} {:>7} {:>8} {:>5} {:>7} {:>4}",
                    "", "rate", "of", "p50", "p99", "p99.9", "resident", "/live", "late", "busy"
                );
            }
        }
        text += &rows(&query, measurement, width);
    }
    text
}

/// The rows of one scenario.
fn rows(query: &Query, measurement: &Measurement, width: usize) -> String {
    let Measurement {
        blocks, rejected, ..
    } = measurement;
    let runs = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let (go, rust) = (runs(|block| &block.go), runs(|block| &block.rust));
    let mut text = hang("", &format!("{query}{}", cores(blocks)), width) + "\n";
    let say = |text: &mut String, words: &str| {
        let _ = writeln!(text, "{}", hang("  ", words, width));
    };
    let sides = [("go", &go), ("rust", &rust)];
    for (side, runs) in sides {
        text += &line(side, runs, width);
    }
    let mut summary = ratios(blocks);
    summary.push(format!(
        "{}, {} rejected",
        count(blocks.len(), "block"),
        rejected.len()
    ));
    say(&mut text, &summary.join("; "));
    if let ([], Some(last)) = (&blocks[..], rejected.last()) {
        say(
            &mut text,
            &format!("no block counts; of the last one: {last}"),
        );
    }
    for (side, runs) in sides {
        text += &attacked(side, runs, width);
        text += &purposes::rows(side, runs, width);
    }
    for caution in [Caution::GeneratorLate, Caution::Moved, Caution::NotSteady] {
        text += &with_caution(measurement, caution, width);
    }
    for note in capacity_notes(query, sides) {
        say(&mut text, &note);
    }
    text
}

/// The cores of server and generator.
fn cores(blocks: &[Block]) -> String {
    let cores = |who: &str| {
        // A language without runs has none.
        let mut runs = blocks.iter().flat_map(|block| [&block.go, &block.rust]);
        let cores = runs.find_map(|run| run.process.get(&format!("{who}_cores"))?.as_u64())?;
        Some(format!("{who} on {}", count(cores as usize, "core")))
    };
    let cores: Vec<String> = ["server", "generator"]
        .into_iter()
        .filter_map(cores)
        .collect();
    match &cores[..] {
        [] => String::new(),
        cores => format!(": {}", cores.join(", ")),
    }
}

/// Notes on how far the capacities can be trusted.
fn capacity_notes(query: &Query, sides: [(&str, &Vec<&Run>); 2]) -> Vec<String> {
    let limited =
        |run: &&Run| figure(run, "capacity_generator_share").is_some_and(|share| share > MAX_BUSY);
    let limits = sides
        .iter()
        .filter(|(_, runs)| runs.iter().any(limited))
        .map(|(side, _)| {
            format!("{side}: its capacity is at least this; the generator was the limit")
        });
    let mut notes: Vec<String> = limits.collect();
    let measured = |run: &&Run| figure(run, "capacity_rate").is_some();
    let again = |run: &Run| figure(run, "capacity_after_rate").is_some();
    // Special purposes take the time of a second search for capacity.
    let has_time = Scenario::parse(&query.case).is_ok_and(|s| s.purpose == Purpose::Latency);
    let runs = sides.into_iter().flat_map(|(_, runs)| runs);
    let mut runs = runs.copied().filter(measured);
    if has_time && runs.any(|run| !again(run)) {
        notes.push(
            "capacity from a short closed loop, not measured again after the load".to_owned(),
        );
    }
    notes
}

/// The blocks that carry this caution, in lines of their own.
fn with_caution(measurement: &Measurement, caution: Caution, width: usize) -> String {
    let blocks = measurement.blocks.iter();
    let blocks = blocks.filter(|block| block.cautions.contains(&caution));
    let blocks: Vec<Block> = blocks.cloned().collect();
    if blocks.is_empty() {
        return String::new();
    }
    let runs = |side: fn(&Block) -> &Run| -> Vec<&Run> { blocks.iter().map(side).collect() };
    let head = format!("{} of the blocks: {caution}:", blocks.len());
    let mut text = hang("  ", &head, width) + "\n";
    text += &line("go", &runs(|block| &block.go), width);
    text += &line("rust", &runs(|block| &block.rust), width);
    let ratios = ratios(&blocks);
    if !ratios.is_empty() {
        let _ = writeln!(text, "{}", hang("  ", &ratios.join("; "), width));
    }
    text
}

/// The ratios of p99 in these blocks, and in their controls.
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
    use lab_results::{
        result::Reject,
        synthetic::{self, block, run},
    };
    use serde_json::json;

    #[test]
    fn an_attack_is_shown_with_the_figures_before_it() {
        let mut run = run(&[[30, 3000]]);
        assert_eq!(attacked("go", &[&run], WIDTH), "");
        let figures = json!({
            "undisturbed_latency_ns": [[10, 3000]],
            "bad_clients": 1200,
            "errors": 0,
            "resident_p50_bytes": 3 << 20,
            "undisturbed_resident_p50_bytes": 2 << 20,
        });
        run.samples[0].extend(figures.as_object().unwrap().clone());
        let shown = attacked("go", &[&run], WIDTH);
        assert!(
            shown.lines().all(|line| line.chars().count() <= WIDTH),
            "{shown}"
        );
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in [
            "p99 3.00 times the undisturbed 10.0 ns (goal: at most 2, missed)",
            "3.00 MiB instead of 2.00 MiB",
        ] {
            assert!(shown.contains(expected), "{shown:?} lacks {expected:?}");
        }
        run.samples[0]["undisturbed_latency_ns"] = json!([[15, 3000]]);
        let met = attacked("go", &[&run], usize::MAX);
        assert!(met.contains("at most 2, met)"), "{met}");
    }

    #[test]
    fn moved_and_unsteady_blocks_are_shown_apart_and_a_busy_generator_is_named() {
        let mut busy = block(40, 10, 40);
        busy.rust.samples[0].insert("capacity_generator_share".to_owned(), json!(0.97));
        let doubtful = |caution: Caution| Block {
            cautions: vec![caution],
            ..block(80, 10, 80)
        };
        let blocks = [busy, doubtful(Caution::Moved), doubtful(Caution::NotSteady)];
        let measurement = Measurement {
            rejected: vec![Reject::Stolen],
            ..synthetic::measurement("server/load_1k@0", blocks.to_vec())
        };
        let text = table(std::slice::from_ref(&measurement), WIDTH);
        for expected in [
            "p99 go/rust 8.00 [4.00, 8.00]; control 1.00 [1.00, 1.00]; 3 blocks, 1 rejected",
            "1 of the blocks: capacity moved during the load:",
            "1 of the blocks: capacity or memory never became steady:",
            "p99 go/rust 8.00 [8.00, 8.00]; control 1.00 [1.00, 1.00]\n",
            "rust: its capacity is at least this",
        ] {
            assert!(text.contains(expected), "{text}lacks {expected:?}");
        }
        assert!(!text.contains("go: its capacity"), "{text}");
        for width in [40, 60] {
            let narrow = table(std::slice::from_ref(&measurement), width);
            let fits = |line: &str| line.chars().count() <= width;
            assert!(narrow.lines().all(fits), "{narrow}");
            for words in ["p99", "resident", "generator", "rejected"] {
                assert!(narrow.contains(words), "{narrow}lacks {words}");
            }
        }
    }

    #[test]
    fn where_no_block_is_evidence_the_last_one_says_why() {
        let measurement = Measurement {
            rejected: vec![Reject::Stalled, Reject::Stolen],
            ..synthetic::measurement("server/load_shared@0", Vec::new())
        };
        let text = table(&[measurement], WIDTH);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = "server/load_shared@0 0 blocks, 2 rejected no block counts; of the last one: \
                        the host took too much of its time";
        assert!(text.ends_with(expected), "{text}lacks {expected:?}");
    }

    #[test]
    fn what_was_never_tried_has_no_row() {
        let measurement = synthetic::measurement("server/load@0", Vec::new());
        assert_eq!(table(&[measurement], WIDTH), "");
    }
}
