//! Points of load: what a server does while it is measured, and how fast it is asked.
//!
//! A point's name says in what it differs from the main one, word by word: `load` is 50 % of a server's
//! own capacity with 1 MiB touched for each request; `load_75` is 75 %, `load_64k` 64 KiB, `load_800rps`
//! 800 requests a second, `load_100c` a hundred connections. The scale is the number of live objects, a
//! million unless said.

mod catalogue;
mod size;

use std::{fmt, str::FromStr};

use anyhow::{Context as _, Result, bail, ensure};
use lab_workspace::language::Side;

use lab_workspace::suggest::find_similar;

pub use catalogue::{cases, is_load, quick, shown, wanted};
pub use size::{payload, size};

/// The topic whose program serves.
pub const TOPIC: &str = "server";

/// The word that begins every point's name, and chooses them all.
pub const WORD: &str = "load";

/// Live objects of the main point.
pub const LIVE: u64 = 1_000_000;

/// What a request touches as the article has it.
const PAYLOAD: u64 = 1 << 20;

/// The share of capacity as claims have it, in percent.
pub const SHARE: u32 = 50;

/// Connections, for capacity as for load.
const CONNECTIONS: usize = 32;

/// The most connections of a point: one machine has few more ports.
const MOST_CONNECTIONS: u64 = 20_000;

/// How many connections there are, one after the other.
pub const COUNTS: [usize; 5] = [1, 10, 100, 1000, 10_000];

/// What a point's name may say besides numbers.
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

/// A point, but for the number of live objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// How fast requests come.
    pub pace: Pace,
    /// How many bytes a request touches.
    pub payload: u64,
    /// Where they come from.
    pub buffers: Buffers,
    /// How many connections there are.
    pub connections: usize,
    /// Whether requests come independently of each other, as from many users, and not at equal distances.
    pub poisson: bool,
    /// Whether the server has all cores, and the generator shares them.
    pub shared: bool,
    /// Whether bad clients attack meanwhile; the same load without them comes first.
    pub attacked: bool,
    /// What the run is for, besides.
    pub purpose: Purpose,
}

/// What a run is for, besides latency at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Nothing else.
    Latency,
    /// What goes on for minutes: windows of ten seconds, and whether memory grows over them.
    Soak,
    /// What slow requests coincide with: the server tells when it collects, probes when they wake.
    Watch,
    /// What the server can do over few and over many connections.
    Connections,
}

/// How fast requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many percent of what this process can do.
    Own(u32),
    /// Half of what a process of this side can do with nothing set, and with fresh memory for each request.
    Plain,
    /// So many percent of what the slower side can do, for both.
    Even(u32),
    /// So many a second.
    Fixed(u64),
}

/// Where the memory comes from that a request touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buffers {
    /// It is allocated anew.
    Fresh,
    /// It comes from a pool, and is cleared as a fresh one is.
    Pooled,
    /// It comes from a pool, as it was left.
    Uncleared,
    /// It is allocated anew or comes from a pool, by chance; the server keeps how long each request took.
    Mixed,
}

/// How many requests a server keeps whose memory comes by chance: more than any load has.
const KEPT: &str = "1000000";

impl Point {
    /// The point that a name of a case means.
    pub fn parse(case: &str) -> Result<Self> {
        case.parse()
    }

    /// The arguments with which a server serves it, over so many live objects.
    pub fn arguments(self, live: u64) -> Vec<String> {
        let workers = "4"; // as the article has it
        let mut arguments: Vec<String> = ["serve", "--listen", "127.0.0.1:0", "--workers", workers]
            .map(str::to_owned)
            .into();
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

    /// The same as it comes: fresh memory for each request.
    #[must_use]
    pub fn plain(self) -> Self {
        Point {
            buffers: Buffers::Fresh,
            ..self
        }
    }

    /// What a server's environment holds besides its setting.
    pub fn environment(self, side: Side) -> Vec<(String, String)> {
        match (self.purpose, side) {
            (Purpose::Watch, Side::Go) => vec![("GODEBUG".to_owned(), "gctrace=1".to_owned())],
            _ => Vec::new(),
        }
    }

    /// The most connections there are.
    pub fn most_connections(self) -> usize {
        match self.purpose {
            Purpose::Connections => COUNTS.into_iter().max(),
            _ => None,
        }
        .unwrap_or(self.connections)
    }

    /// Whether it needs no second run of a side beside it: each run is compared with itself.
    pub fn alone(self) -> bool {
        self.attacked || self.purpose != Purpose::Latency
    }

    /// What it is, in a sentence.
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
        let arrivals = if self.poisson {
            "; Poisson arrivals"
        } else {
            ""
        };
        let payload = size(self.payload);
        format!(
            "HTTP requests at {pace} over SCALE live objects, {payload} each, \
             {buffers}{connections}{arrivals}{cores}{attacked}{purpose}"
        )
    }
}

impl Default for Point {
    fn default() -> Self {
        Point {
            pace: Pace::Own(SHARE),
            payload: PAYLOAD,
            buffers: Buffers::Fresh,
            connections: CONNECTIONS,
            poisson: false,
            shared: false,
            attacked: false,
            purpose: Purpose::Latency,
        }
    }
}

impl FromStr for Point {
    type Err = anyhow::Error;

    fn from_str(case: &str) -> Result<Self> {
        let mut words = case.split('_');
        ensure!(
            words.next() == Some(WORD),
            "{case:?} is not a server scenario: its name has to begin with {WORD:?}"
        );
        let mut point = Point::default();
        for word in words {
            match word {
                "plain" => point.pace = Pace::Plain,
                "even" => point.pace = Pace::Even(SHARE),
                "pooled" => point.buffers = Buffers::Pooled,
                "uncleared" => point.buffers = Buffers::Uncleared,
                "mixed" => point.buffers = Buffers::Mixed,
                "shared" => point.shared = true,
                "attacked" => point.attacked = true,
                "poisson" => point.poisson = true,
                "soak" => point.purpose = Purpose::Soak,
                "watched" => point.purpose = Purpose::Watch,
                "connections" => point.purpose = Purpose::Connections,
                _ => point.number(word).with_context(|| {
                    let meant = match find_similar(word, WORDS) {
                        Some(meant) => format!("; did you mean {meant:?}?"),
                        None => String::new(),
                    };
                    format!("{word:?} in {case:?} is not a word of a server scenario{meant}")
                })?,
            }
        }
        ensure!(
            point.to_string() == case,
            "{case:?} has to be written {point}: its words have a fixed order, each at most once"
        );
        Ok(point)
    }
}

impl Point {
    /// Takes a word that begins with a number: a share, a rate, connections or a size.
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
                ensure!((1..=100).contains(&number), "a share is a percentage from 1 to 100");
                let pace = if is_even { Pace::Even } else { Pace::Own };
                self.pace = pace(number as u32);
            }
            _ if is_even => bail!("\"even\" takes a percentage"),
            "rps" => {
                ensure!(number > 0, "a rate is at least 1");
                self.pace = Pace::Fixed(number);
            }
            "c" => {
                let possible = (1..=MOST_CONNECTIONS).contains(&number);
                ensure!(
                    possible,
                    "from 1 to {MOST_CONNECTIONS} connections are possible"
                );
                self.connections = number as usize;
            }
            _ => self.payload = payload(word)?,
        }
        Ok(())
    }
}

impl fmt::Display for Point {
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
