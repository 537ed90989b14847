//! The plan of a run: the request, its pace, connections, durations and limits.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::Request;

/// Longest duration, warm-up or timeout: a week.
pub const MAX_DURATION: Duration = Duration::from_hours(168);

/// The plan of a run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The request, which is sent repeatedly.
    pub request: Request,
    /// When requests are sent.
    pub pace: Pace,
    /// Number of connections.
    pub connections: usize,
    /// Duration of load before the measurement.
    pub warmup: Duration,
    /// Longest duration of the measurement.
    pub duration: Duration,
    /// Largest number of measured requests.
    pub requests: Option<u64>,
    /// Whether requests that are not idempotent are also sent again after a kept connection was closed.
    pub retry_any: bool,
    /// Time limit of a request, from its intended start.
    pub timeout: Duration,
    /// Whether the report keeps a record of each request.
    pub records: bool,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// At a fixed rate, whether answers come or not.
    Open {
        /// Requests a second.
        rate: f64,
        /// How they are spread.
        arrivals: Arrivals,
    },
    /// Each connection sends its next request after the last answer.
    Closed,
}

/// How requests are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// At equal intervals.
    Constant,
    /// Independently of each other, as from many users.
    Poisson {
        /// The same seed makes the same schedule.
        seed: u64,
    },
}

impl Plan {
    /// A plan with defaults: 32 connections, 10 s, no warm-up, a timeout of 10 s.
    pub fn new(request: Request, pace: Pace) -> Self {
        Plan {
            request,
            pace,
            connections: 32,
            warmup: Duration::ZERO,
            duration: Duration::from_secs(10),
            requests: None,
            retry_any: false,
            timeout: Duration::from_secs(10),
            records: false,
        }
    }

    /// Expected duration of the measurement; zero if it depends on the server.
    pub(crate) fn expected(&self) -> Duration {
        match (self.requests, self.pace) {
            (None, _) => self.duration,
            (Some(_), Pace::Closed) => Duration::ZERO,
            (Some(requests), Pace::Open { rate, .. }) => {
                let lasts = Duration::try_from_secs_f64(requests as f64 / rate);
                lasts.unwrap_or(MAX_DURATION).min(self.duration)
            }
        }
    }

    /// Fails if the plan is impossible.
    pub fn check(&self) -> Result<()> {
        if let Pace::Open { rate, .. } = self.pace {
            let possible = rate > 0.0 && rate <= 1_000_000.0;
            ensure!(
                possible,
                "the rate is {rate}: it has to be above 0 and at most 1,000,000"
            );
        }
        ensure!(
            (1..=60_000).contains(&self.connections),
            "{} connections: from 1 to 60,000 are possible",
            self.connections
        );
        ensure!(!self.duration.is_zero(), "the duration is zero");
        ensure!(
            self.requests != Some(0),
            "0 requests measure nothing: ask for at least 1"
        );
        ensure!(!self.timeout.is_zero(), "the timeout is zero");
        ensure!(
            self.duration.max(self.warmup).max(self.timeout) <= MAX_DURATION,
            "a duration, a warm-up or a timeout is longer than a week"
        );
        Ok(())
    }
}
