//! Server scenarios: what a server does while it is measured, and how fast requests come.
//!
//! A scenario's name says word by word how it differs from the main one: `load` is 50 % of a server's own capacity
//! with 1 MiB touched for each request; `load_75` is 75 %, `load_64k` 64 KiB, `load_800rps` 800 requests a second,
//! `load_100c` a hundred connections, `load_1w` one worker. The scale is the number of live objects, by
//! default a million.

mod catalogue;
mod size;

use std::{fmt, str::FromStr};

use anyhow::{Context as _, Result, bail, ensure};
use lab_workspace::language::Language;

use lab_workspace::suggest::find_similar;

pub use catalogue::{cases, is_load, query, quick, shown};
pub use size::{payload, size};

/// The topic of the servers.
pub const TOPIC: &str = "server";

/// The first word of every scenario's name; as a word of `--only` it selects them all.
pub const WORD: &str = "load";

/// Live objects of the main scenario.
pub const LIVE: u64 = 1_000_000;

/// Bytes that a request touches in the article.
const PAYLOAD: u64 = 1 << 20;

/// The usual share of capacity, in percent.
pub const SHARE: u32 = 50;

/// The usual number of connections, for capacity and for load.
const CONNECTIONS: usize = 32;

/// The usual number of a server's workers, as the article has it. Go's collector plans for as many processors.
const WORKERS: u64 = 4;

/// Most workers of a scenario.
const MAX_WORKERS: u64 = 64;

/// Most connections of a scenario: one machine has few more ports.
const MAX_CONNECTIONS: u64 = 20_000;

/// The numbers of connections of the scenario `load_connections`.
pub const COUNTS: [usize; 5] = [1, 10, 100, 1000, 10_000];

/// Words of a scenario's name besides numbers.
const WORDS: [&str; 11] = [
    "plain",
    "even",
    "pooled",
    "uncleared",
    "mixed",
    "shared",
    "attacked",
    "poisson",
    "soak",
    "watched",
    "connections",
];

/// A scenario, without the number of live objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// Rate of the requests.
    pub pace: Pace,
    /// Bytes that a request touches.
    pub payload: u64,
    /// Source of these bytes.
    pub buffers: Buffers,
    /// Number of connections.
    pub connections: usize,
    /// Number of the server's workers.
    pub workers: u64,
    /// Whether requests come independently of each other, as from many users, and not at equal intervals.
    pub poisson: bool,
    /// Whether the server has all cores, and the generator shares them.
    pub shared: bool,
    /// Whether bad clients attack meanwhile, after the same load without them.
    pub attacked: bool,
    /// Purpose of the run.
    pub purpose: Purpose,
}

/// Purpose of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Latency at one rate.
    Latency,
    /// Minutes of load: latency in windows of ten seconds, and the growth of memory.
    Soak,
    /// Attribution of slow requests to collections and page faults, with probes.
    Watch,
    /// Capacity over few and over many connections.
    Connections,
}

/// Rate of the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Percentage of the process's own capacity.
    Own(u32),
    /// Half of the language's capacity with nothing set and fresh memory for each request.
    Plain,
    /// Percentage of the slower language's capacity, for both.
    Even(u32),
    /// Requests a second.
    Fixed(u64),
}

/// Source of the memory that a request touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buffers {
    /// A new allocation.
    Fresh,
    /// A pool, with memory cleared like a new allocation.
    Pooled,
    /// A pool, with memory that is not cleared.
    Uncleared,
    /// Randomly a new allocation or a pool; the server records the time of each request.
    Mixed,
}

/// Requests whose times a server records if their memory is random: more than any load has.
const KEPT: &str = "1000000";

impl Scenario {
    /// The scenario with this name of a case.
    pub fn parse(case: &str) -> Result<Self> {
        case.parse()
    }

