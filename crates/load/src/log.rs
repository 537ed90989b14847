//! Histograms in files: interval logs, which can be merged without loss, and distributions to plot.

mod distribution;

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
pub use distribution::write_distribution;
use hdrhistogram::{
    Histogram,
    serialization::{
        Deserializer, V2DeflateSerializer,
        interval_log::{IntervalLogIterator, IntervalLogWriterBuilder, LogEntry, Tag},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Failure, Good, Report, report::milliseconds};

/// Start of the line with the counts, which is a comment for other readers.
const COUNTS: &str = "#[Load: ";

/// Tag of service times; latencies have none.
const SERVICE: &str = "service";

/// Tags of both times without failed requests, for a whole run.
const GOOD: [&str; 2] = ["good", "good-service"];

/// Starts are written in milliseconds: two starts within this duration can be the same.
const MAX_ROUNDING: Duration = Duration::from_millis(2);

/// An interval log of one run or of several.
#[derive(Clone, Debug)]
pub struct Log {
    entries: Vec<Entry>,
    counts: Counts,
}

/// The times of one interval.
#[derive(Clone, Debug)]
struct Entry {
    tag: Option<String>,
    /// Since 1970.
    start: Duration,
    length: Duration,
    times: Histogram<u64>,
}

/// Counts without times.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Counts {
    /// Good answers during the measurement.
    answers: u64,
    errors: BTreeMap<Failure, u64>,
    #[serde(default)]
    reconnected: u64,
}

impl Log {
    /// The log of a run.
    pub fn from_report(report: &Report) -> Self {
        let began = report.began_at.duration_since(UNIX_EPOCH);
        let began = began.unwrap_or_default();
        let mut entries = Vec::new();
        for (number, interval) in report.intervals.iter().enumerate() {
            let offset = report.interval * number as u32;
            let entry = |tag: Option<&str>, times: &Histogram<u64>| Entry {
                tag: tag.map(str::to_owned),
                start: began + offset,
                length: report.interval.min(report.elapsed.saturating_sub(offset)),
                times: times.clone(),
            };
            entries.push(entry(None, &interval.latency));
            entries.push(entry(Some(SERVICE), &interval.service));
        }
        let good = [&report.good.latency, &report.good.service];
        entries.extend(GOOD.iter().zip(good).map(|(tag, times)| Entry {
            tag: Some((*tag).to_owned()),
            start: began,
            length: report.elapsed,
            times: times.clone(),
        }));
        Log {
            entries,
            counts: Counts {
                answers: report.in_time,
                errors: report.errors.clone(),
                reconnected: report.reconnected,
            },
        }
    }

    /// Reads a log of this command, or another with times in nanoseconds.
    pub fn read(text: &str) -> Result<Self> {
        let mut log = Log {
            entries: Vec::new(),
            counts: Counts::default(),
        };
        for line in text.lines().filter_map(|line| line.strip_prefix(COUNTS)) {
            let counts = line.trim_end().trim_end_matches(']');
            let counts =
                serde_json::from_str(counts).context("the line with the counts is damaged")?;
            log.counts.add(&counts);
        }
        let mut base = Duration::ZERO;
        for entry in IntervalLogIterator::new(text.as_bytes()) {
            // The reader's own error tells no line.
            match entry.map_err(|_| anyhow!("this is not an interval log"))? {
                LogEntry::StartTime(time) | LogEntry::BaseTime(time) => base = time,
                LogEntry::Interval(interval) => log.entries.push(Entry {
                    tag: interval.tag().map(|tag| tag.as_str().to_owned()),
                    start: base + interval.start_timestamp(),
                    length: interval.duration(),
                    times: decode(interval.encoded_histogram())?,
                }),
            }
        }
        ensure!(!log.entries.is_empty(), "the log holds no histogram");
        Ok(log)
    }

    /// Merges named logs into one, in the order of time.
    pub fn merge(logs: Vec<(String, Self)>) -> Result<Self> {
        for (place, (name, log)) in logs.iter().enumerate() {
            for (earlier, other) in &logs[..place] {
                ensure!(
                    !log.shares_with(other),
                    "{earlier} and {name} hold the same requests: a log is added once"
                );
            }
        }
        let mut merged = Log {
            entries: Vec::new(),
            counts: Counts::default(),
        };
        for (_, log) in logs {
            merged.counts.add(&log.counts);
            merged.entries.extend(log.entries);
        }
        let digits = |entry: &Entry| (entry.times.sigfig(), entry.times.low());
        let alike = merged
            .entries
            .windows(2)
            .all(|two| digits(&two[0]) == digits(&two[1]));
        ensure!(
            alike,
            "the logs have different numbers of digits: merging them would lose some"
        );
        merged.entries.sort_by_key(|entry| entry.start);
        Ok(merged)
    }

