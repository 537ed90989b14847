//! Attribution: whether slow requests coincide with collections, or with memory that the server takes up.
//!
//! A slow request overlaps more of everything than a fast one. So its intended start counts, compared with chance:
//! the same share after the collections were shifted along the run by a random time, a thousand times.

use std::time::{Instant, UNIX_EPOCH};

use load::{Record, Report};
use serde_json::{Map, Value, json};

use super::server_probes::{Probed, Reading};

/// One request in this many is slow.
const ONE_OF: usize = 100;

/// Time after a collection that still belongs to it, in nanoseconds: requests may wait for what it held up.
const AFTER: u64 = 10_000_000;

/// Page faults between two readings from which on the server takes up memory.
const MIN_FAULTS: u64 = 64;

/// Number of random shifts.
const SHIFTS: usize = 1000;

/// Largest share of the run that spans may cover; beyond it they decide nothing.
const MAX_COVERED: f64 = 0.5;

/// Half of the millisecond to which a trace rounds its times.
const HALF_TICK: u64 = 500_000;

/// A span of time: begin and end in nanoseconds.
type Span = [u64; 2];

/// The share of slow requests that were meant to start within spans of time.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Overlap {
    /// The measured share.
    seen: f64,
    /// The share after random shifts: median, and the ends of the middle 95 %.
    shifted: [f64; 3],
}

/// The server's collections, in nanoseconds since 1970.
///
/// A line of `gctrace` says how long a collection took and, in milliseconds, when it began after the program;
/// `/stats` says exactly when the last ones ended, and so when the program began.
pub fn collections(trace: &str, stats: &Map<String, Value>) -> Vec<Span> {
    let traced: Vec<Collection> = trace.lines().filter_map(Collection::parse).collect();
    let pairs = stats.get("collection_ends").and_then(Value::as_array);
    let pairs = pairs.into_iter().flatten();
    let ends: Vec<[u64; 2]> = pairs
        .filter_map(|pair| Some([pair.get(0)?.as_u64()?, pair.get(1)?.as_u64()?]))
        .collect();
    let end = |number: u64| ends.iter().find(|end| end[0] == number).map(|end| end[1]);
    // Each was cut to a millisecond: the one that lost least gives the start of the program.
    let began = traced.iter().filter_map(|one| {
        let end = end(one.number)?;
        end.checked_sub(one.lasted + one.began)
    });
    let Some(began) = began.min() else {
        return Vec::new();
    };
    let span = |one: &Collection| {
        let about = || began + one.began + HALF_TICK + one.lasted;
        let end = end(one.number).unwrap_or_else(about);
        [end.saturating_sub(one.lasted), end]
    };
    traced.iter().map(span).collect()
}

/// A collection in a line of the trace: `gc 7 @1.234s 5%: 0.02+1.5+0.003 ms clock, …`.
#[derive(Debug, PartialEq, Eq)]
struct Collection {
    number: u64,
    /// Nanoseconds since the start of the program.
    began: u64,
    lasted: u64,
}

impl Collection {
    fn parse(line: &str) -> Option<Self> {
        let (number, rest) = line.strip_prefix("gc ")?.split_once(" @")?;
        let (began, rest) = rest.split_once("s ")?;
        let (_, rest) = rest.split_once(": ")?;
        let (phases, _) = rest.split_once(" ms clock")?;
        let phases: Result<Vec<f64>, _> = phases.split('+').map(str::parse).collect();
        let nanoseconds = |time: f64, unit: f64| (time * unit).round() as u64;
        Some(Collection {
            number: number.parse().ok()?,
            began: nanoseconds(began.parse().ok()?, 1e9),
            lasted: nanoseconds(phases.ok()?.iter().sum(), 1e6),
        })
    }
}

/// What slow requests coincided with, as figures by name. A language without a collector has no collections, but its
/// memory comes from the system too.
pub fn figures(report: &Report, collections: &[Span], probed: &Probed) -> Map<String, Value> {
    let slow = slow(&report.records);
    let length = report.elapsed.as_nanos() as u64;
    let mut figures = Map::new();
    if !collections.is_empty() {
        let began = report.began_at.duration_since(UNIX_EPOCH);
        let began = began.unwrap_or_default().as_nanos() as u64;
        let from = |time: u64| time.saturating_sub(began);
        let spans = collections.iter();
        let spans = spans.map(|[begin, end]| [from(*begin), from(end + AFTER)]);
        figures.extend(coincidence("collecting", &slow, spans.collect(), length));
    }
    let taking = taking(&probed.readings, report.began);
    figures.extend(coincidence("taking", &slow, taking, length));
    figures.insert("apart_late_us".to_owned(), json!(probed.apart.pairs()));
    figures
}

