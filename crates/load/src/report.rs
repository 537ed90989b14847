//! The report of a run: latencies, rates, failures, and whether the generator was the limit.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

use crate::{Arrivals, Failure, Pace, Plan};

/// The percentiles in a report.
pub const PERCENTILES: [(&str, f64); 7] = [
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p99.9", 0.999),
    ("p99.99", 0.9999),
];

/// Smallest number of requests beyond a percentile; with fewer it is not reported.
const MIN_BEYOND: f64 = 20.0;

/// Largest delay of the generator at the highest known percentile, in nanoseconds.
const MAX_LATE: u64 = 1_000_000;

/// Largest delay where p99 is unknown, in nanoseconds.
const MAX_LATE_UNKNOWN: u64 = 10_000_000;

/// Largest share of a core that the generator may use.
const MAX_BUSY: f64 = 0.8;

/// The result of one request.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// Intended start, in nanoseconds since [`Report::began`].
    pub intended: u64,
    /// From the intended start to the end of the answer, in nanoseconds; at least the timeout if it failed.
    pub latency: u64,
    /// The same from the time it was given to a connection; `None` if it never was.
    pub service: Option<u64>,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}

/// The requests whose intended start lies within one interval.
#[derive(Clone, Debug)]
pub struct Interval {
    /// Their latency in nanoseconds.
    pub latency: Histogram<u64>,
    /// Their service time in nanoseconds.
    pub service: Histogram<u64>,
}

/// The times of good answers alone.
#[derive(Clone, Debug)]
pub struct Good {
    /// From a request's intended start to the end of its answer, in nanoseconds.
    pub latency: Histogram<u64>,
    /// The same from the time a request was given to a connection.
    pub service: Histogram<u64>,
}

/// The report of a run without its warm-up; times in nanoseconds.
#[derive(Clone, Debug)]
pub struct Report {
    /// Start of the measurement: the end of the warm-up.
    pub began: Instant,
    /// The same as wall-clock time.
    pub began_at: SystemTime,
    /// Duration of the measurement.
    pub elapsed: Duration,
    /// The plan of the run.
    pub plan: Plan,
    /// Address that accepted the last connection.
    pub address: Option<SocketAddr>,
    /// Requests that ended, failed ones included.
    pub requests: u64,
    /// From a request's intended start to the end of its answer; a failed request counts as at least the timeout.
    pub latency: Histogram<u64>,
    /// The same from the time a request was given to a connection.
    pub service: Histogram<u64>,
    /// Both without failed requests.
    pub good: Good,
    /// How late the generator started requests; empty in a closed loop.
    pub late: Histogram<u64>,
    /// How late the generator read answers after they arrived, on one in eight connections.
    pub read_late: Histogram<u64>,
    /// Share of a core that the generator used.
    pub cpu_share: f64,
    /// Good answers during the measurement.
    pub in_time: u64,
    /// Good answers in each second, those after the end included.
    pub answers: Vec<u64>,
    /// Failed requests in each second, those after the end included.
    pub failures: Vec<u64>,
    /// Failed requests by kind.
    pub errors: BTreeMap<Failure, u64>,
    /// Message of the first failure of each kind.
    pub first_errors: BTreeMap<Failure, String>,
    /// Requests that were sent again on a new connection, because the server had closed the kept one.
    pub reconnected: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests under way when the run was interrupted; they are not counted.
    pub unfinished: u64,
    /// How long the oldest of them had waited.
    pub unfinished_for: Duration,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// Times by intended start, in intervals of [`Report::interval`].
    pub intervals: Vec<Interval>,
    /// Length of an interval.
    pub interval: Duration,
    /// Each request, if the plan asks for records, in the order of their ends.
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

impl Good {
    pub(crate) fn empty() -> Self {
        Good {
            latency: histogram(),
            service: histogram(),
        }
    }

