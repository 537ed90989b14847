//! When requests are meant to start.

use std::time::Duration;

use fastrand::Rng;

use crate::{Arrivals, Pace};

/// The intended starts in nanoseconds since the run began, one after the other.
pub(crate) struct Schedule {
    pace: Pace,
    end: u64,
    count: u64,
    last: f64,
    random: Rng,
}

impl Schedule {
    pub(crate) fn new(pace: Pace, length: Duration) -> Self {
        let seed = match pace {
            Pace::Open {
                arrivals: Arrivals::Poisson { seed },
                ..
            } => seed,
            _ => 0,
        };
        Schedule {
            pace,
            end: length.as_nanos() as u64,
            count: 0,
            last: 0.0,
            random: Rng::with_seed(seed),
        }
    }
}

impl Iterator for Schedule {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let Pace::Open { rate, arrivals } = self.pace else {
            return None;
        };
        self.last = match arrivals {
            // Of the count, not of the start before: nothing adds up.
            Arrivals::Constant => self.count as f64 / rate * 1e9,
            // 1 - u is never 0, so the logarithm is finite.
            Arrivals::Poisson { .. } => self.last - (1.0 - self.random.f64()).ln() / rate * 1e9,
        };
        self.count += 1;
        Some(self.last as u64).filter(|start| *start < self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(arrivals: Arrivals, rate: f64, seconds: u64) -> Vec<u64> {
        Schedule::new(Pace::Open { rate, arrivals }, Duration::from_secs(seconds)).collect()
    }

    #[test]
    fn constant_arrivals_have_equal_distances_and_do_not_drift() {
        let starts = starts(Arrivals::Constant, 3.0, 100);
        assert_eq!(starts.len(), 300);
        assert_eq!(starts[299], 99_666_666_666);
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_spread_of_independent_users() {
        let starts = starts(Arrivals::Poisson { seed: 1 }, 1000.0, 100);
        assert!((starts.len() as f64 - 100_000.0).abs() < 1_500.0);
        let gaps: Vec<_> = starts
            .windows(2)
            .map(|two| (two[1] - two[0]) as f64)
            .collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        // The deviation of exponential gaps is their mean.
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_seed_makes_the_same_schedule_again() {
        let made = |seed| starts(Arrivals::Poisson { seed }, 50.0, 2);
        assert_eq!(made(7), made(7));
        assert_ne!(made(7), made(8));
    }
}
