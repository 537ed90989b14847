//! Points of load: what a server does while it is measured, and how fast it is asked.
//!
//! A point's name says in what it differs from the main one, word by word: `load` is 50 % of a server's
//! own capacity with 1 MiB touched for each request; `load_75` is 75 %, `load_64k` 64 KiB, `load_800rps`
//! 800 requests a second. The scale is the number of live objects, a million unless said.

use std::{fmt, str::FromStr};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{formula::Wanted, measure::plan::Case, settings::DEFAULT};

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

/// Equal rates for both servers over small requests, which another source measured.
const EVEN_1K: [&str; 4] = [
    "load_even25_1k",
    "load_even_1k",
    "load_even75_1k",
    "load_even90_1k",
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
    /// Whether the server has all cores, and the generator shares them.
    pub shared: bool,
    /// Whether bad clients attack meanwhile; the same load without them comes first.
    pub attacked: bool,
}

/// How fast requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many percent of what this process can do.
    Own(u32),
    /// Half of what a process of this side can do with nothing set.
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
}

impl Point {
    /// The point that a name of a case means.
    pub fn parse(case: &str) -> Result<Self> {
        case.parse()
    }

    /// What it is, in a sentence.
    pub fn says(&self) -> String {
        let pace = match self.pace {
            Pace::Own(share) => format!("{share} % of each server's own capacity"),
            Pace::Plain => format!("{SHARE} % of a side's capacity with nothing set"),
            Pace::Even(share) => format!("{share} % of the slower server's capacity for both"),
            Pace::Fixed(rate) => format!("{rate} requests a second"),
        };
        let buffers = match self.buffers {
            Buffers::Fresh => "fresh",
            Buffers::Pooled => "pooled and cleared",
            Buffers::Uncleared => "pooled, not cleared",
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
        let payload = size(self.payload);
        format!(
            "HTTP requests at {pace} over SCALE live objects, {payload} each, {buffers}{cores}{attacked}"
        )
    }
}

impl Default for Point {
    fn default() -> Self {
        Point {
            pace: Pace::Own(SHARE),
            payload: PAYLOAD,
            buffers: Buffers::Fresh,
            shared: false,
            attacked: false,
        }
    }
}

impl FromStr for Point {
    type Err = anyhow::Error;

    fn from_str(case: &str) -> Result<Self> {
        let mut words = case.split('_');
        ensure!(
            words.next() == Some(WORD),
            "{case:?} is no point of load: its name begins with {WORD:?}"
        );
        let mut point = Point::default();
        for word in words {
            match word {
                "plain" => point.pace = Pace::Plain,
                "even" => point.pace = Pace::Even(SHARE),
                "pooled" => point.buffers = Buffers::Pooled,
                "uncleared" => point.buffers = Buffers::Uncleared,
                "shared" => point.shared = true,
                "attacked" => point.attacked = true,
                _ => point.number(word).with_context(|| {
                    format!("{word:?} in {case:?} is nothing that a point varies")
                })?,
            }
        }
        ensure!(
            point.to_string() == case,
            "{case:?} is {point} in another order, or says something twice"
        );
        Ok(point)
    }
}

impl Point {
    /// Takes a word that begins with a number: a share, a rate or a size.
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
                ensure!((1..=100).contains(&number), "a share is a percentage");
                let pace = if is_even { Pace::Even } else { Pace::Own };
                self.pace = pace(number as u32);
            }
            _ if is_even => bail!("equal rates are a percentage"),
            "rps" => {
                ensure!(number > 0, "a rate is at least 1");
                self.pace = Pace::Fixed(number);
            }
            _ => self.payload = payload(word)?,
        }
        Ok(())
    }
}

/// A number of bytes as people write it: `64k`, `64KiB`, `1m`, `512b` or a bare number.
pub fn payload(text: &str) -> Result<u64> {
    let lower = text.to_ascii_lowercase();
    let end = lower
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(lower.len());
    let (number, unit) = lower.split_at(end);
    let factor = match unit {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        _ => 0,
    };
    let number: Option<u64> = number.parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(factor));
    bytes
        .filter(|bytes| (1..=64 << 20).contains(bytes))
        .with_context(|| format!("{text:?} is no size from 1 byte to 64 MiB, such as 64KiB"))
}

/// A number of bytes as a word of a name.
fn word(bytes: u64) -> String {
    match bytes {
        b if b.is_multiple_of(1 << 20) => format!("{}m", b >> 20),
        b if b.is_multiple_of(1 << 10) => format!("{}k", b >> 10),
        b => format!("{b}b"),
    }
}