    pub(crate) fn record(&mut self, latency: u64, service: Option<u64>) {
        self.latency.saturating_record(latency);
        if let Some(service) = service {
            self.service.saturating_record(service);
        }
    }
}

impl Report {
    /// Intended requests a second; `None` in a closed loop.
    pub fn intended_rate(&self) -> Option<f64> {
        match self.plan.pace {
            Pace::Open { rate, .. } => Some(rate),
            Pace::Closed => None,
        }
    }

    /// Good answers a second during the measurement.
    pub fn achieved_rate(&self) -> f64 {
        self.in_time as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// Number of failed requests.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Why the generator was the limit instead of the server; such a run is no evidence.
    pub fn limit(&self) -> Option<String> {
        let reasons: Vec<_> = self.faults().into_iter().chain(self.busy()).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// Whether limits of the generator make the run fail. In a closed loop a busy generator is expected.
    pub fn is_limited(&self) -> bool {
        !self.faults().is_empty() || (self.plan.pace != Pace::Closed && self.busy().is_some())
    }

    /// What the generator lacked, and where it was too late.
    fn faults(&self) -> Vec<String> {
        let lacked = self.errors.iter().filter(|(kind, _)| kind.is_own());
        let lacked = lacked.map(|(kind, count)| {
            let why = self.first_errors.get(kind).map_or("", String::as_str);
            format!("{count} of its requests were never sent: {kind} ({why})")
        });
        let late = [
            (&self.late, "in sending requests"),
            (&self.read_late, "in reading answers"),
        ];
        let late = late.into_iter().filter_map(|(times, what)| {
            let (at, late, max) = too_late(times)?;
            let [late, max] = [late, max].map(|time| time as f64 / 1e6);
            Some(format!(
                "it was {late:.1} ms late {what} at {at}, more than {max} ms is too much"
            ))
        });
        lacked.chain(late).collect()
    }

    fn busy(&self) -> Option<String> {
        let share = self.cpu_share;
        (share > MAX_BUSY)
            .then(|| format!("it used {share:.2} of a core, more than {MAX_BUSY} is too much"))
    }

    /// The report as one JSON object: times in milliseconds, an unknown percentile is null.
    pub fn json(&self) -> Value {
        let plan = &self.plan;
        let (arrivals, seed) = match plan.pace {
            Pace::Closed => ("closed", None),
            Pace::Open { arrivals, .. } => match arrivals {
                Arrivals::Constant => ("constant", None),
                Arrivals::Poisson { seed } => ("poisson", Some(seed)),
            },
        };
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "method": plan.request.method,
            "url": plan.request.url,
            "address": self.address,
            "arrivals": arrivals,
            "seed": seed,
            "warmup_s": plan.warmup.as_secs_f64(),
            "intended_rate": self.intended_rate(),
            "achieved_rate": self.achieved_rate(),
            "duration_s": self.elapsed.as_secs_f64(),
            "connections": plan.connections,
            "timeout_ms": plan.timeout.as_secs_f64() * 1e3,
            "requests": self.requests,
            "failed": self.failed(),
            "reconnected": self.reconnected,
            "errors": self.errors,
            "first_errors": self.first_errors,
            "statuses": self.statuses,
            "unfinished": self.unfinished,
            "unfinished_for_ms": self.unfinished_for.as_secs_f64() * 1e3,
            "interrupted": self.interrupted,
            "latency_ms": milliseconds(&self.latency),
            "service_ms": milliseconds(&self.service),
            "good_latency_ms": milliseconds(&self.good.latency),
            "good_service_ms": milliseconds(&self.good.service),
            "per_second": {
                "answers": self.answers,
                "errors": self.failures,
            },
            "generator": {
                "late_ms": milliseconds(&self.late),
                "read_late_ms": milliseconds(&self.read_late),
                "cpu_share": self.cpu_share,
                "limited": self.limit(),
            },
        })
    }
}

/// The percentile at which the generator was too late, its delay there, and the largest allowed delay.
fn too_late(times: &Histogram<u64>) -> Option<(&'static str, u64, u64)> {
    let levels = [("p99", 0.99), ("p90", 0.9), ("p50", 0.5)];
    let known = levels
        .iter()
        .find_map(|(name, at)| Some((*name, percentile(times, *at)?, MAX_LATE)));
    // Even of few requests: a stall of the generator is not latency of the server.
    let count = times.len();
    let stalled = (count > 0).then(|| ("p99", at_rank(times, rank(count, 0.99)), MAX_LATE_UNKNOWN));
    let both = known.into_iter().chain(stalled);
    both.into_iter().find(|(_, late, max)| late > max)
}

/// A percentile; `None` if fewer than 20 requests lie beyond it.
pub fn percentile(histogram: &Histogram<u64>, quantile: f64) -> Option<u64> {
    let beyond = histogram.len() as f64 * (1.0 - quantile);
    let rank = rank(histogram.len(), quantile);
    (beyond > MIN_BEYOND - 1e-6).then(|| at_rank(histogram, rank))
}

/// The rank of a quantile among `count` sorted times, from 1. Quantiles are taken in millionths, because 0.95 of 40 is
/// exactly 38.
pub(crate) fn rank(count: u64, quantile: f64) -> u64 {
    let millionths = (quantile * 1e6).round() as u128;
    (u128::from(count) * millionths).div_ceil(1_000_000).max(1) as u64
}

/// The time of this rank.
pub(crate) fn at_rank(histogram: &Histogram<u64>, rank: u64) -> u64 {
    // The middle between two ranks, so that rounding cannot change the rank.
    let quantile = (rank as f64 - 0.5) / histogram.len() as f64;
    histogram.value_at_quantile(quantile)
}

/// The mean, the percentiles and the maximum of times in nanoseconds, as milliseconds.
pub fn milliseconds(histogram: &Histogram<u64>) -> Map<String, Value> {
    let is_any = !histogram.is_empty();
    let levels = PERCENTILES.map(|(name, quantile)| (name, percentile(histogram, quantile)));
    let levels = levels.map(|(name, time)| (name, time.map(|time| time as f64)));
    let mean = ("mean", is_any.then(|| histogram.mean()));
    let max = ("max", is_any.then(|| histogram.max() as f64));
    let all = [mean].into_iter().chain(levels).chain([max]);
    all.map(|(name, nanoseconds)| (name.to_owned(), json!(nanoseconds.map(|time| time / 1e6))))
        .collect()
}

/// An empty histogram for times in nanoseconds, up to ten days, with three digits.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 1_000_000_000_000_000, 3).expect("these bounds can be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_needs_twenty_requests_beyond_it() {
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

