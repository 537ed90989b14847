//! What a measurement leaves behind: one JSON file with every sample, and all that is needed to make it
//! again or to doubt it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of this schema; a file of another version is refused.
pub const SCHEMA: u32 = 1;

/// A whole result file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultFile {
    /// The version of the schema.
    pub schema: u32,
    /// The command that makes it again.
    pub command: String,
    /// When it began, seconds since 1970 in UTC.
    pub began: u64,
    /// The seed of all random orders.
    pub seed: u64,
    /// The machine.
    pub machine: Machine,
    /// The commit, and whether the sources differed from it.
    pub commit: Commit,
    /// What was compared: hashes of the measured programs by path, and of the claims.
    pub hashes: BTreeMap<String, String>,
    /// What was measured, a case at a scale with a setting each.
    pub measurements: Vec<Measurement>,
}

/// The machine that measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The state of the sources.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// Blocks that count.
    pub blocks: Vec<Block>,
    /// Blocks that the machine disturbed, and why.
    pub dropped: Vec<Dropped>,
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
    /// `one` core or `all`.
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
}

/// A block that was dropped whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// Why.
    pub why: String,
    /// What was measured all the same.
    pub block: Block,
}

/// One process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The case's answer, equal in both languages.
    pub answer: String,
    /// The figures of each sample, by name.
    pub samples: Vec<Map<String, Value>>,
    /// What the runtime says of itself.
    pub runtime: Map<String, Value>,
    /// What the system says of the process, and `wall_process_ns` and `cpu_process_ns` from outside.
    pub process: Map<String, Value>,
}
