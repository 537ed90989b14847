//! What is asked of the server, and when.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::Request;

/// Nothing lasts longer: a week.
pub const LONGEST: Duration = Duration::from_hours(168);

/// All that a run needs to know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is sent, again and again.
    pub request: Request,
    /// When it is sent.
    pub pace: Pace,
    /// How many connections there are.
    pub connections: usize,
    /// How long load is put on before anything is measured.
    pub warmup: Duration,
    /// How long is measured, at most.
    pub duration: Duration,
    /// How many requests are measured, at most.
    pub requests: Option<u64>,
    /// Whether a request that is not idempotent is sent again too, when the connection on which it was sent
    /// turns out to be closed.
    pub retry_any: bool,
    /// How long after its intended start a request has failed.
    pub timeout: Duration,
    /// Whether the report keeps a record of each request.
    pub records: bool,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many a second, whatever becomes of them.
    Open {
        /// Requests a second.
        rate: f64,
        /// How they are spread.
        arrivals: Arrivals,
    },
    /// Each connection asks again when it has its answer.
    Closed,
}

/// How requests are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// At equal distances.
    Constant,
    /// Independently of each other, as from many users.
    Poisson {
        /// The same seed makes the same schedule.
        seed: u64,
    },
}

impl Plan {
    /// A plan to ask for a URL at a constant rate: 32 connections, 10 s, no warm-up, a limit of 10 s.
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

    /// About how long is measured; nothing where only the server knows.
    pub(crate) fn expected(&self) -> Duration {
        match (self.requests, self.pace) {
            (None, _) => self.duration,
            (Some(_), Pace::Closed) => Duration::ZERO,
            (Some(most), Pace::Open { rate, .. }) => {
                let lasts = Duration::try_from_secs_f64(most as f64 / rate);
                lasts.unwrap_or(LONGEST).min(self.duration)
            }
        }
    }

    /// Says what cannot be done.
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
        ensure!(self.requests != Some(0), "-n 0 measures nothing: ask for at least 1 request");
        ensure!(!self.timeout.is_zero(), "the timeout is zero");
        ensure!(
            self.duration.max(self.warmup).max(self.timeout) <= LONGEST,
            "a duration, a warm-up or a timeout is longer than a week"
        );
        Ok(())
    }
}
