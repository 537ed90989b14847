//! What a measurement leaves behind: one JSON file with every sample, and all that is needed to make it
//! again or to doubt it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{histogram, query::Wanted, settings::DEFAULT};

/// The version of this schema; a file of another version is refused.
pub const SCHEMA: u32 = 2;

/// The word that chooses what claims of other sources than the article name, and nothing else does.
pub const OUTSIDE: &str = "outside";

/// The mode of a run that is cut to seconds: it shows that everything works, and decides nothing.
pub const SMOKE: &str = "smoke";

/// What a machine's settings call transparent huge pages; of the choices, the one that is set stands in
/// brackets.
pub const HUGE_PAGES: &str = "transparent huge pages";

/// Former names.
pub use self::{SkipReason as Because, Skipped as LeftOut};

/// What they call the governor of its processors.
pub const GOVERNOR: &str = "governor";

/// A whole result file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultFile {
    /// The version of the schema.
    pub schema: u32,
    /// The command that makes it again.
    pub command: String,
    /// What was asked for; a result fits only the same question.
    pub request: Request,
    /// Whether all of it was measured; `--resume` goes on with one that is not.
    pub complete: bool,
    /// When it began, seconds since 1970 in UTC.
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
    /// What was compared: hashes of the measured programs by path, and of the claims.
    pub hashes: BTreeMap<String, String>,
    /// What was measured, a case at a scale with a setting each.
    pub measurements: Vec<Measurement>,
    /// What was not measured, and why.
    pub left_out: Vec<Skipped>,
}

/// What a run was asked to measure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `smoke`, `quick`, `claims`, `thorough`, `load` or `outside`: its budget; `point` or `sweep` where points
    /// of load were asked for.
    pub mode: String,
    /// Topics, cases and claims that were chosen; all if none is named.
    pub only: Vec<String>,
    /// Settings that were chosen.
    pub settings: Vec<String>,
    /// The size that was chosen.
    pub scale: Option<u64>,
    /// The number of blocks that was chosen.
    pub blocks: Option<usize>,
    /// Which share of the cases, of how many.
    pub partition: Option<[usize; 2]>,
    /// Whether it is a part of the reference, which has more time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reference: bool,
}

/// The kind of a run, which decides its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A few seconds: whether all runs.
    Smoke,
    /// Each case once, at its own size, with nothing set.
    Quick,
    /// All that the article's claims name, but load.
    Claims,
    /// All settings that claims name, and how the headline cases grow.
    Thorough,
    /// The servers under load.
    Load,
    /// What claims of other sources name.
    Outside,
    /// Server scenarios that a user asks for.
    Point,
    /// A map of server scenarios.
    Sweep,
}

/// A subject that was not measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// Its topic, case, size and settings, as a claim names them.
    pub subject: String,
    /// Of what kind the reason is.
    pub because: SkipReason,
    /// Why, in a sentence.
    pub why: String,
}

/// Why a subject was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SkipReason {
    /// It would take more than half of the memory that is available.
    Memory,
    /// It would take longer than the budget allows.
    Budget,
    /// The case has no such size.
    Scale,
    /// No toolchain here builds it.
    Toolchain,
    /// The sides do not give the same answer.
    Answers,
    /// A program failed.
    Failed,
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
    /// Transparent huge pages and the CPU governor, where there is one.
    pub settings: BTreeMap<String, String>,
}

impl Machine {
    /// In what another machine is of another kind, each in a few words; nothing if it is of the same.
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

/// One case at one scale with one setting on each side, in blocks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// What is measured.
    pub subject: Subject,
    /// Whether it is the case's own size, which a claim means that names none.
    pub own_scale: bool,
    /// Blocks that count.
    pub blocks: Vec<Block>,
    /// Why each block was rejected that does not count.
    #[serde(default)]
    pub rejected: Vec<Reject>,
    /// How many blocks it takes to tell a ratio of 1.1 from 1, as far as the first ones tell.
    pub wanted: Option<usize>,
    /// Resident memory over time, watched in a run of a single sample that is not timed; that of servers
    /// while they stood under load in the first block.
    #[serde(default)]
    pub resident: Resident,
}