/// The intended starts of the slowest requests.
fn slow(records: &[Record]) -> Vec<u64> {
    let mut records: Vec<&Record> = records.iter().collect();
    records.sort_by_key(|record| std::cmp::Reverse(record.latency));
    let slow = records.iter().take(records.len() / ONE_OF);
    slow.map(|record| record.intended).collect()
}

/// The spans between two readings in which the server took up memory.
fn taking(readings: &[Reading], began: Instant) -> Vec<Span> {
    let since = |at: Instant| at.saturating_duration_since(began).as_nanos() as u64;
    let stretch = |two: &[Reading]| {
        let [(from, before), (to, after)] = two else {
            return None;
        };
        let taken = after.faults.saturating_sub(before.faults);
        (taken >= MIN_FAULTS).then(|| [since(*from), since(*to)])
    };
    readings.windows(2).filter_map(stretch).collect()
}

/// The share of the run that spans cover and, if it is not too large, the share of slow requests in them.
fn coincidence(name: &str, slow: &[u64], spans: Vec<Span>, length: u64) -> Map<String, Value> {
    let spans = joined(spans, length);
    let covered: u64 = spans.iter().map(|[begin, end]| end - begin).sum();
    let covered = covered as f64 / length.max(1) as f64;
    let mut figures = vec![(format!("{name}_share"), covered)];
    if covered <= MAX_COVERED
        && let Some(overlap) = overlap(slow, &spans, length)
    {
        let [middle, low, high] = overlap.shifted;
        figures.extend([
            (format!("slow_{name}_share"), overlap.seen),
            (format!("shifted_{name}_share"), middle),
            (format!("shifted_{name}_low_share"), low),
            (format!("shifted_{name}_high_share"), high),
        ]);
    }
    let figures = figures.into_iter();
    figures.map(|(name, share)| (name, share.into())).collect()
}

/// Spans in order, within the run; overlapping spans are joined.
fn joined(mut spans: Vec<Span>, length: u64) -> Vec<Span> {
    spans.retain(|[begin, end]| begin < end && *begin < length);
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for [begin, end] in spans {
        let end = end.min(length);
        match joined.last_mut() {
            Some(last) if last[1] >= begin => last[1] = last[1].max(end),
            _ => joined.push([begin, end]),
        }
    }
    joined
}

