//! What a run has shown.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant, SystemTime},
};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Pace;

/// The percentiles that are told.
pub const PERCENTILES: [(&str, f64); 5] = [
    ("p50", 0.5),
    ("p90", 0.9),
    ("p99", 0.99),
    ("p99.9", 0.999),
    ("p99.99", 0.9999),
];

/// A percentile is told only if at least so many requests lie beyond it.
const BEYOND: f64 = 20.0;

/// A generator that is later than this at its 99th percentile measures itself, in nanoseconds.
const LATE: u64 = 1_000_000;

/// A generator that is busier than this measures itself.
const BUSY: f64 = 0.8;

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Nobody listens.
    Refused,
    /// There was no connection for another reason.
    Unreachable,
    /// There was no answer in time.
    Timeout,
    /// The connection ended before the answer did.
    Closed,
    /// The answer is not HTTP.
    BadResponse,
    /// The answer has a status of 400 or above.
    Status,
}

/// What became of one request.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// When it was meant to start, in nanoseconds since [`Report::began`].
    pub intended: u64,
    /// From then to the end of its answer, in nanoseconds; for one that failed at least the timeout.
    pub latency: u64,
    /// The same from the time it was given to a connection; none if it never was.
    pub service: Option<u64>,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}

/// The requests that were meant to start within one stretch of time.
#[derive(Clone, Debug)]
pub struct Interval {
    /// Their latency in nanoseconds.
    pub latency: Histogram<u64>,
    /// Their service time in nanoseconds.
    pub service: Histogram<u64>,
}

/// What a run has shown; all but the warm-up, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Report {
    /// When it was measured from: the end of the warm-up.
    pub began: Instant,
    /// The same by the clock on the wall.
    pub began_at: SystemTime,
    /// How long was measured.
    pub elapsed: Duration,
    /// How requests were paced.
    pub pace: Pace,
    /// On how many connections.
    pub connections: usize,
    /// After what time a request has failed.
    pub timeout: Duration,
    /// How many requests ended, well or not.
    pub requests: u64,
    /// From a request's intended start to the end of its answer; one that failed counts as the timeout at
    /// least.
    pub latency: Histogram<u64>,
    /// The same from the time a request was given to a connection.
    pub service: Histogram<u64>,
    /// How late the generator took up its requests; nothing in a closed loop.
    pub late: Histogram<u64>,
    /// The share of a core that the generator used.
    pub cpu_share: f64,
    /// How many answers came in each second.
    pub answers: Vec<u64>,
    /// How many requests failed, by kind.
    pub errors: BTreeMap<Failure, u64>,
    /// How many answers had this status.
    pub statuses: BTreeMap<u16, u64>,
    /// How many requests were under way when the run was interrupted, and are not counted.
    pub unfinished: u64,
    /// How long the oldest of them had waited by then.
    pub unfinished_for: Duration,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// The same latencies by intended start, each stretch [`Report::interval`] long.
    pub intervals: Vec<Interval>,
    /// How long a stretch is.
    pub interval: Duration,
    /// Each request, if the plan asks for it, in the order in which they ended.
    pub records: Vec<Record>,
}

impl Interval {
    pub(crate) fn empty() -> Self {
        Interval {
            latency: histogram(),
            service: histogram(),
        }
    }
}

impl Report {
    /// The requests a second that were meant to start; none in a closed loop.
    pub fn intended_rate(&self) -> Option<f64> {
        match self.pace {
            Pace::Open { rate, .. } => Some(rate),
            Pace::Closed => None,
        }
    }

    /// The good answers a second that came while it was measured.
    pub fn achieved_rate(&self) -> f64 {
        let answers: u64 = self.answers.iter().sum();
        answers as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// How many requests failed.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Why the generator, and not the server, decides what is seen; then it is no evidence.
    pub fn limit(&self) -> Option<String> {
        // Of few requests the 99th percentile is not told.
        let mut told = PERCENTILES[..3].iter().rev();
        let late = told.find_map(|(name, at)| Some((name, percentile(&self.late, *at)?)));
        if let Some((name, late)) = late
            && late > LATE
        {
            let late = late as f64 / 1e6;
            return Some(format!(
                "it was {late:.1} ms late at {name}, more than 1 ms is too much"
            ));
        }
        (self.cpu_share > BUSY).then(|| {
            let share = self.cpu_share;
            format!("it used {share:.2} of a core, more than {BUSY} is too much")
        })
    }

    /// The report as one JSON object: times in milliseconds, a percentile that cannot be told is null.
    pub fn json(&self) -> Value {
        json!({
            "intended_rate": self.intended_rate(),
            "achieved_rate": self.achieved_rate(),
            "duration_s": self.elapsed.as_secs_f64(),
            "connections": self.connections,
            "timeout_ms": self.timeout.as_secs_f64() * 1e3,
            "requests": self.requests,
            "failed": self.failed(),
            "errors": self.errors,
            "statuses": self.statuses,
            "unfinished": self.unfinished,
            "unfinished_for_ms": self.unfinished_for.as_secs_f64() * 1e3,
            "interrupted": self.interrupted,
            "latency_ms": milliseconds(&self.latency),
            "service_ms": milliseconds(&self.service),
            "generator": {
                "late_ms": milliseconds(&self.late),
                "cpu_share": self.cpu_share,
                "limited": self.limit(),
            },
        })
    }
}

/// A percentile, or none if fewer than 20 requests lie beyond it.
pub fn percentile(histogram: &Histogram<u64>, quantile: f64) -> Option<u64> {
    let beyond = histogram.len() as f64 * (1.0 - quantile);
    (beyond > BEYOND - 1e-6).then(|| histogram.value_at_quantile(quantile))
}

/// The percentiles and the maximum of times in nanoseconds, as milliseconds.
pub fn milliseconds(histogram: &Histogram<u64>) -> Map<String, Value> {
    let told = PERCENTILES.map(|(name, quantile)| (name, percentile(histogram, quantile)));
    let max = (!histogram.is_empty()).then(|| histogram.max());
    let all = told.into_iter().chain([("max", max)]);
    all.map(|(name, nanoseconds)| {
        let value = nanoseconds.map(|nanoseconds| nanoseconds as f64 / 1e6);
        (name.to_owned(), json!(value))
    })
    .collect()
}

/// An empty histogram for times in nanoseconds, up to ten days, with three digits.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 1_000_000_000_000_000, 3).expect("these bounds can be")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::Refused => "refused",
            Failure::Unreachable => "unreachable",
            Failure::Timeout => "timeout",
            Failure::Closed => "closed half way",
            Failure::BadResponse => "bad response",
            Failure::Status => "status of 400 or above",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_percentile_is_told_with_fewer_than_twenty_beyond_it() {
        let mut times = histogram();
        for _ in 0..199_999 {
            times.record(5).unwrap();
        }
        assert_eq!(percentile(&times, 0.9999), None);
        assert_eq!(percentile(&times, 0.999), Some(5));
        times.record(5).unwrap();
        assert_eq!(percentile(&times, 0.9999), Some(5));
        assert_eq!(milliseconds(&histogram())["max"], Value::Null);
    }
}