/// Resident memory over time on both sides: pairs of microseconds since the process or the load began, and
/// KiB.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    /// Go's.
    pub go: Vec<[u64; 2]>,
    /// Rust's.
    pub rust: Vec<[u64; 2]>,
}

/// What is measured: the key of a measurement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The topic.
    pub topic: String,
    /// The case.
    pub case: String,
    /// Its size.
    pub scale: u64,
    /// Go's setting, by name; `default` if nothing is set.
    pub go: String,
    /// Rust's setting, by name; `default` if nothing is set.
    pub rust: String,
    /// `one` core, `two` of a server under load, or `all`.
    pub cores: String,
}

/// Both sides and the control, each once, in a fresh process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The order in which they ran: `go`, `rust`, `control`.
    pub order: Vec<String>,
    /// Go's run.
    pub go: Run,
    /// Rust's run.
    pub rust: Run,
    /// A second run of one side, set against that side's own.
    pub control: Run,
    /// Which side that is: `go` or `rust`, by turns.
    pub control_of: String,
    /// The share of the block's time that was lost to the host.
    pub steal: f64,
    /// Doubts about it; it counts all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Caution>,
}

/// Why a block does not count: the host spoilt it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reject {
    /// The host took too much of its time.
    Stolen,
    /// A thread that should wake every millisecond was woken too late.
    Stalled,
    /// It carried a caution, and the lab of that time did not count such blocks.
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
/// Counting costs, so Rust's timed builds count nothing: its `allocations`, `allocated_bytes` and
/// `live_bytes` are those of one run of the counting build, the same in every block.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The case's answer, equal in both languages.
    pub answer: String,
    /// The figures of each sample, by name.
    #[serde(serialize_with = "histogram::write_all")]
    pub samples: Vec<Map<String, Value>>,
    /// What the runtime says of itself.
    #[serde(serialize_with = "histogram::write")]
    pub runtime: Map<String, Value>,
    /// What the system says of the process, and `wall_process_ns` and `cpu_process_ns` from outside.
    #[serde(serialize_with = "histogram::write")]
    pub process: Map<String, Value>,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SkipReason::Memory => "memory",
            SkipReason::Budget => "budget",
            SkipReason::Scale => "no such size",
            SkipReason::Toolchain => "toolchain",
            SkipReason::Answers => "the answers differ",
            SkipReason::Failed => "failed",
        })
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Smoke => SMOKE,
            Mode::Quick => "quick",
            Mode::Claims => "claims",
            Mode::Thorough => "thorough",
            Mode::Load => "load",
            Mode::Outside => OUTSIDE,
            Mode::Point => "point",
            Mode::Sweep => "sweep",
        })
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reject::Stolen => "the host took too much of its time",
            Reject::Stalled => "an idle thread was woken too late",
            Reject::Doubted => "it carried a caution",
        })
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Caution::GeneratorLate => "the load generator fell behind",
            Caution::Moved => "capacity moved during the load",
            Caution::NotSteady => "capacity or memory never became steady",
        })
    }
}

impl Subject {
    /// A case of size 1 with nothing set.
    pub fn plain(topic: &str, case: &str) -> Self {
        Subject {
            topic: topic.to_owned(),
            case: case.to_owned(),
            scale: 1,
            go: DEFAULT.to_owned(),
            rust: DEFAULT.to_owned(),
            cores: "all".to_owned(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Wanted::from(self).fmt(f)
    }
}

impl From<&Subject> for Wanted {
    fn from(subject: &Subject) -> Self {
        Wanted {
            topic: subject.topic.clone(),
            case: subject.case.clone(),
            scale: Some(subject.scale),
            go: subject.go.clone(),
            rust: subject.rust.clone(),
            cores: subject.cores.clone(),
        }
    }
}
