//! Schedule: the intended starts of requests.

use fastrand::Rng;

use crate::{Arrivals, Pace, Plan};

/// Intended starts in order, in nanoseconds since the run began.
pub(crate) struct Schedule {
    pace: Pace,
    /// When the warm-up ends.
    start: u64,
    end: u64,
    /// Requests that remain to be measured, if their number is limited.
    left: Option<u64>,
    count: u64,
    last: f64,
    random: Rng,
}

impl Schedule {
    pub(crate) fn new(plan: &Plan) -> Self {
        let seed = match plan.pace {
            Pace::Open {
                arrivals: Arrivals::Poisson { seed },
                ..
            } => seed,
            _ => 0,
        };
        Schedule {
            pace: plan.pace,
            start: plan.warmup.as_nanos() as u64,
            end: (plan.warmup + plan.duration).as_nanos() as u64,
            left: plan.requests,
            count: 0,
            last: 0.0,
            random: Rng::with_seed(seed),
        }
    }

    /// Whether all requests have started.
    pub(crate) fn is_complete(&self) -> bool {
        self.left == Some(0)
    }

    /// End of the last request's share of time.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }
}

impl Iterator for Schedule {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let Pace::Open { rate, arrivals } = self.pace else {
            return None;
        };
        if self.left == Some(0) {
            self.end = self.end.min((self.last + 1e9 / rate) as u64);
            return None;
        }
        self.last = match arrivals {
            // From the count instead of the previous start, so that rounding does not add up.
            Arrivals::Constant => self.count as f64 / rate * 1e9,
            // 1 - u is never 0, so the logarithm is finite.
            Arrivals::Poisson { .. } => self.last - (1.0 - self.random.f64()).ln() / rate * 1e9,
        };
        self.count += 1;
        let next = Some(self.last as u64).filter(|start| *start < self.end)?;
        if next >= self.start {
            self.left = self.left.map(|left| left - 1);
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Request;

    fn plan(arrivals: Arrivals, rate: f64, seconds: u64) -> Plan {
        let request = Request::get("http://127.0.0.1/").unwrap();
        Plan {
            duration: Duration::from_secs(seconds),
            ..Plan::new(request, Pace::Open { rate, arrivals })
        }
    }

    fn starts(arrivals: Arrivals, rate: f64, seconds: u64) -> Vec<u64> {
        Schedule::new(&plan(arrivals, rate, seconds)).collect()
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

    #[test]
    fn the_number_of_measured_requests_excludes_the_warm_up() {
        let plan_of_seven = Plan {
            warmup: Duration::from_secs(1),
            requests: Some(7),
            ..plan(Arrivals::Constant, 10.0, 100)
        };
        let mut schedule = Schedule::new(&plan_of_seven);
        assert_eq!(schedule.by_ref().count(), 17);
        assert_eq!(schedule.end(), 1_700_000_000);
        let more = Plan {
            requests: Some(2000),
            ..plan(Arrivals::Constant, 10.0, 100)
        };
        let mut schedule = Schedule::new(&more);
        assert_eq!(schedule.by_ref().count(), 1000, "the time ends it");
        assert_eq!(schedule.end(), 100_000_000_000);
    }
}
