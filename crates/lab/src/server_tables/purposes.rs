//! Rows of scenarios with a special purpose: connections, soaks, and attribution of slow requests.

use std::fmt::Write as _;

use lab_judge::server_comparison::middle;
use lab_results::{
    histogram,
    layout::{count, hang},
    quantity::quantity,
    result::Run,
    scenario::COUNTS,
};

/// The rows below one server's line; empty for a scenario without a special purpose.
pub fn rows(side: &str, runs: &[&Run], width: usize) -> String {
    let parts = [connections, soak, watched].map(|part| part(runs));
    let mut text = String::new();
    for said in parts.iter().flatten() {
        let _ = writeln!(text, "{}", hang(&format!("  {side:<4} "), said, width));
    }
    text
}

/// The capacity over each number of connections, and requests for a second of CPU time.
fn connections(runs: &[&Run]) -> Vec<String> {
    let line = |connections: usize| {
        let of = |name: &str| middle(runs, &format!("connections_{connections}_{name}"));
        let rate = quantity(of("rate")?, "count");
        let by_cpu = of("cpu_ns").map_or("-".to_owned(), |ns| quantity(1e9 / ns, "count"));
        let failed = match of("errors") {
            None | Some(0.0) => String::new(),
            Some(failed) => format!(", {} failed", quantity(failed, "count")),
        };
        let over = count(connections, "connection");
        Some(format!(
            "over {over} {rate}/s, {by_cpu} per second of CPU time{failed}"
        ))
    };
    COUNTS.into_iter().filter_map(line).collect()
}

/// Latency over windows, and the growth of memory.
fn soak(runs: &[&Run]) -> Vec<String> {
    let at = |function: &str| {
        let text = format!("{function}(window_p99_ns)");
        middle(runs, &text).map(|ns| quantity(ns, "ns"))
    };
    let mut lines = Vec::new();
    if let (Some(middle), Some(high)) = (at("p50"), at("p90")) {
        lines.push(format!(
            "p99 in windows of ten seconds: median {middle}, p90 {high}"
        ));
    }
    if let Some(bytes) = middle(runs, "resident_slope_bytes") {
        let an_hour = quantity(bytes * 3600.0, "bytes");
        lines.push(format!("resident memory grew by {an_hour} an hour"));
    }
    lines
}

/// What slow requests coincided with, and the lateness of probes.
fn watched(runs: &[&Run]) -> Vec<String> {
    let collecting = "collections and the 10 ms after each";
    let taking = "intervals of 2 ms with many page faults";
    let coincides = [("collecting", collecting), ("taking", taking)];
    let mut lines: Vec<String> = coincides
        .into_iter()
        .filter_map(|(name, what)| coincided(runs, name, what))
        .collect();
    let times = |name: &str, unit: f64| {
        let p99 = middle(runs, &format!("p99({name})"))?;
        let [p99, max] = [p99, max(runs, name)?].map(|time| quantity(time * unit, "ns"));
        Some(format!("p99 {p99}, max {max}"))
    };
    if let Some(apart) = times("apart_late_us", 1e3) {
        let within = times("runtime.probe_late_us", 1e3).unwrap_or("-".to_owned());
        lines.push(format!(
            "jitter probe in its own process: late by {apart}; inside the server: {within}"
        ));
    }
    if let Some(drops) = times("runtime.drop_ns", 1.0) {
        lines.push(format!(
            "freeing a request's memory: {drops}; calls of the allocator to the system are not counted"
        ));
    }
    lines
}

/// The share of the time that something covered and, unless it is too large, of the slow requests that began in it.
fn coincided(runs: &[&Run], name: &str, what: &str) -> Option<String> {
    let of = |name: String| middle(runs, &name).map(|share| quantity(share, "share"));
    let covered = of(format!("{name}_share"))?;
    let shifted = |end: &str| of(format!("shifted_{name}{end}_share"));
    let shares = (
        of(format!("slow_{name}_share")),
        shifted(""),
        shifted("_low"),
        shifted("_high"),
    );
    Some(match shares {
        (Some(seen), Some(middle), Some(low), Some(high)) => format!(
            "{what} took {covered} of the time: {seen} of the slowest 1 % had their intended start then, by \
             chance {middle} [{low}, {high}]"
        ),
        _ => format!("{what} took {covered} of the time, too much for a conclusion"),
    })
}