/// A number of bytes as a reader has it.
pub fn size(bytes: u64) -> String {
    match bytes {
        b if b.is_multiple_of(1 << 20) => format!("{} MiB", b >> 20),
        b if b.is_multiple_of(1 << 10) => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
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
            write!(f, "_{}", word(self.payload))?;
        }
        match self.buffers {
            Buffers::Fresh => {}
            Buffers::Pooled => f.write_str("_pooled")?,
            Buffers::Uncleared => f.write_str("_uncleared")?,
        }
        if self.shared {
            f.write_str("_shared")?;
        }
        if self.attacked {
            f.write_str("_attacked")?;
        }
        Ok(())
    }
}

/// Whether a measurement is one of load, which the lab performs itself.
pub fn is_load(topic: &str, case: &str) -> bool {
    topic == TOPIC && Point::parse(case).is_ok()
}

/// The named points, beside those of the program in the catalogue of cases.
pub fn cases() -> Vec<Case> {
    let mut names: Vec<String> = shown().into_iter().map(|wanted| wanted.case).collect();
    names.extend(["load_plain", "load_even", "load_pooled"].map(str::to_owned));
    names.extend(EVEN_1K.map(str::to_owned));
    names.sort();
    names.dedup();
    let case = |name: String| Case {
        topic: TOPIC.to_owned(),
        unit: "ns".to_owned(),
        says: Point::parse(&name).map_or(String::new(), |point| point.says()),
        name,
    };
    names.into_iter().map(case).collect()
}

/// Each axis varied alone from the main point: shown, whether or not a claim names it.
pub fn shown() -> Vec<Wanted> {
    [
        "server/load",
        "server/load_25",
        "server/load_75",
        "server/load_90",
        "server/load@0",
        "server/load@10000000",
        "server/load_1k",
        "server/load go=gogc400",
        "server/load go=gogc1600",
        "server/load go=limit2",
        "server/load rust=mimalloc",
        "server/load_uncleared",
        "server/load_shared",
        "server/load_attacked",
        "server/load cores=one",
    ]
    .iter()
    .map(|text| Wanted::parse(text).expect("every point of the table is well formed"))
    .collect()
}

/// The one that a quick run takes: the article's own server, with nothing else alive.
pub fn quick() -> Wanted {
    wanted("load", 0)
}

/// A point with nothing set.
pub fn wanted(case: &str, live: u64) -> Wanted {
    Wanted {
        topic: TOPIC.to_owned(),
        case: case.to_owned(),
        scale: Some(live),
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        cores: "all".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_in_what_a_point_differs() {
        let main = Point::default();
        for (name, expected) in [
            ("load", main),
            (
                "load_75",
                Point {
                    pace: Pace::Own(75),
                    ..main
                },
            ),
            (
                "load_even",
                Point {
                    pace: Pace::Even(50),
                    ..main
                },
            ),
            (
                "load_even75_1k",
                Point {
                    pace: Pace::Even(75),
                    payload: 1 << 10,
                    ..main
                },
            ),
            (
                "load_64k",
                Point {
                    payload: 64 << 10,
                    ..main
                },
            ),
            (
                "load_pooled",
                Point {
                    buffers: Buffers::Pooled,
                    ..main
                },
            ),
            (
                "load_attacked",
                Point {
                    attacked: true,
                    ..main
                },
            ),
            (
                "load_800rps_100b_uncleared_shared_attacked",
                Point {
                    pace: Pace::Fixed(800),
                    payload: 100,
                    buffers: Buffers::Uncleared,
                    shared: true,
                    attacked: true,
                },
            ),
        ] {
            assert_eq!(Point::parse(name).unwrap(), expected, "{name}");
            assert_eq!(expected.to_string(), name);
        }
    }

    #[test]
    fn what_is_no_point_is_refused() {
        for name in [
            "",
            "request",
            "loads",
            "load_",
            "load_101",
            "load_0",
            "load_0rps",
            "load_fast",
            "load_65m",
            "load_64x",
            "load_pooled_75",
            "load_50",
            "load_even50",
            "load_even101",
            "load_even64k",
            "load_1m",
            "load_25_75",
        ] {
            assert!(Point::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("64KiB", 65_536),
            ("1MiB", 1 << 20),
            ("1k", 1024),
            ("100", 100),
        ] {
            assert_eq!(payload(text).unwrap(), bytes);
        }
        for text in ["", "0", "KiB", "64GB", "99999999999999999999k"] {
            assert!(payload(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_shown_point_is_one_and_stands_in_the_catalogue() {
        let cases = cases();
        for wanted in shown() {
            assert!(is_load(&wanted.topic, &wanted.case), "{wanted}");
            assert!(
                cases.iter().any(|case| case.name == wanted.case),
                "{wanted}"
            );
        }
    }
}