/// The share of slow requests in these spans, and in the same spans after shifts that wrap around the end of the run;
/// `None` without a slow request.
fn overlap(slow: &[u64], spans: &[Span], length: u64) -> Option<Overlap> {
    if slow.is_empty() || length == 0 {
        return None;
    }
    let share = |shift: u64| {
        let is_inside = |&&time: &&u64| {
            let time = (time % length + length - shift) % length;
            let next = spans.partition_point(|span| span[0] <= time);
            next > 0 && time < spans[next - 1][1]
        };
        slow.iter().filter(is_inside).count() as f64 / slow.len() as f64
    };
    let mut rng = fastrand::Rng::with_seed(length);
    let mut shifted: Vec<f64> = (0..SHIFTS).map(|_| share(rng.u64(..length))).collect();
    shifted.sort_by(f64::total_cmp);
    let at = |percent: f64| shifted[(percent / 100.0 * (SHIFTS - 1) as f64).round() as usize];
    Some(Overlap {
        seen: share(0),
        shifted: [at(50.0), at(2.5), at(97.5)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_workspace::proc::Stat;

    use std::time::Duration;

    const SECOND: u64 = 1_000_000_000;
    const MS: u64 = 1_000_000;

    /// Ten seconds with a collection of 20 ms in each tenth of a second.
    fn collecting() -> Vec<Span> {
        let begin = |number: u64| number * SECOND / 10;
        (0..100).map(|n| [begin(n), begin(n) + 20 * MS]).collect()
    }

    #[test]
    fn requests_that_begin_in_collections_are_distinguished_from_those_that_do_by_chance() {
        let spans = joined(collecting(), 10 * SECOND);
        let caused: Vec<u64> = (0..100).map(|n| n * SECOND / 10 + 5 * MS).collect();
        let found = overlap(&caused, &spans, 10 * SECOND).unwrap();
        // All of them lie at the same distance: any shift takes all or none, and a fifth takes all.
        let (seen, shifted) = (1.0, [0.0, 0.0, 1.0]);
        assert_eq!(found, Overlap { seen, shifted });
        let mut rng = fastrand::Rng::with_seed(1);
        let random: Vec<u64> = (0..1000).map(|_| rng.u64(..10 * SECOND)).collect();
        let Overlap { seen, shifted } = overlap(&random, &spans, 10 * SECOND).unwrap();
        assert!((shifted[0] - 0.2).abs() < 0.02, "{shifted:?}");
        assert!(
            shifted[1] <= seen && seen <= shifted[2],
            "{seen} {shifted:?}"
        );
        assert_eq!(overlap(&[], &spans, SECOND), None);
    }

    #[test]
    fn irregular_collections_leave_the_cause_outside_of_what_shifts_make() {
        let mut rng = fastrand::Rng::with_seed(2);
        let begins: Vec<u64> = (0..60).map(|_| rng.u64(..10 * SECOND)).collect();
        let spans = begins.iter().map(|&begin| [begin, begin + 10 * MS]);
        let spans = joined(spans.collect(), 10 * SECOND);
        let Overlap { seen, shifted } = overlap(&begins, &spans, 10 * SECOND).unwrap();
        assert!(seen > 0.99 && shifted[2] < 0.3, "{seen} {shifted:?}");
    }

    #[test]
    fn where_collections_fill_the_run_times_decide_nothing() {
        let spans = vec![[0, 6 * SECOND]];
        let figures = coincidence("collecting", &[1], spans, 10 * SECOND);
        assert_eq!(figures["collecting_share"], 0.6);
        assert_eq!(figures.len(), 1);
        let spans = vec![
            [0, SECOND],
            [SECOND / 2, 2 * SECOND],
            [11 * SECOND, 12 * SECOND],
        ];
        let figures = coincidence("collecting", &[1, 3 * SECOND], spans, 10 * SECOND);
        assert_eq!(figures["collecting_share"], 0.2);
        assert_eq!(figures["slow_collecting_share"], 0.5);
        assert_eq!(figures.len(), 5);
    }

    #[test]
    fn collections_are_read_from_the_trace_and_set_by_their_exact_ends() {
        let trace = "\
            gc 1 @0.012s 2%: 0.018+1.2+0.002 ms clock, 0.03+0.5/1.1/0+0.007 ms cpu, 4->4->2 MB, 5 MB goal\n\
            a line of something else\n\
            gc 2 @1.500s 4%: 1.0+8.5+0.5 ms clock, 0.03+0/1.1/0+0.007 ms cpu, 4->4->2 MB, 5 MB goal\n\
            gc 3 @2.500s 4%: 1.0+8.5";
        assert_eq!(
            Collection::parse(trace.lines().next().unwrap()),
            Some(Collection {
                number: 1,
                began: 12 * MS,
                lasted: 1_220_000,
            })
        );
        let program = 50 * SECOND;
        let end = program + 1500 * MS + 400_000 + 10 * MS;
        let stats = json!({"collection_ends": [[2, end]]});
        let spans = collections(trace, stats.as_object().unwrap());
        // The first is known from the trace alone: within a millisecond.
        let about = program + 12 * MS;
        assert_eq!(spans.len(), 2);
        assert!(spans[0][0].abs_diff(about) <= MS, "{spans:?}");
        assert_eq!(spans[0][1] - spans[0][0], 1_220_000);
        assert_eq!(spans[1], [end - 10 * MS, end]);
        assert!(collections(trace, &Map::new()).is_empty());
    }

    #[test]
    fn slow_are_the_slowest_of_a_hundred() {
        let record = |n: u64| Record {
            intended: n,
            latency: n % 100,
            service: None,
            failure: None,
        };
        let records: Vec<Record> = (0..300).map(record).collect();
        assert_eq!(slow(&records), [99, 199, 299]);
        assert!(slow(&records[..99]).is_empty());
    }

    #[test]
    fn memory_is_taken_up_where_many_pages_were_touched_first() {
        let began = Instant::now();
        let reading = |ms: u64, faults: u64| {
            let at = began + Duration::from_millis(ms);
            (at, Stat { ticks: 0, faults })
        };
        let readings = [
            reading(0, 10),
            reading(2, 20),
            reading(4, 20 + MIN_FAULTS),
            reading(6, 30 + MIN_FAULTS),
        ];
        assert_eq!(taking(&readings, began), [[2 * MS, 4 * MS]]);
    }
}