    /// Writes the log as `HdrHistogram`'s tools read it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let began = self.began();
        let mut serializer = V2DeflateSerializer::new();
        let counts = json!(self.counts);
        let mut log = IntervalLogWriterBuilder::new()
            .add_comment("[Latencies from the intended start, and service times, in nanoseconds]")
            .add_comment(&format!("[Load: {counts}]"))
            .with_start_time(UNIX_EPOCH + began)
            .with_max_value_divisor(1e6)
            .begin_log_with(out, &mut serializer)?;
        for entry in &self.entries {
            let tag = entry.tag.as_deref().and_then(Tag::new);
            log.write_histogram(
                &entry.times,
                entry.start.saturating_sub(began),
                entry.length,
                tag,
            )
            .map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// All latencies in nanoseconds.
    pub fn latency(&self) -> Histogram<u64> {
        self.all(None)
    }

    /// All service times in nanoseconds.
    pub fn service(&self) -> Histogram<u64> {
        self.all(Some(SERVICE))
    }

    /// Failed requests by kind.
    pub fn errors(&self) -> &BTreeMap<Failure, u64> {
        &self.counts.errors
    }

    /// Requests that were sent again on a new connection.
    pub fn reconnected(&self) -> u64 {
        self.counts.reconnected
    }

    /// Latency and service time of good answers; empty if the log has them only together with failures.
    pub fn good(&self) -> Good {
        if self.counts.errors.is_empty() {
            return Good {
                latency: self.latency(),
                service: self.service(),
            };
        }
        let [latency, service] = GOOD.map(|tag| self.all(Some(tag)));
        Good { latency, service }
    }

    /// Measured time: overlapping runs count once, and time between runs does not count.
    pub fn elapsed(&self) -> Duration {
        let mut elapsed = Duration::ZERO;
        let mut end = Duration::ZERO;
        let mut entries: Vec<_> = self.latencies().collect();
        entries.sort_by_key(|entry| entry.start);
        for entry in entries {
            let until = entry.start + entry.length;
            elapsed += until.saturating_sub(entry.start.max(end));
            end = end.max(until);
        }
        elapsed
    }

    /// Good answers a second of measured time.
    pub fn achieved_rate(&self) -> f64 {
        self.counts.answers as f64 / self.elapsed().as_secs_f64().max(1e-9)
    }

    /// The JSON object of a run, with the fields that a log has.
    pub fn json(&self) -> Value {
        let (latency, good) = (self.latency(), self.good());
        json!({
            "achieved_rate": self.achieved_rate(),
            "duration_s": self.elapsed().as_secs_f64(),
            "requests": latency.len(),
            "failed": self.counts.errors.values().sum::<u64>(),
            "reconnected": self.counts.reconnected,
            "errors": self.counts.errors,
            "latency_ms": milliseconds(&latency),
            "service_ms": milliseconds(&self.service()),
            "good_latency_ms": milliseconds(&good.latency),
            "good_service_ms": milliseconds(&good.service),
        })
    }

    fn began(&self) -> Duration {
        let starts = self.entries.iter().map(|entry| entry.start);
        starts.min().unwrap_or_default()
    }

    /// The entries that hold latencies.
    fn latencies(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.tag.is_none())
    }

    /// Whether some requests are in both logs.
    fn shares_with(&self, other: &Self) -> bool {
        let filled = || self.latencies().filter(|entry| !entry.times.is_empty());
        other.latencies().any(|theirs| {
            filled().any(|ours| {
                ours.start.abs_diff(theirs.start) < MAX_ROUNDING && ours.times == theirs.times
            })
        })
    }

    fn all(&self, tag: Option<&str>) -> Histogram<u64> {
        let mut found = self
            .entries
            .iter()
            .filter(|entry| entry.tag.as_deref() == tag);
        let Some(first) = found.next() else {
            return crate::report::histogram();
        };
        let mut all = first.times.clone();
        all.auto(true);
        for entry in found {
            all += &entry.times;
        }
        all
    }
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.reconnected += other.reconnected;
        for (failure, count) in &other.errors {
            *self.errors.entry(*failure).or_default() += count;
        }
    }
}

fn decode(text: &str) -> Result<Histogram<u64>> {
    let bytes = STANDARD.decode(text).context("a histogram is damaged")?;
    let histogram = Deserializer::new().deserialize(&mut &bytes[..]);
    histogram.map_err(|error| anyhow!("a histogram is damaged: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::histogram;

    fn log(start: u64, length: u64, times: &[u64]) -> Log {
        let mut held = histogram();
        for time in times {
            held.record(*time).unwrap();
        }
        Log {
            entries: vec![Entry {
                tag: None,
                start: Duration::from_secs(start),
                length: Duration::from_secs(length),
                times: held,
            }],
            counts: Counts {
                answers: times.len() as u64,
                ..Counts::default()
            },
        }
    }

    fn merged(logs: &[Log]) -> Result<Log> {
        let named = logs.iter().enumerate();
        Log::merge(
            named
                .map(|(n, log)| (format!("log {n}"), log.clone()))
                .collect(),
        )
    }

    #[test]
    fn times_of_successive_runs_add_up_and_overlapping_time_counts_once() {
        let times: Vec<u64> = (1..=100).collect();
        for (starts, seconds) in [
            ([10, 5000], 20),
            ([5000, 10], 20),
            ([10, 10], 10),
            ([10, 15], 15),
            ([10, 20], 20),
        ] {
            let [one, other] = starts;
            let both = [log(one, 10, &times), log(other, 10, &times[1..])];
            let merged = merged(&both).unwrap();
            assert_eq!(merged.elapsed().as_secs(), seconds, "{starts:?}");
            let rate = 199.0 / seconds as f64;
            assert!((merged.achieved_rate() - rate).abs() < 1e-9, "{starts:?}");
        }
    }

    #[test]
    fn the_same_requests_are_not_added_twice() {
        let (one, other) = (log(10, 10, &[5, 6]), log(30, 10, &[5, 6]));
        let both = merged(&[one.clone(), other.clone()]).unwrap();
        for logs in [
            vec![one.clone(), one.clone()],
            vec![both.clone(), other],
            vec![one, both],
        ] {
            let why = merged(&logs).unwrap_err().to_string();
            assert!(why.contains("log 0 and log 1 hold the same"), "{why}");
        }
    }
}
