//! The data model of results: one JSON file with every sample, and all that is needed to repeat the measurement
//! or to doubt it.

mod display;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{histogram, layout::count, query::Query, settings::DEFAULT};

/// The version of this schema; a file of another version is refused.
pub const SCHEMA: u32 = 2;

/// The word that selects the cases of outside claims: those of other sources than the article.
pub const OUTSIDE: &str = "outside";

/// The mode of a run that is cut to seconds: it tests that everything works, and decides nothing.
pub const SMOKE: &str = "smoke";

/// Name of transparent huge pages among a machine's settings. The value lists all choices; the current one stands
/// in brackets.
pub const HUGE_PAGES: &str = "transparent huge pages";

/// Name of the CPU governor among a machine's settings.
pub const GOVERNOR: &str = "governor";

/// The setting of a machine that says whether its idle processors were kept awake.
pub const AWAKE: &str = "idle processors";

/// A whole result file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultFile {
    /// The version of the schema.
    pub schema: u32,
    /// The command that makes it again.
    pub command: String,
    /// What the run was asked to measure; a result is used again only for the same request.
    pub request: Request,
    /// Whether all of it was measured; `--resume` goes on with one that is not.
    pub complete: bool,
    /// Start of the run, in seconds since 1970 in UTC.
    pub began: u64,
    /// The seed of all random orders.
    pub seed: u64,
    /// The machine.
    pub machine: Machine,
    /// The commit, and whether the sources differed from it.
    pub commit: Commit,
    /// The flags with which the programs were built, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, String>,
    /// Hashes of the measured programs by path, and of the claims.
    pub hashes: BTreeMap<String, String>,
    /// The measurements: a case at a scale with a setting for each language.
    pub measurements: Vec<Measurement>,
    /// What was not measured, and why.
    #[serde(rename = "left_out")]
    pub skipped: Vec<Skipped>,
}

/// What a run was asked to measure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The mode, which decides the budget.
    pub mode: Mode,
    /// The chosen topics, cases and claims; empty for all.
    pub only: Vec<String>,
    /// The chosen settings.
    pub settings: Vec<String>,
    /// The chosen scale.
    pub scale: Option<u64>,
    /// The chosen number of blocks.
    pub blocks: Option<usize>,
    /// The share of the cases, and the number of shares.
    pub partition: Option<[usize; 2]>,
    /// Whether it is a part of the reference, which has more time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reference: bool,
}

/// The kind of a run, which decides its budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A few seconds: tests that everything runs.
    Smoke,
    /// Each case once, at its own scale, with nothing set.
    #[default]
    Quick,
    /// The cases of the article's claims, without load.
    Claims,
    /// All settings that claims name, and how the headline cases grow with their scale.
    Thorough,
    /// The servers under load.
    Load,
    /// The cases of outside claims.
    Outside,
    /// Server scenarios that a user asks for.
    Point,
    /// A map of server scenarios.
    Sweep,
}

/// A query that was not measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// The query, as a claim writes it.
    #[serde(rename = "subject")]
    pub query: String,
    /// The reason.
    #[serde(rename = "because")]
    pub reason: SkipReason,
    /// The reason in a sentence.
    pub why: String,
}

/// Why a query was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SkipReason {
    /// It would take more than half of the memory that is available.
    Memory,
    /// It would take longer than the budget allows.
    Budget,
    /// The case has no such scale.
    Scale,
    /// No toolchain here builds it.
    Toolchain,
    /// The languages give different answers.
    Answers,
    /// A program failed.
    Failed,
    /// The Rust program has no peak that could limit Go's.
    Limit,
}

/// The machine that measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// How many cores this process may use.
    pub cores: usize,
    /// Memory in bytes, the control group's limit counted.
    pub memory_bytes: u64,
    /// System and kernel.
    pub system: String,
    /// Versions of compilers, runtime and C library.
    pub versions: BTreeMap<String, String>,
    /// Transparent huge pages, the CPU governor and whether idle processors were kept awake, where there is such a thing.
    pub settings: BTreeMap<String, String>,
}

impl Machine {
    /// The processor and its cores: `Intel Xeon Processor, 2 cores`.
    pub fn processor(&self) -> String {
        let name = self.cpu.replace("(R)", "").replace("(TM)", "");
        format!("{name}, {}", count(self.cores, "core"))
    }

    /// How another machine differs, each difference in a few words; empty if it is of the same kind.
    pub fn differences(&self, other: &Machine) -> Vec<String> {
        let mut all = Vec::new();
        let mut compare = |what: &str, one: &str, other: &str| {
            if one != other {
                all.push(format!("{what}: {one}, {other}"));
            }
        };
        compare("processor", &self.cpu, &other.cpu);
        compare("cores", &self.cores.to_string(), &other.cores.to_string());
        compare("system", &self.system, &other.system);
        for (ones, others) in [
            (&self.versions, &other.versions),
            (&self.settings, &other.settings),
        ] {
            let names: BTreeSet<&String> = ones.keys().chain(others.keys()).collect();
            for name in names {
                let of = |map: &BTreeMap<String, String>| map.get(name).cloned();
                let [one, other] = [of(ones), of(others)].map(|v| v.unwrap_or("none".to_owned()));
                compare(name, &one, &other);
            }
        }
        // A kernel keeps a little for itself, not the same on each boot.
        if self.memory_bytes.abs_diff(other.memory_bytes) > self.memory_bytes / 20 {
            let [one, other] = [self, other].map(|m| m.memory_bytes >> 20);
            all.push(format!("memory: {one} MiB, {other} MiB"));
        }
        all
    }
}

