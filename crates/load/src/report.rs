//! What a run has shown.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant, SystemTime},
};

use hdrhistogram::Histogram;
use serde_json::{Map, Value, json};

use crate::{Arrivals, Failure, Pace, Plan};

/// The percentiles that are told.
pub const PERCENTILES: [(&str, f64); 7] = [
    ("p50", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("p95", 0.95),
    ("p99", 0.99),
    ("p99.9", 0.999),
    ("p99.99", 0.9999),
];

/// A percentile is told only if at least so many requests lie beyond it.
const BEYOND: f64 = 20.0;

/// A generator that is later than this at a percentile that can be told measures itself, in nanoseconds.
const LATE: u64 = 1_000_000;

/// Where p99 cannot be told, it may be late by so much there.
const STALLED: u64 = 10_000_000;

/// A generator that is busier than this measures itself.
const BUSY: f64 = 0.8;

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

/// The times of good answers alone.
#[derive(Clone, Debug)]
pub struct Good {
    /// From a request's intended start to the end of its answer, in nanoseconds.
    pub latency: Histogram<u64>,
    /// The same from the time a request was given to a connection.
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
    /// What was to be done.
    pub plan: Plan,
    /// The address that took the last connection, if any did.
    pub address: Option<SocketAddr>,
    /// How many requests ended, well or not.
    pub requests: u64,
    /// From a request's intended start to the end of its answer; one that failed counts as the timeout at
    /// least.
    pub latency: Histogram<u64>,
    /// The same from the time a request was given to a connection.
    pub service: Histogram<u64>,
    /// Both without the requests that failed.
    pub good: Good,
    /// How late the generator took up its requests; nothing in a closed loop.
    pub late: Histogram<u64>,
    /// How late the generator read answers that had arrived, on one of eight connections.
    pub read_late: Histogram<u64>,
    /// The share of a core that the generator used for its work.
    pub cpu_share: f64,
    /// How many good answers came while it was measured.
    pub in_time: u64,
    /// How many good answers came in each second, those behind the end too.
    pub answers: Vec<u64>,
    /// How many requests failed in each second, those behind the end too.
    pub failures: Vec<u64>,
    /// How many requests failed, by kind.
    pub errors: BTreeMap<Failure, u64>,
    /// What was said of the first failure of each kind.
    pub first_errors: BTreeMap<Failure, String>,
    /// How many requests were sent again on a new connection, because the server had closed the one that
    /// was kept.
    pub reconnected: u64,
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
    /// The requests a second that were meant to start; none in a closed loop.
    pub fn intended_rate(&self) -> Option<f64> {
        match self.plan.pace {
            Pace::Open { rate, .. } => Some(rate),
            Pace::Closed => None,
        }
    }

    /// The good answers a second that came while it was measured.
    pub fn achieved_rate(&self) -> f64 {
        self.in_time as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// How many requests failed.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Why the generator, and not the server, decides what is seen; then it is no evidence.
    pub fn limit(&self) -> Option<String> {
        let reasons: Vec<_> = self.faults().into_iter().chain(self.busy()).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// Whether the run failed by the generator's limits. A closed loop asks as fast as it can: there a busy
    /// generator is a fact, and no failure.
    pub fn is_limited(&self) -> bool {
        !self.faults().is_empty() || (self.plan.pace != Pace::Closed && self.busy().is_some())
    }

    /// What the generator lacked, and how late it was.
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
            let (at, late, most) = too_late(times)?;
            let [late, most] = [late, most].map(|time| time as f64 / 1e6);
            Some(format!(
                "it was {late:.1} ms late {what} at {at}, more than {most} ms is too much"
            ))
        });
        lacked.chain(late).collect()
    }

    fn busy(&self) -> Option<String> {
        let share = self.cpu_share;
        (share > BUSY)
            .then(|| format!("it used {share:.2} of a core, more than {BUSY} is too much"))
    }

    /// The report as one JSON object: times in milliseconds, a percentile that cannot be told is null.
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

/// At which percentile a generator was too late, by how much, and how much it may be.
fn too_late(times: &Histogram<u64>) -> Option<(&'static str, u64, u64)> {
    let told = [("p99", 0.99), ("p90", 0.9), ("p50", 0.5)];
    let told = told
        .iter()
        .find_map(|(name, at)| Some((*name, percentile(times, *at)?, LATE)));
    // Of however few: a stall is one, and what it delays is no latency of the server.
    let count = times.len();
    let stalled = (count > 0).then(|| ("p99", at_rank(times, rank(count, 0.99)), STALLED));
    let both = told.into_iter().chain(stalled);
    both.into_iter().find(|(_, late, most)| late > most)
}

/// A percentile, or none if fewer than 20 requests lie beyond it.
pub fn percentile(histogram: &Histogram<u64>, quantile: f64) -> Option<u64> {
    let beyond = histogram.len() as f64 * (1.0 - quantile);
    let rank = rank(histogram.len(), quantile);
    (beyond > BEYOND - 1e-6).then(|| at_rank(histogram, rank))
}

/// Which of so many times in their order is at this quantile, from 1: the first that so large a share does
/// not exceed. Quantiles are taken in millionths, because 0.95 of 40 is 38 and not a little more.
pub(crate) fn rank(count: u64, quantile: f64) -> u64 {
    let millionths = (quantile * 1e6).round() as u128;
    (u128::from(count) * millionths).div_ceil(1_000_000).max(1) as u64
}

/// The time of this rank.
pub(crate) fn at_rank(histogram: &Histogram<u64>, rank: u64) -> u64 {
    // The middle between two ranks: rounding makes no other of it.
    let quantile = (rank as f64 - 0.5) / histogram.len() as f64;
    histogram.value_at_quantile(quantile)
}

/// The mean, the percentiles and the maximum of times in nanoseconds, as milliseconds.
pub fn milliseconds(histogram: &Histogram<u64>) -> Map<String, Value> {
    let is_any = !histogram.is_empty();
    let told = PERCENTILES.map(|(name, quantile)| (name, percentile(histogram, quantile)));
    let told = told.map(|(name, time)| (name, time.map(|time| time as f64)));
    let mean = ("mean", is_any.then(|| histogram.mean()));
    let max = ("max", is_any.then(|| histogram.max() as f64));
    let all = [mean].into_iter().chain(told).chain([max]);
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

    #[test]
    fn a_late_generator_is_told_with_any_number_of_requests() {
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
    fn a_quantile_is_the_same_rank_however_it_is_rounded() {
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