    /// The arguments of its server, with this number of live objects.
    pub fn arguments(self, live: u64) -> Vec<String> {
        let mut arguments: Vec<String> = ["serve", "--listen", "127.0.0.1:0", "--workers"]
            .map(str::to_owned)
            .into();
        arguments.push(self.workers.to_string());
        arguments.extend(["--live-objects".to_owned(), live.to_string()]);
        arguments.extend(["--payload".to_owned(), self.payload.to_string()]);
        match self.buffers {
            Buffers::Fresh => {}
            Buffers::Pooled => arguments.push("--pooled".to_owned()),
            Buffers::Uncleared => arguments.push("--pooled-uncleared".to_owned()),
            Buffers::Mixed => arguments.extend(["--mixed", KEPT].map(str::to_owned)),
        }
        if self.purpose == Purpose::Watch {
            arguments.push("--probe".to_owned());
        }
        arguments
    }

    /// The same scenario with fresh memory for each request.
    #[must_use]
    pub fn plain(self) -> Self {
        Scenario {
            buffers: Buffers::Fresh,
            ..self
        }
    }

    /// The environment of a server, without its setting.
    pub fn environment(self, language: Language) -> Vec<(String, String)> {
        match (self.purpose, language) {
            (Purpose::Watch, Language::Go) => vec![("GODEBUG".to_owned(), "gctrace=1".to_owned())],
            _ => Vec::new(),
        }
    }

    /// Largest number of connections.
    pub fn max_connections(self) -> usize {
        match self.purpose {
            Purpose::Connections => COUNTS.into_iter().max(),
            _ => None,
        }
        .unwrap_or(self.connections)
    }

    /// Whether it needs no control: each run is compared with itself.
    pub fn has_no_control(self) -> bool {
        self.attacked || self.purpose != Purpose::Latency
    }

    /// Its description in a sentence.
    pub fn says(&self) -> String {
        let pace = match self.pace {
            Pace::Own(share) => format!("{share} % of each server's own capacity"),
            Pace::Plain => {
                format!("{SHARE} % of a side's capacity with nothing set and fresh buffers")
            }
            Pace::Even(share) => format!("{share} % of the slower server's capacity for both"),
            Pace::Fixed(rate) => format!("{rate} requests a second"),
        };
        let buffers = match self.buffers {
            Buffers::Fresh => "fresh",
            Buffers::Pooled => "pooled and cleared",
            Buffers::Uncleared => "pooled, not cleared",
            Buffers::Mixed => "fresh or pooled and cleared by chance",
        };
        let cores = if self.shared {
            "; server and generator share all cores"
        } else {
            ""
        };
        let attacked = if self.attacked {
            "; without bad clients, then with them"
        } else {
            ""
        };
        let purpose = match self.purpose {
            Purpose::Latency => "",
            Purpose::Soak => "; for two minutes, in windows of ten seconds",
            Purpose::Watch => "; collections, page faults and probes watched meanwhile",
            Purpose::Connections => "; what the server can do over 1 to 10,000 connections",
        };
        let connections = match self.connections {
            CONNECTIONS => String::new(),
            count => format!("; {count} connections"),
        };
        let workers = match self.workers {
            WORKERS => String::new(),
            1 => "; 1 worker".to_owned(),
            count => format!("; {count} workers"),
        };
        let arrivals = if self.poisson {
            "; Poisson arrivals"
        } else {
            ""
        };
        let payload = size(self.payload);
        format!(
            "HTTP requests at {pace} over SCALE live objects, {payload} each, \
             {buffers}{connections}{workers}{arrivals}{cores}{attacked}{purpose}"
        )
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Scenario {
            pace: Pace::Own(SHARE),
            payload: PAYLOAD,
            buffers: Buffers::Fresh,
            connections: CONNECTIONS,
            workers: WORKERS,
            poisson: false,
            shared: false,
            attacked: false,
            purpose: Purpose::Latency,
        }
    }
}

impl FromStr for Scenario {
    type Err = anyhow::Error;

