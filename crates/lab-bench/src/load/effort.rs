//! How much is put into one run of a server.

use std::time::Duration;

use crate::load::capacity::Search;

/// What goes on for minutes goes on for so many.
const SOAK: Duration = Duration::from_mins(2);

/// No load lasts longer, however slow a server is.
const LONGEST: Duration = Duration::from_mins(2);

/// How much is put into one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How capacity is looked for.
    pub search: Search,
    /// Whether it is looked for again after the load.
    pub again: bool,
    /// Load lasts at least so long.
    pub load: Duration,
    /// And until so many requests were meant to start.
    pub requests: u64,
    /// But no longer than this, however slow a server is.
    pub most: Duration,
    /// Whether a request that does nothing is asked at the same rate afterwards: the machine's own latency.
    pub floor: bool,
}

/// How fast requests come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// This share of what the process itself can do.
    Share(f64),
    /// So many a second.
    Fixed(f64),
}

impl Effort {
    /// That of a quick run and of one's own point.
    pub const QUICK: Effort = Effort {
        search: Search::For(Duration::from_secs(2)),
        again: false,
        load: Duration::from_secs(3),
        requests: 0,
        most: LONGEST,
        floor: false,
    };

    /// That of a map with many points: as many requests as p99 needs, where there is time for them.
    pub const MAP: Effort = Effort {
        search: Search::For(Duration::from_secs(1)),
        again: false,
        load: Duration::from_millis(1500),
        requests: 2100,
        most: Duration::from_secs(4),
        floor: false,
    };

    /// What counts: capacity that stands still, before and after.
    pub const WHOLE: Effort = Effort {
        search: Search::UntilSteady(15),
        again: true,
        load: Duration::from_secs(5),
        requests: 0,
        most: LONGEST,
        floor: false,
    };

    /// Minutes of steady load.
    pub const SOAK: Effort = Effort {
        search: Search::UntilSteady(15),
        again: true,
        load: SOAK,
        requests: 0,
        most: SOAK,
        floor: false,
    };

    /// What is only shown: capacity that stands still, before the load.
    pub const SHOWN: Effort = Effort {
        again: false,
        ..Effort::WHOLE
    };

    /// Twenty seconds that are watched.
    pub const WATCH: Effort = Effort {
        search: Search::UntilSteady(15),
        again: false,
        load: Duration::from_secs(20),
        requests: 0,
        most: LONGEST,
        floor: false,
    };

    /// Two seconds over each number of connections.
    pub const EACH: Effort = Effort {
        load: Duration::from_secs(2),
        ..Effort::WATCH
    };

    /// How long load lasts at so many requests a second.
    pub fn load(&self, rate: f64) -> Duration {
        let wanted = Duration::from_secs_f64(self.requests as f64 / rate);
        self.load.max(wanted).min(self.most)
    }
}