    #[test]
    fn a_late_generator_is_noticed_with_any_number_of_requests() {
        let times = |count: u64, late: u64, by: u64| {
            let mut times = histogram();
            times.record_n(100_000, count - late).unwrap();
            times.record_n(by * 1_000_000, late).unwrap();
            too_late(&times).map(|(at, ..)| at)
        };
        for (count, late, by, at) in [
            (1, 1, 11, Some("p99")),
            (1, 1, 9, None),
            (30, 1, 300, Some("p99")),
            (30, 29, 5, None),
            (100, 30, 300, Some("p99")),
            (100, 60, 2, Some("p50")),
            (300, 60, 2, Some("p90")),
            (300, 3, 11, None),
            (300, 4, 11, Some("p99")),
            (3000, 60, 2, Some("p99")),
            (3000, 30, 300, None),
        ] {
            assert_eq!(times(count, late, by), at, "{late} of {count} by {by} ms");
        }
        assert_eq!(too_late(&histogram()), None);
    }

    #[test]
    fn a_quantile_has_the_same_rank_despite_rounding() {
        for (count, quantile, expected) in [
            (40, 0.95, 38),
            (700, 0.99, 693),
            (1000, 0.999, 999),
            (30_000, 0.9999, 29_997),
            (7, 0.5, 4),
            (1, 0.5, 1),
            (3, 0.9999, 3),
        ] {
            assert_eq!(rank(count, quantile), expected, "{quantile} of {count}");
            let mut times = histogram();
            for time in 1..=count.min(2000) {
                times.record(time).unwrap();
            }
            if count <= 2000 {
                assert_eq!(at_rank(&times, expected), expected);
            }
        }
    }
}
