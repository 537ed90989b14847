//! The figures of a run under load, by their names in formulas.

use std::time::Duration;

use load::{Record, Report};
use serde_json::{Map, Value, json};

use super::capacity_rule::Capacity;
use lab_results::{
    result::{Caution, Reject, Run},
    stats::percentile,
};
use lab_workspace::process_statistics::Curve;

/// Requests that start this many nanoseconds apart belong to two episodes.
const MIN_GAP: u64 = 10_000_000;

/// What a server answers, in both languages.
pub const ANSWER: &str = "OK";

/// A run's figures, and what speaks against it.
#[derive(Debug)]
pub struct Driven {
    /// Its figures.
    pub run: Run,
    /// Resident memory while it stood under load.
    pub memory: Curve,
    /// Why it does not count, if it does not.
    pub rejected: Option<Reject>,
    /// Doubts about it.
    pub cautions: Vec<Caution>,
    /// The share of time that was lost to the host.
    pub steal: f64,
}

/// The figures of a run, by their names in formulas. For the table that all cases share, `wall_ns` is the time
/// of a request at full capacity and `cpu_ns` the server's CPU time for one request under load.
pub fn from_report(
    report: &Report,
    before: Capacity,
    after: Option<Capacity>,
    memory: &[[u64; 2]],
    cpu: Duration,
    runtime: Map<String, Value>,
) -> Run {
    let capacity = after.map_or(before.rate, |after| f64::midpoint(before.rate, after.rate));
    let intended = report.intended_rate().unwrap_or_default();
    let achieved = report.achieved_rate();
    let all = json!({
        "latency_ns": pairs(&report.latency),
        "service_ns": pairs(&report.service),
        "late_ns": pairs(&report.late),
        "read_late_ns": pairs(&report.read_late),
        "wall_ns": 1e9 / capacity,
        "cpu_ns": cpu.as_nanos() as f64 / report.requests.max(1) as f64,
        "episodes_p99": episodes(&report.records, 0.99),
        "episodes_p999": episodes(&report.records, 0.999),
        "requests": report.requests,
        "errors": report.failed(),
        "intended_rate": intended,
        "achieved_rate": achieved,
        "achieved_share": achieved / intended,
        "capacity_rate": before.rate,
        "capacity_after_rate": after.map(|after| after.rate),
        "capacity_share": intended / capacity,
        "capacity_generator_share": after.map_or(before.busy, |after| after.busy.max(before.busy)),
        "generator_cpu_share": report.cpu_share,
    });
    let Value::Object(mut sample) = all else {
        unreachable!("an object was written just above");
    };
    sample.retain(|_, figure| !figure.is_null());
    sample.extend(resident(memory, "resident"));
    Run {
        answer: ANSWER.to_owned(),
        samples: vec![sample],
        runtime,
        ..Run::default()
    }
}

/// The number of episodes in which requests beyond a percentile were meant to start: a single stall makes many
/// of them slow.
fn episodes(records: &[Record], share: f64) -> usize {
    let mut times: Vec<u64> = records.iter().map(|record| record.latency).collect();
    times.sort_unstable();
    let limit = percentile(&times, share).unwrap_or(u64::MAX);
    let beyond = records.iter().filter(|record| record.latency > limit);
    let mut starts: Vec<u64> = beyond.map(|record| record.intended).collect();
    starts.sort_unstable();
    let gaps = starts.windows(2).filter(|two| two[1] - two[0] >= MIN_GAP);
    gaps.count() + usize::from(!starts.is_empty())
}

/// A histogram as pairs of nanoseconds and count. Times are rounded up by less than 1 %: finer ones would make a
/// result of a hundred blocks too large to read.
pub fn pairs(histogram: &hdrhistogram::Histogram<u64>) -> Vec<[u64; 2]> {
    let mut pairs: Vec<[u64; 2]> = Vec::new();
    for step in histogram.iter_recorded() {
        let (time, count) = (rounded(step.value_iterated_to()), step.count_at_value());
        match pairs.last_mut() {
            Some(last) if last[0] == time => last[1] += count,
            _ => pairs.push([time, count]),
        }
    }
    pairs
}

/// The largest number with the same eight leading bits.
fn rounded(time: u64) -> u64 {
    let bits = u64::BITS - time.leading_zeros();
    time | ((1 << bits.saturating_sub(8)) - 1)
}

/// A figure of the server's own; 0 if there is none.
pub fn figure(stats: &Map<String, Value>, name: &str) -> u64 {
    stats.get(name).and_then(Value::as_u64).unwrap_or(0)
}

