//! The report as text.

use std::{collections::BTreeMap, fmt::Write};

use hdrhistogram::Histogram;

use crate::{Failure, Good, PERCENTILES, Report, Slo, percentile, plot, time_format::milliseconds};

/// Why the generator was the limit, if it was.
pub fn limit(report: &Report) -> String {
    report.limit().map_or(String::new(), |why| {
        format!(
            "limited by the generator: {why}; this measures the generator and is no evidence\n\n"
        )
    })
}

/// The report of a run.
pub fn report(report: &Report) -> String {
    let mut text = table(&report.good);
    let timeout = report.plan.timeout.as_secs_f64();
    text += &failures(&report.latency, &report.errors, Some(timeout));
    for (kind, why) in &report.first_errors {
        let _ = writeln!(text, "           first {kind}: {why}");
    }
    if report.reconnected > 0 {
        let _ = writeln!(
            text,
            "           {} reconnected: sent again, because the server had closed the connection that was kept",
            report.reconnected
        );
    }
    let _ = write!(
        text,
        "rate       {:.1} good answers a second",
        report.achieved_rate()
    );
    let _ = match report.intended_rate() {
        Some(rate) => writeln!(text, " of {rate} intended"),
        None => writeln!(text, ", closed loop"),
    };
    text += &generator(report);
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
    text += &plot::latency(&report.intervals, report.interval.as_secs_f64());
    // The few answers after the end would look like a drop of the rate.
    let measured = report.elapsed.as_secs_f64().ceil() as usize;
    let answers = &report.answers[..measured.min(report.answers.len())];
    text + &plot::rates(answers, &report.failures)
}

/// How busy and how late the generator was.
fn generator(report: &Report) -> String {
    let mut text = format!("generator  {:.2} of a core", report.cpu_share);
    let late = [
        (&report.late, "late by"),
        (&report.read_late, "answers read late by"),
    ];
    for (times, what) in late {
        if times.is_empty() {
            continue;
        }
        let at = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];
        let at = at.map(|(name, at)| format!("{} at {name}", milliseconds(percentile(times, at))));
        let max = milliseconds(Some(times.max()));
        let _ = write!(text, ", {what} {}, {max} at most", at.join(", "));
    }
    if text.contains("late") {
        text += " (ms)";
    }
    text + "\n"
}

/// The mean and percentiles of good answers' latency and service time, in milliseconds.
pub fn table(good: &Good) -> String {
    let Good { latency, service } = good;
    let mut text = format!("{:8} {:>12} {:>12}\n", "ms", "latency", "service");
    let mut row = |name: &str, latency, service| {
        let [latency, service] = [latency, service].map(milliseconds);
        let _ = writeln!(text, "{name:8} {latency:>12} {service:>12}");
    };
    let any = |times: &Histogram<u64>, time: u64| (!times.is_empty()).then_some(time);
    let mean = |times: &Histogram<u64>| any(times, times.mean() as u64);
    row("mean", mean(latency), mean(service));
    for (name, at) in PERCENTILES {
        row(name, percentile(latency, at), percentile(service, at));
    }
    let max = |times: &Histogram<u64>| any(times, times.max());
    row("max", max(latency), max(service));
    let hidden = PERCENTILES
        .iter()
        .any(|(_, at)| percentile(latency, *at).is_none());
    if hidden {
        text += "-: fewer than 20 good answers lie beyond\n";
    }
    text.push('\n');
    text
}

/// Number of requests, failures by kind, and the latency if failures count as the timeout.
pub fn failures(
    all: &Histogram<u64>,
    errors: &BTreeMap<Failure, u64>,
    timeout: Option<f64>,
) -> String {
    let failed: u64 = errors.values().sum();
    let mut text = format!("requests   {}, {failed} failed", all.len());
    if failed > 0 {
        let kinds: Vec<_> = errors
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        let each = timeout.map_or("its timeout".to_owned(), |timeout| {
            format!("the timeout, {timeout} s")
        });
        let times = PERCENTILES
            .iter()
            .filter_map(|(name, at)| Some((*name, percentile(all, *at)?)));
        let times: Vec<_> = times
            .chain([("max", all.max())])
            .map(|(name, time)| format!("{name} {}", milliseconds(Some(time))))
            .collect();
        let _ = write!(
            text,
            ": {}\nall        {} ms: a failure counts as {each}, at least",
            kinds.join(", "),
            times.join(", ")
        );
    }
    text.push('\n');
    text
}

/// Which latency targets all requests meet.
pub fn targets(slos: &[Slo], all: &Histogram<u64>) -> String {
    let mut text = String::new();
    for slo in slos {
        let verdict = if slo.is_met(all) { "met" } else { "not met" };
        let value = milliseconds(slo.value(all));
        let _ = write!(
            text,
            "target     {slo}: {verdict}, {} is {value} ms",
            slo.percentile
        );
        if !slo.is_certain(all) {
            let needed = (20.0 / (1.0 - slo.share)).round();
            let _ = write!(
                text,
                " of only {} requests: {needed} tell it safely",
                all.len()
            );
        }
        text.push('\n');
    }
    text
}