/// The state of the sources.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// Its hash, or nothing outside of a checkout.
    pub hash: Option<String>,
    /// Whether files differed from it.
    pub dirty: bool,
}

/// One case at one scale with one setting for each language, in blocks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// Case, scale and settings.
    #[serde(rename = "subject")]
    pub key: CaseKey,
    /// Whether the scale is the case's own, which a claim means that names none.
    pub own_scale: bool,
    /// Blocks that count.
    pub blocks: Vec<Block>,
    /// The reason of each rejected block.
    #[serde(default)]
    pub rejected: Vec<Reject>,
    /// All tries to take a block; a run that goes on has only what is left of its time.
    #[serde(default, skip_serializing_if = "Tries::is_none")]
    pub tries: Tries,
    /// Blocks needed to distinguish a ratio of 1.1 from 1, estimated from the first ones.
    #[serde(rename = "wanted")]
    pub needed_blocks: Option<usize>,
    /// Resident memory over time: of a case in an untimed run of one sample, of servers under load in the first
    /// block.
    #[serde(default)]
    pub resident: Resident,
}

/// Tries to take a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tries {
    /// Their number, rejected and failed ones too.
    pub count: u32,
    /// The number of failed ones.
    pub failed: usize,
    /// Their total time, in nanoseconds.
    pub time_ns: u64,
}

impl Tries {
    /// Whether there was none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Adds other tries.
    pub fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.failed = self.failed.saturating_add(other.failed);
        self.time_ns = self.time_ns.saturating_add(other.time_ns);
    }
}

/// Resident memory over time of both languages: pairs of microseconds since the start of process or load, and
/// KiB.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    /// Go's.
    pub go: Vec<[u64; 2]>,
    /// Rust's.
    pub rust: Vec<[u64; 2]>,
}

/// The key of a measurement: a case at a scale, with a setting for each language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseKey {
    /// The topic.
    pub topic: String,
    /// The case.
    pub case: String,
    /// Its scale.
    pub scale: u64,
    /// Go's setting, by name; `default` if nothing is set.
    pub go: String,
    /// Rust's setting, by name; `default` if nothing is set.
    pub rust: String,
    /// `one` core, `two` of a server under load, or `all`.
    pub cores: String,
}

/// Both languages and the control, each once, in a fresh process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The order in which they ran: `go`, `rust`, `control`.
    pub order: Vec<String>,
    /// Go's run.
    pub go: Run,
    /// Rust's run.
    pub rust: Run,
    /// A second run of one language, compared with that language's own run.
    pub control: Run,
    /// The language of the control: `go` or `rust`, by turns.
    pub control_of: String,
    /// The share of the block's time that the host took.
    pub steal: f64,
    /// Doubts about it; the block counts all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Caution>,
}

/// Why a block does not count: the host spoilt it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reject {
    /// The host took too much of its time.
    Stolen,
    /// The jitter probe was woken too late.
    Stalled,
    /// It carried a caution, and an earlier lab did not count such blocks.
    Doubted,
}

/// A doubt about a block that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// The load generator fell behind its schedule.
    GeneratorLate,
    /// The server's capacity changed between before and after the load.
    Moved,
    /// The server's capacity or memory never became steady.
    NotSteady,
}

/// One process.
///
/// Counting costs time, so Rust's timed builds count nothing: its `allocations`, `allocated_bytes`,
/// `live_bytes` and `held_…_bytes` come from one run of the counting build, the same in every block.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The case's answer, equal in both languages.
    pub answer: String,
    /// The figures of each sample, by name.
    #[serde(serialize_with = "histogram::write_all")]
    pub samples: Vec<Map<String, Value>>,
    /// The runtime's own figures.
    #[serde(serialize_with = "histogram::write")]
    pub runtime: Map<String, Value>,
    /// The process statistics of the system, with `wall_process_ns` and `cpu_process_ns` measured from outside.
    #[serde(serialize_with = "histogram::write")]
    pub process: Map<String, Value>,
}

impl CaseKey {
    /// A case of scale 1 with nothing set.
    pub fn plain(topic: &str, case: &str) -> Self {
        CaseKey {
            topic: topic.to_owned(),
            case: case.to_owned(),
            scale: 1,
            go: DEFAULT.to_owned(),
            rust: DEFAULT.to_owned(),
            cores: "all".to_owned(),
        }
    }
}

impl fmt::Display for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Query::from(self).fmt(f)
    }
}

impl From<&CaseKey> for Query {
    fn from(key: &CaseKey) -> Self {
        Query {
            topic: key.topic.clone(),
            case: key.case.clone(),
            scale: Some(key.scale),
            go: key.go.clone(),
            rust: key.rust.clone(),
            cores: key.cores.clone(),
        }
    }
}