/// The largest amount of a tally.
fn max(runs: &[&Run], name: &str) -> Option<f64> {
    let tallies = runs
        .iter()
        .filter_map(|run| match name.strip_prefix("runtime.") {
            Some(name) => run.runtime.get(name),
            None => run.samples.first()?.get(name),
        });
    let pairs = tallies.filter_map(histogram::pairs).flatten();
    pairs.map(|[value, _]| value).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::layout::WIDTH;
    use serde_json::{Value, json};

    fn run(sample: &Value, runtime: &Value) -> Run {
        Run {
            samples: vec![sample.as_object().unwrap().clone()],
            runtime: runtime.as_object().unwrap().clone(),
            ..Run::default()
        }
    }

    fn has(text: &str, lines: &[&str]) {
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in lines {
            assert!(text.contains(line), "{text} lacks {line:?}");
        }
    }

    #[test]
    fn a_scenario_without_a_special_purpose_has_no_rows() {
        assert_eq!(
            rows("go", &[&run(&json!({"requests": 7}), &json!({}))], WIDTH),
            ""
        );
        assert_eq!(rows("go", &[], WIDTH), "");
    }

    #[test]
    fn connections_are_shown_with_their_rate_and_requests_for_a_second_of_cpu_time() {
        let sample = json!({
            "connections_1_rate": 500.0, "connections_1_cpu_ns": 1e6, "connections_1_errors": 0,
            "connections_10000_rate": 2000.0, "connections_10000_errors": 3,
        });
        let text = rows("go", &[&run(&sample, &json!({}))], WIDTH);
        has(
            &text,
            &[
                "go over 1 connection 500/s, 1,000 per second of CPU time",
                "over 10,000 connections 2,000/s, - per second of CPU time, 3 failed",
            ],
        );
        assert!(!text.contains("100 connections"), "{text}");
    }

    #[test]
    fn a_soak_is_shown_by_its_windows_and_the_growth_of_memory() {
        let sample = json!({
            "window_p99_ns": [[1_000_000, 18], [9_000_000, 12]],
            "resident_slope_bytes": 1024.0,
        });
        let text = rows("rust", &[&run(&sample, &json!({}))], WIDTH);
        has(
            &text,
            &[
                "p99 in windows of ten seconds: median 1.00 ms, p90 9.00 ms",
                "resident memory grew by 3.52 MiB an hour",
            ],
        );
    }

    #[test]
    fn coincidence_of_slow_requests_is_shown_with_the_share_by_chance() {
        let sample = json!({
            "collecting_share": 0.3, "slow_collecting_share": 0.9, "shifted_collecting_share": 0.31,
            "shifted_collecting_low_share": 0.2, "shifted_collecting_high_share": 0.42,
            "taking_share": 0.7, "apart_late_us": [[128, 2000], [256, 1]],
        });
        let runtime =
            json!({"probe_late_us": [[1024, 1000], [32768, 1000]], "drop_ns": [[4096, 5000]]});
        let text = rows("rust", &[&run(&sample, &runtime)], WIDTH);
        has(
            &text,
            &[
                "collections and the 10 ms after each took 30.0 % of the time: 90.0 % of the slowest 1 %",
                "then, by chance 31.0 % [20.0 %, 42.0 %]",
                "with many page faults took 70.0 % of the time, too much for a conclusion",
                "own process: late by p99 128 µs, max 256 µs; inside the server: p99 32.8 ms",
                "memory: p99 4.10 µs, max 4.10 µs; calls of the allocator",
            ],
        );
    }
}
