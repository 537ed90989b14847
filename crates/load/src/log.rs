//! Histograms in files: interval logs, which can be merged without loss, and distributions to plot.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use hdrhistogram::{
    Histogram,
    serialization::{
        Deserializer, V2DeflateSerializer,
        interval_log::{IntervalLogIterator, IntervalLogWriterBuilder, LogEntry, Tag},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Failure, Report, report::milliseconds};

/// What marks the line with the counts, a comment to other readers.
const COUNTS: &str = "#[Load: ";

/// The tag of service times; latencies have none.
const SERVICE: &str = "service";

/// An interval log: what one run has shown, or several together.
#[derive(Clone, Debug)]
pub struct Log {
    entries: Vec<Entry>,
    counts: Counts,
}

/// The times of one stretch of time.
#[derive(Clone, Debug)]
struct Entry {
    tag: Option<String>,
    /// Since 1970.
    start: Duration,
    length: Duration,
    times: Histogram<u64>,
}

/// What is counted and not timed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Counts {
    /// Good answers that came while it was measured.
    answers: u64,
    errors: BTreeMap<Failure, u64>,
}

impl Log {
    /// What a run has shown.
    pub fn of(report: &Report) -> Self {
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
        Log {
            entries,
            counts: Counts {
                answers: report.answers.iter().sum(),
                errors: report.errors.clone(),
            },
        }
    }

    /// Reads a log, ours or another's with times in nanoseconds.
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
            match entry.map_err(|_| anyhow!("it is not an interval log"))? {
                LogEntry::StartTime(time) | LogEntry::BaseTime(time) => base = time,
                LogEntry::Interval(interval) => log.entries.push(Entry {
                    tag: interval.tag().map(|tag| tag.as_str().to_owned()),
                    start: base + interval.start_timestamp(),
                    length: interval.duration(),
                    times: decode(interval.encoded_histogram())?,
                }),
            }
        }
        ensure!(!log.entries.is_empty(), "it holds no histogram");
        Ok(log)
    }

    /// All logs as one, in the order of time.
    pub fn merge(logs: Vec<Self>) -> Result<Self> {
        let mut merged = Log {
            entries: Vec::new(),
            counts: Counts::default(),
        };
        for log in logs {
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
            "the logs keep different numbers of digits: together some would be lost"
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

    /// How many requests failed, by kind.
    pub fn errors(&self) -> &BTreeMap<Failure, u64> {
        &self.counts.errors
    }

    /// The good answers a second, from the first start to the last end.
    pub fn achieved_rate(&self) -> f64 {
        let ends = self.entries.iter().map(|entry| entry.start + entry.length);
        let length = ends.max().unwrap_or_default().saturating_sub(self.began());
        self.counts.answers as f64 / length.as_secs_f64().max(1e-9)
    }

    /// The same object as that of a run, as far as a log tells it.
    pub fn json(&self) -> Value {
        let latency = self.latency();
        json!({
            "achieved_rate": self.achieved_rate(),
            "requests": latency.len(),
            "failed": self.counts.errors.values().sum::<u64>(),
            "errors": self.counts.errors,
            "latency_ms": milliseconds(&latency),
            "service_ms": milliseconds(&self.service()),
        })
    }

    fn began(&self) -> Duration {
        let starts = self.entries.iter().map(|entry| entry.start);
        starts.min().unwrap_or_default()
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

/// Writes a distribution of times in nanoseconds as `HdrHistogram`'s plotter reads it, in milliseconds.
pub fn write_distribution(times: &Histogram<u64>, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:>12} {:>14} {:>10} {:>14}\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    )?;
    let mut count = 0;
    for step in times.iter_quantiles(5) {
        count += step.count_since_last_iteration();
        let value = step.value_iterated_to() as f64 / 1e6;
        let quantile = step.quantile_iterated_to();
        write!(out, "{value:12.3} {quantile:2.12} {count:10}")?;
        if quantile < 1.0 {
            write!(out, " {:14.2}", 1.0 / (1.0 - quantile))?;
        }
        writeln!(out)?;
    }
    let (mean, deviation) = (times.mean() / 1e6, times.stdev() / 1e6);
    let max = if times.is_empty() {
        0.0
    } else {
        times.max() as f64 / 1e6
    };
    writeln!(
        out,
        "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]"
    )?;
    writeln!(
        out,
        "#[Max     = {max:12.3}, Total count    = {:12}]",
        times.len()
    )?;
    // How its cells are numbered: a power of two that holds all its digits.
    let cells = (2 * 10_u64.pow(u32::from(times.sigfig()))).next_power_of_two();
    writeln!(
        out,
        "#[Buckets = {:12}, SubBuckets     = {cells:12}]",
        times.buckets()
    )
}
