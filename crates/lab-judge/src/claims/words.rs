//! The small parts of a claim: its sentences, its clocks, its supposed causes.

use serde::{Deserialize, Serialize};

/// One sentence for each verdict, in which `{NAME}` stands for a figure (see `finding.rs`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Where it holds.
    pub holds: Option<String>,
    /// Where there is more of it than said.
    pub understated: Option<String>,
    /// Where there is less of it than said.
    pub overstated: Option<String>,
    /// Where it is the other way round.
    pub reversed: Option<String>,
    /// Where it is false.
    #[serde(rename = "false")]
    pub not_so: Option<String>,
    /// Where its parts miss in different ways; else a shared sentence.
    pub parts_differ: Option<String>,
    /// Where it depends; else a shared sentence.
    pub depends: Option<String>,
    /// Where it is undecided; else a shared sentence.
    pub undecided: Option<String>,
    /// Where its figures are only shown; else a shared sentence.
    pub shown: Option<String>,
}

/// A clock by which a time is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The time that passes.
    Wall,
    /// The time of all processors.
    Cpu,
    /// The same without what a collector marks where a core would have idled.
    #[serde(rename = "cpu_without_idle")]
    CpuWithoutIdle,
}

/// Topics that one mechanism decides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// The mechanism, in a few words.
    pub name: String,
    /// The topics.
    pub topics: Vec<String>,
}

/// An experiment that takes a supposed cause away.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// What is supposed to be the cause, in one sentence.
    pub says: String,
    /// The effect, as an expression.
    pub effect: String,
    /// Its unit; a ratio by default. No effect is a ratio of 1, but a time or a size of 0.
    #[serde(default = "ratio")]
    pub unit: String,
    /// The same with the cause taken away.
    pub without: String,
    /// A counter that belongs to the cause and has to move along, with and without it.
    pub counter: [String; 2],
}

fn ratio() -> String {
    RATIO.to_owned()
}

/// The unit of a figure divided by another of its kind.
pub const RATIO: &str = "ratio";

impl Clock {
    /// Its name for a reader.
    pub fn label(self) -> &'static str {
        match self {
            Clock::Wall => "wall time",
            Clock::Cpu => "CPU time",
            Clock::CpuWithoutIdle => "CPU time without idle marking",
        }
    }

    /// Its name in formulas and figures.
    pub fn name(self) -> &'static str {
        match self {
            Clock::Wall => "wall",
            Clock::Cpu => "cpu",
            Clock::CpuWithoutIdle => "cpu_without_idle",
        }
    }
}
