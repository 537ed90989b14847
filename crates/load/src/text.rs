//! What a person reads.

use std::{collections::BTreeMap, fmt::Write};

use hdrhistogram::Histogram;

use crate::{Failure, Interval, PERCENTILES, Pace, Report, percentile};

/// How many columns the plot has.
const COLUMNS: usize = 60;

/// How many rows the plot has.
const ROWS: usize = 8;

/// All that a run has shown.
pub fn report(report: &Report) -> String {
    let mut text = table(&report.latency, &report.service);
    text += &failures(
        report.requests,
        &report.errors,
        Some(report.timeout.as_secs_f64()),
    );
    let _ = write!(
        text,
        "rate       {:.1} good answers a second",
        report.achieved_rate()
    );
    let _ = match report.intended_rate() {
        Some(rate) => writeln!(text, " of {rate} intended"),
        None => writeln!(text, ", closed loop"),
    };
    let _ = write!(text, "generator  {:.2} of a core", report.cpu_share);
    if report.pace != Pace::Closed {
        let late = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];
        let late =
            late.map(|(name, at)| format!("{} at {name}", told(percentile(&report.late, at))));
        let _ = write!(text, ", late by {} ms", late.join(", "));
    }
    text.push('\n');
    if let Some(why) = report.limit() {
        let _ = writeln!(
            text,
            "\nlimited by the generator: {why}; this measures the generator and is no evidence"
        );
    }
    if report.interrupted {
        let (elapsed, left) = (report.elapsed.as_secs_f64(), report.unfinished);
        let _ = write!(text, "\ninterrupted after {elapsed:.1} s");
        if left > 0 {
            let waited = report.unfinished_for.as_secs_f64();
            let _ = write!(
                text,
                "; {left} requests were under way, the oldest for {waited:.1} s: they are not counted"
            );
        }
        text.push('\n');
    }
    text + &plot(&report.intervals, report.interval.as_secs_f64())
}

/// Percentiles of latency and service time, in milliseconds.
pub fn table(latency: &Histogram<u64>, service: &Histogram<u64>) -> String {
    let mut text = format!("{:8} {:>12} {:>12}\n", "ms", "latency", "service");
    let mut row = |name: &str, latency, service| {
        let _ = writeln!(text, "{name:8} {:>12} {:>12}", told(latency), told(service));
    };
    for (name, at) in PERCENTILES {
        row(name, percentile(latency, at), percentile(service, at));
    }
    let max = |times: &Histogram<u64>| (!times.is_empty()).then(|| times.max());
    row("max", max(latency), max(service));
    let hidden = PERCENTILES
        .iter()
        .any(|(_, at)| percentile(latency, *at).is_none());
    if hidden {
        text += "-: fewer than 20 requests lie beyond\n";
    }
    text.push('\n');
    text
}

/// How many requests there were, and how many failed, by kind.
pub fn failures(requests: u64, errors: &BTreeMap<Failure, u64>, timeout: Option<f64>) -> String {
    let failed: u64 = errors.values().sum();
    let kinds: Vec<_> = errors
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let mut text = format!("requests   {requests}, {failed} failed");
    if failed > 0 {
        let _ = write!(text, ": {}", kinds.join(", "));
        let all = timeout.map_or("its timeout".to_owned(), |timeout| {
            format!("the timeout, {timeout} s")
        });
        let _ = write!(text, "; each counts as {all}, at least");
    }
    text.push('\n');
    text
}

/// The median and the longest latency over time, the axis of times by powers.
fn plot(intervals: &[Interval], seconds: f64) -> String {
    let longest = |interval: &Interval| interval.latency.max();
    let median = |interval: &Interval| percentile(&interval.latency, 0.5);
    let some: Vec<_> = intervals
        .iter()
        .filter(|interval| !interval.latency.is_empty())
        .collect();
    if some.len() < 2 {
        return String::new();
    }
    let high = some
        .iter()
        .map(|interval| longest(interval))
        .max()
        .unwrap_or(1)
        .max(2);
    let low = some
        .iter()
        .map(|interval| median(interval).unwrap_or(longest(interval)));
    let low = low.min().unwrap_or(1).clamp(1, high - 1);
    let (bottom, top) = ((low as f64).ln(), (high as f64).ln());
    let step = (top - bottom) / (ROWS - 1) as f64;
    let row_of = |time: u64| (((time as f64).ln() - bottom) / step).round().max(0.0) as usize;
    let width = (COLUMNS / intervals.len()).clamp(1, 6);
    let mut text = "\nlatency in ms by intended start: o median, # longest\n".to_owned();
    for row in (0..ROWS).rev() {
        let level = (bottom + step * row as f64).exp() as u64;
        let _ = write!(text, "{:>9} |", told(Some(level)));
        for interval in intervals {
            let mark = if interval.latency.is_empty() {
                ' '
            } else if row == row_of(longest(interval)) {
                '#'
            } else {
                match median(interval).map(row_of) {
                    Some(middle) if row == middle => 'o',
                    Some(middle) if row > middle && row < row_of(longest(interval)) => ':',
                    _ => ' ',
                }
            };
            let _ = write!(text, "{mark:<width$}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    let end = seconds * intervals.len() as f64;
    let line = "-".repeat(width * intervals.len());
    let _ = writeln!(text, "{:>9} +{line} {end:.0} s", "");
    text
}

/// Nanoseconds as milliseconds with three digits.
fn told(nanoseconds: Option<u64>) -> String {
    let Some(nanoseconds) = nanoseconds else {
        return "-".to_owned();
    };
    let ms = nanoseconds as f64 / 1e6;
    match ms {
        100.0.. => format!("{ms:.0}"),
        10.0.. => format!("{ms:.1}"),
        1.0.. => format!("{ms:.2}"),
        _ => format!("{ms:.3}"),
    }
}