/// The server's own figures: counters by how much they grew, the others as they are now.
pub fn grown(before: &Map<String, Value>, mut now: Map<String, Value>) -> Map<String, Value> {
    for name in [
        "requests",
        "collections",
        "paused_nanoseconds",
        "allocated_bytes",
        "freed_bytes",
        "gc_cpu_ns",
        "gc_idle_cpu_ns",
        "total_cpu_ns",
    ] {
        if let Some(grown) = now.get(name).and_then(Value::as_u64) {
            let grown = grown.saturating_sub(figure(before, name));
            now.insert(name.to_owned(), grown.into());
        }
    }
    for name in ["probe_late_us", "drop_ns"] {
        if let Some(tally) = now.get_mut(name) {
            *tally = added(before.get(name), tally);
        }
    }
    // Tallies of the whole life, the capacity's too: nothing of the load alone.
    now.remove("pauses_ns");
    now.remove("collection_ends");
    now.retain(|_, figure| !figure.is_null());
    now
}

/// The part of a tally, pairs of amount and count, that an earlier one lacks.
fn added(before: Option<&Value>, now: &Value) -> Value {
    let count = |tally: &Value, amount: u64| {
        let mut pairs = tally.as_array().into_iter().flatten();
        pairs.find_map(|pair| (pair[0] == amount).then(|| pair[1].as_u64())?)
    };
    let Some(pairs) = now.as_array() else {
        return now.clone();
    };
    let added = pairs.iter().filter_map(|pair| {
        let (amount, all) = (pair[0].as_u64()?, pair[1].as_u64()?);
        let had = before.and_then(|before| count(before, amount)).unwrap_or(0);
        (all > had).then(|| json!([amount, all - had]))
    });
    added.collect()
}

/// The 5th, 50th and 95th percentiles of resident memory.
pub fn resident(memory: &[[u64; 2]], name: &str) -> Map<String, Value> {
    let mut resident: Vec<u64> = memory.iter().map(|point| point[1] * 1024).collect();
    resident.sort_unstable();
    let at = |percent: u32| {
        let bytes = percentile(&resident, f64::from(percent) / 100.0)?;
        Some((format!("{name}_p{percent}_bytes"), bytes.into()))
    };
    [5, 50, 95].into_iter().filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn only_what_the_load_added_counts() {
        let before = object(&json!({"collections": 7, "live_bytes": 100, "gc_cpu_ns": null}));
        let now = object(&json!({"collections": 9, "live_bytes": 90, "gc_cpu_ns": null}));
        let growth = grown(&before, now);
        assert_eq!(growth, object(&json!({"collections": 2, "live_bytes": 90})));
    }

    #[test]
    fn of_a_tally_only_what_came_since_counts() {
        let before = object(&json!({"drop_ns": [[64, 10], [128, 3]], "probe_late_us": null}));
        let now = object(&json!({"drop_ns": [[32, 1], [64, 10], [128, 5]], "probe_late_us": null}));
        let growth = grown(&before, now);
        assert_eq!(growth, object(&json!({"drop_ns": [[32, 1], [128, 2]]})));
    }

    #[test]
    fn requests_that_one_stall_made_slow_are_one_episode() {
        let record = |ms: u64, slow: bool| Record {
            intended: ms * 1_000_000,
            latency: if slow { 50 } else { 1 },
            service: None,
            failure: None,
        };
        let of = |slow: &[u64]| {
            let records: Vec<Record> = (0..2000).map(|ms| record(ms, slow.contains(&ms))).collect();
            episodes(&records, 0.99)
        };
        let stall: Vec<u64> = (100..120).collect();
        assert_eq!(of(&stall), 1);
        let spread: Vec<u64> = (1..21).map(|n| n * 90).collect();
        assert_eq!(of(&spread), 20);
        assert_eq!(episodes(&[], 0.99), 0);
    }

    #[test]
    fn times_are_kept_to_less_than_a_percent() {
        let mut times = hdrhistogram::Histogram::new(3).unwrap();
        for time in [255, 1_000_000, 1_000_100, 123_456_789] {
            times.record(time).unwrap();
        }
        let pairs = pairs(&times);
        assert_eq!(
            pairs.iter().map(|pair| pair[1]).collect::<Vec<_>>(),
            [1, 2, 1]
        );
        for ([kept, _], time) in pairs.into_iter().zip([255.0, 1e6, 123_456_789.0]) {
            assert!(
                (time..time * 1.01).contains(&(kept as f64)),
                "{kept} for {time}"
            );
        }
    }
}
