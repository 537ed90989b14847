//! Soak: minutes of steady load in windows of ten seconds, with p99 of each and the growth of memory.

use std::time::Duration;

use load::Record;
use serde_json::{Map, Value, json};

use lab_results::stats::{median, percentile};

/// Duration of a window.
const WINDOW: Duration = Duration::from_secs(10);

/// Fewest requests of a window that has a p99: twenty lie beyond it.
const MIN_REQUESTS: usize = 2000;

/// Fewest windows that have a slope.
const MIN_WINDOWS: usize = 6;

/// Figures of the windows, by name; `memory` are pairs of microseconds and KiB.
pub fn figures(records: &[Record], length: Duration, memory: &[[u64; 2]]) -> Map<String, Value> {
    let windows = (length.as_secs_f64() / WINDOW.as_secs_f64()) as usize;
    let mut figures = Map::new();
    let p99 = p99(records, windows);
    if !p99.is_empty() {
        figures.insert("window_p99_ns".to_owned(), json!(p99));
    }
    if let Some(slope) = slope(&resident(memory, windows)) {
        figures.insert("resident_slope_bytes".to_owned(), slope.into());
    }
    figures
}

/// p99 of each window with enough requests, in order.
fn p99(records: &[Record], windows: usize) -> Vec<[u64; 2]> {
    let mut latencies = vec![Vec::new(); windows];
    for record in records {
        let window = record.intended / WINDOW.as_nanos() as u64;
        if let Some(latencies) = latencies.get_mut(window as usize) {
            latencies.push(record.latency);
        }
    }
    let p99 = latencies.into_iter().filter_map(|mut latencies| {
        latencies.sort_unstable();
        let p99 = percentile(&latencies, 0.99)?;
        (latencies.len() >= MIN_REQUESTS).then_some([p99, 1])
    });
    p99.collect()
}

/// Seconds of the middle of each window, and the median of resident bytes in it.
fn resident(memory: &[[u64; 2]], windows: usize) -> Vec<(f64, f64)> {
    let middle = |window: usize| {
        let is_inside = |point: &&[u64; 2]| point[0] / WINDOW.as_micros() as u64 == window as u64;
        let inside = memory.iter().filter(is_inside);
        let mut bytes: Vec<f64> = inside.map(|point| (point[1] * 1024) as f64).collect();
        bytes.sort_by(f64::total_cmp);
        let time = (window as f64 + 0.5) * WINDOW.as_secs_f64();
        (!bytes.is_empty()).then(|| (time, median(&bytes)))
    };
    (0..windows).filter_map(middle).collect()
}

/// The slope of points in order: the median of the slopes of all pairs (Sen 1968). It has no interval: successive
/// windows are correlated, and the usual interval then misses far more often than it says. None if there are too
/// few.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let mut slopes = Vec::new();
    for (place, (earlier, before)) in points.iter().enumerate() {
        let later = points[place + 1..].iter();
        slopes.extend(later.map(|(later, after)| (after - before) / (later - earlier)));
    }
    slopes.sort_by(f64::total_cmp);
    (points.len() >= MIN_WINDOWS).then(|| median(&slopes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five minutes of windows with this many bytes in each second.
    fn line(bytes: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        let time = |window: u32| f64::from(window) * 10.0 + 5.0;
        (0..30)
            .map(|window| (time(window), bytes(time(window))))
            .collect()
    }

    #[test]
    fn memory_that_grows_has_its_slope_and_an_outlier_does_not_bend_it() {
        let found = slope(&line(|time| 1e6 + 1000.0 * time));
        assert_eq!(found, Some(1000.0));
        let mut jumps = line(|time| 1e6 + 1000.0 * time);
        jumps[3].1 = 1e9;
        let found = slope(&jumps).unwrap();
        assert!((found - 1000.0).abs() < 1.0, "{found}");
        assert_eq!(slope(&jumps[..5]), None);
    }

    #[test]
    fn each_window_has_its_own_p99_where_enough_requests_tell_it() {
        let record = |n: u64| Record {
            intended: n * 4_000_000,
            latency: if n < 2500 { n % 100 } else { 7 },
            service: None,
            failure: None,
        };
        // 250 a second: ten seconds of them, ten more, and one that lacks requests.
        let records: Vec<Record> = (0..6000).map(record).collect();
        // Of a hundred latencies from 0 on 99 do not exceed 98.
        assert_eq!(p99(&records, 3), [[98, 1], [7, 1]]);
        let memory: Vec<[u64; 2]> = (0..60).map(|n| [n * 500_000, 100 + n / 20]).collect();
        let kibibytes = |n: f64| n * 1024.0;
        assert_eq!(
            resident(&memory, 3),
            [
                (5.0, kibibytes(100.0)),
                (15.0, kibibytes(101.0)),
                (25.0, kibibytes(102.0))
            ]
        );
        let figures = figures(&records, Duration::from_secs(29), &memory);
        assert_eq!(figures["window_p99_ns"], json!([[98, 1], [7, 1]]));
        assert!(!figures.contains_key("resident_slope_bytes"));
    }
}