    fn from_str(case: &str) -> Result<Self> {
        let mut words = case.split('_');
        ensure!(
            words.next() == Some(WORD),
            "{case:?} is not a server scenario: its name has to begin with {WORD:?}"
        );
        let mut scenario = Scenario::default();
        for word in words {
            match word {
                "plain" => scenario.pace = Pace::Plain,
                "even" => scenario.pace = Pace::Even(SHARE),
                "pooled" => scenario.buffers = Buffers::Pooled,
                "uncleared" => scenario.buffers = Buffers::Uncleared,
                "mixed" => scenario.buffers = Buffers::Mixed,
                "shared" => scenario.shared = true,
                "attacked" => scenario.attacked = true,
                "poisson" => scenario.poisson = true,
                "soak" => scenario.purpose = Purpose::Soak,
                "watched" => scenario.purpose = Purpose::Watch,
                "connections" => scenario.purpose = Purpose::Connections,
                _ => scenario.number(word).with_context(|| {
                    let meant = match find_similar(word, WORDS) {
                        Some(meant) => format!("; did you mean {meant:?}?"),
                        None => String::new(),
                    };
                    format!("{word:?} in {case:?} is not a word of a server scenario{meant}")
                })?,
            }
        }
        ensure!(
            scenario.to_string() == case,
            "{case:?} has to be written {scenario}: its words have a fixed order, each at most once"
        );
        Ok(scenario)
    }
}

impl Scenario {
    /// Takes a word that begins with a number: a share, a rate, connections, workers or a size.
    fn number(&mut self, word: &str) -> Result<()> {
        let (is_even, word) = match word.strip_prefix("even") {
            Some(share) => (true, share),
            None => (false, word),
        };
        let end = word
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(word.len());
        let (number, unit) = word.split_at(end);
        let number: u64 = number.parse().context("a number is missing")?;
        match unit {
            "" => {
                ensure!(
                    (1..=100).contains(&number),
                    "a share is a percentage from 1 to 100"
                );
                let pace = if is_even { Pace::Even } else { Pace::Own };
                self.pace = pace(number as u32);
            }
            _ if is_even => bail!("\"even\" takes a percentage"),
            "rps" => {
                ensure!(number > 0, "a rate is at least 1");
                self.pace = Pace::Fixed(number);
            }
            "c" => {
                let possible = (1..=MAX_CONNECTIONS).contains(&number);
                ensure!(
                    possible,
                    "from 1 to {MAX_CONNECTIONS} connections are possible"
                );
                self.connections = number as usize;
            }
            "w" => {
                ensure!(
                    (1..=MAX_WORKERS).contains(&number),
                    "from 1 to {MAX_WORKERS} workers are possible"
                );
                self.workers = number;
            }
            _ => self.payload = payload(word)?,
        }
        Ok(())
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(WORD)?;
        match self.pace {
            Pace::Own(SHARE) => {}
            Pace::Own(share) => write!(f, "_{share}")?,
            Pace::Plain => f.write_str("_plain")?,
            Pace::Even(SHARE) => f.write_str("_even")?,
            Pace::Even(share) => write!(f, "_even{share}")?,
            Pace::Fixed(rate) => write!(f, "_{rate}rps")?,
        }
        if self.payload != PAYLOAD {
            write!(f, "_{}", size::word(self.payload))?;
        }
        match self.buffers {
            Buffers::Fresh => {}
            Buffers::Pooled => f.write_str("_pooled")?,
            Buffers::Uncleared => f.write_str("_uncleared")?,
            Buffers::Mixed => f.write_str("_mixed")?,
        }
        if self.connections != CONNECTIONS {
            write!(f, "_{}c", self.connections)?;
        }
        if self.workers != WORKERS {
            write!(f, "_{}w", self.workers)?;
        }
        for (is_so, word) in [
            (self.poisson, "_poisson"),
            (self.shared, "_shared"),
            (self.attacked, "_attacked"),
        ] {
            f.write_str(if is_so { word } else { "" })?;
        }
        f.write_str(match self.purpose {
            Purpose::Latency => "",
            Purpose::Soak => "_soak",
            Purpose::Watch => "_watched",
            Purpose::Connections => "_connections",
        })
    }
}

#[cfg(test)]
mod tests;
