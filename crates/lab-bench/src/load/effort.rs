//! Effort of a run of a server: how long capacity is searched, and how long load lasts.

use std::time::Duration;

use crate::load::capacity_rule::Search;

/// Duration of a soak.
const SOAK: Duration = Duration::from_mins(2);

/// Longest load, however slow a server is.
const MAX_LOAD: Duration = Duration::from_mins(2);

/// Effort of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Search for capacity before the load.
    pub search: Search,
    /// Whether capacity is searched again after the load.
    pub again: bool,
    /// Shortest load.
    pub load: Duration,
    /// Load lasts until this many requests were meant to start.
    pub requests: u64,
    /// Longest load, however slow a server is.
    pub max: Duration,
    /// Whether requests that do nothing follow at the same rate: the machine's own latency.
    pub floor: bool,
}

/// How fast requests come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// This share of what the process itself can do.
    Share(f64),
    /// Requests a second.
    Fixed(f64),
}

impl Effort {
    /// For a quick run, and for a scenario that a user names.
    pub const QUICK: Effort = Effort {
        search: Search::For(Duration::from_secs(2)),
        again: false,
        load: Duration::from_secs(3),
        requests: 0,
        max: MAX_LOAD,
        floor: false,
    };

    /// For a map with many scenarios: as many requests as p99 needs, where there is time for them.
    pub const MAP: Effort = Effort {
        search: Search::For(Duration::from_secs(1)),
        again: false,
        load: Duration::from_millis(1500),
        requests: 2100,
        max: Duration::from_secs(4),
        floor: false,
    };

    /// For verdicts: steady capacity, before and after.
    pub const WHOLE: Effort = Effort {
        search: Search::UntilSteady(15),
        again: true,
        load: Duration::from_secs(5),
        requests: 0,
        max: MAX_LOAD,
        floor: false,
    };

    /// For a soak: minutes of steady load.
    pub const SOAK: Effort = Effort {
        search: Search::UntilSteady(15),
        again: true,
        load: SOAK,
        requests: 0,
        max: SOAK,
        floor: false,
    };

    /// For scenarios that are only shown: steady capacity before the load.
    pub const SHOWN: Effort = Effort {
        again: false,
        ..Effort::WHOLE
    };

    /// For watched load: twenty seconds.
    pub const WATCH: Effort = Effort {
        search: Search::UntilSteady(15),
        again: false,
        load: Duration::from_secs(20),
        requests: 0,
        max: MAX_LOAD,
        floor: false,
    };

    /// For each number of connections: two seconds.
    pub const EACH: Effort = Effort {
        load: Duration::from_secs(2),
        ..Effort::WATCH
    };

    /// Duration of the load at this rate.
    pub fn load(&self, rate: f64) -> Duration {
        let needed = Duration::from_secs_f64(self.requests as f64 / rate);
        self.load.max(needed).min(self.max)
    }
}
