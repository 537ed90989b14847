//! Latency targets, such as `p99<20ms`.

use std::{fmt, str::FromStr, time::Duration};

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::report::{PERCENTILES, at_rank, percentile, rank};

/// A percentile of latency that has to stay within a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slo {
    /// Name of the percentile, such as `p99.9`.
    pub percentile: &'static str,
    /// The share of requests below it, such as 0.999.
    pub share: f64,
    /// Limit of the percentile.
    pub limit: Duration,
}

/// Text that is no latency target.
#[derive(Debug)]
pub struct NoSlo(String);

/// The units of a limit, in seconds.
const UNITS: [(&str, f64); 4] = [("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0)];

impl Slo {
    /// Whether this percentile, in nanoseconds, is within the limit. Histograms round up, so a failure, which counts
    /// as the timeout, exceeds a limit of the same length.
    pub fn holds(&self, nanoseconds: f64) -> bool {
        nanoseconds <= self.limit.as_nanos() as f64
    }

    /// The percentile of these times in nanoseconds, even of few; `None` if there are none.
    pub fn value(&self, times: &Histogram<u64>) -> Option<u64> {
        let count = times.len();
        (count > 0).then(|| at_rank(times, rank(count, self.share)))
    }

    /// Whether these times meet the target; without times it is not met.
    pub fn is_met(&self, times: &Histogram<u64>) -> bool {
        self.value(times)
            .is_some_and(|value| self.holds(value as f64))
    }

    /// Whether there are enough times for the percentile: 20 beyond it.
    pub fn is_certain(&self, times: &Histogram<u64>) -> bool {
        percentile(times, self.share).is_some()
    }

    /// The target and whether these times meet it, as JSON.
    pub fn json(&self, times: &Histogram<u64>) -> Value {
        json!({
            "target": self.to_string(),
            "value_ms": self.value(times).map(|value| value as f64 / 1e6),
            "met": self.is_met(times),
            "enough_requests": self.is_certain(times),
        })
    }
}

impl FromStr for Slo {
    type Err = NoSlo;

    fn from_str(text: &str) -> Result<Self, NoSlo> {
        let wrong = || NoSlo(text.to_owned());
        let at = text.find(['<', '=']).ok_or_else(wrong)?;
        let (name, limit) = text.split_at(at);
        let limit = limit
            .strip_prefix("<=")
            .unwrap_or_else(|| &limit[1..])
            .trim();
        let known = PERCENTILES.iter().find(|(known, _)| *known == name.trim());
        let (percentile, share) = *known.ok_or_else(wrong)?;
        let is_digit = |c: char| c.is_ascii_digit();
        let end = limit.find(|c| !is_digit(c) && c != '.').ok_or_else(wrong)?;
        let (number, unit) = limit.split_at(end);
        let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
        if !(1..=9).contains(&whole.len())
            || !(1..=3).contains(&rest.len())
            || !rest.chars().all(is_digit)
        {
            return Err(wrong());
        }
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let seconds = UNITS.iter().find(|(known, _)| *known == unit);
        let seconds = number * seconds.ok_or_else(wrong)?.1;
        let limit = Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?;
        if limit.is_zero() {
            return Err(wrong());
        }
        Ok(Slo {
            percentile,
            share,
            limit,
        })
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}<{:?}", self.percentile, self.limit)
    }
}

impl fmt::Display for NoSlo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = PERCENTILES.map(|(name, _)| name).join(", ");
        write!(
            f,
            "{:?} is no latency target: write for example p99<20ms ({known}; us, ms, s)",
            self.0
        )
    }
}

impl std::error::Error for NoSlo {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::histogram;

    #[test]
    fn targets_are_read_as_people_write_them() {
        let lines = include_str!("slo/cases.txt").lines();
        let cases: Vec<_> = lines.filter(|line| !line.starts_with('#')).collect();
        assert!(cases.len() > 20);
        for case in cases {
            let (text, expected) = case.split_once('\t').unwrap();
            let read = text.parse::<Slo>().ok().map_or("-".to_owned(), |slo| {
                format!("{}\t{}", slo.percentile, slo.limit.as_nanos())
            });
            assert_eq!(read, expected, "{text:?}");
        }
        let why = "fast".parse::<Slo>().unwrap_err().to_string();
        assert!(why.contains("p99<20ms") && why.contains("fast"), "{why}");
        let slo: Slo = "p99.9=1.5ms".parse().unwrap();
        assert_eq!(slo.to_string(), "p99.9<1.5ms");
    }

    #[test]
    fn a_target_is_met_by_the_time_at_its_rank() {
        let mut times = histogram();
        for _ in 0..99 {
            times.record(1_000_000).unwrap();
        }
        times.record(50_000_000).unwrap();
        let is_met = |text: &str| text.parse::<Slo>().unwrap().is_met(&times);
        assert!(is_met("p99<2ms"), "one of a hundred lies beyond");
        assert!(!is_met("p99.9<2ms"));
        assert!(!is_met("p50<1ms"), "a histogram rounds up");
        let slo: Slo = "p99<2ms".parse().unwrap();
        assert!(!slo.is_certain(&times));
        assert!(!slo.is_met(&histogram()), "of no request nothing is known");
    }
}
