//! One test of a claim: what it asks, and what keeps its bound.

use std::{collections::BTreeSet, slice};

use anyhow::{Result, bail};
use serde::Deserialize;

use lab_results::{
    evidence::{Fact, Question, Replay},
    stats::MIN_VALUES,
};

use super::{Claim, Clock, Mechanism, RATIO};
use crate::{
    preconditions::Step,
    revision::{Revision, When},
    verdict::Miss,
    verdict_rule::Bound,
};

/// What stands in a formula for the name of a clock.
const TIME: &str = "TIME";

/// What stands for a CPU time with idle-priority marking and for one without.
const CPU: &str = "CPU_ns";

/// Fewest blocks for a test that every block has to pass.
const FEWEST_OF_EACH: usize = 3;

/// One question to the measurements or to a program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of its own in claims.toml"
)]
pub struct Test {
    /// The state or setting it stands for, such as `grown`, where a claim has several tests.
    pub state: Option<String>,
    /// The quantity, an expression over the figures of one block (see [`crate::formula`]).
    pub value: Option<String>,
    /// Ratios, one for each topic, of which the geometric mean is taken; it decides nothing unless its
    /// side survives without any one of them.
    pub headline: Option<Vec<String>>,
    /// Whether the lowest ratio of the claim's headline is asked for, with its topic.
    #[serde(default)]
    pub lowest: bool,
    /// When it was fixed, where that was later than the claim.
    pub fixed: Option<When>,
    /// How its bound or what it measures changed after a first figure was known.
    #[serde(default)]
    pub revised: Vec<Revision>,
    /// The value of no effect, where the unit does not tell it: 1 for a ratio, 0 for a share, none for a size,
    /// a time and a count.
    pub neutral: Option<f64>,
    /// Whether this part of the claim says that there is no effect.
    #[serde(default)]
    pub no_effect: bool,
    /// What is decided before its own figure decides, in this order.
    #[serde(default)]
    pub before: Vec<Step>,
    /// Why it is undecided where its figure does not keep the bound, if that alone tells nothing.
    pub otherwise: Option<String>,
    /// Topics of a headline that share one mechanism: the mean has to survive without each of these, too.
    #[serde(default)]
    pub mechanism: Vec<Mechanism>,
    /// Whether no number of blocks makes up for it where a machine does not fit.
    #[serde(default)]
    pub incurable: bool,
    /// The smallest value for which the claim holds.
    pub least: Option<f64>,
    /// The largest value for which it holds; none means that it only has to lie beyond `least`.
    pub most: Option<f64>,
    /// Whether it has to be so in each single block: three suffice then, and where they are too few for
    /// an interval their whole range counts.
    #[serde(default)]
    pub each: bool,
    /// Whether it is a number that blocks do not change, such as a count of cores: one block suffices.
    #[serde(default)]
    pub exact: bool,
    /// The unit in which the value is printed: `ratio`, `ns`, `bytes`, `share`, `count`.
    pub unit: Option<String>,
    /// A fact that a program tells (`contrast`), which has to be as the claim has it.
    pub fact: Option<Fact>,
    /// A script that a program performs, and what it has to print.
    pub replay: Option<Replay>,
    /// A mistake's fixture, from the top folder, whose kept answer has to be confirmed by the tools.
    pub mistake: Option<String>,
    /// A check that the lab itself performs, by name (`lab_verify::checks`).
    pub check: Option<String>,
    /// Whether the claim is confirmed when fact, mistake or check comes out as said (the usual), or
    /// refuted by it.
    #[serde(default)]
    pub refutes: bool,
}

impl Test {
    /// When its rule became what it is: blocks begun earlier do not decide.
    pub fn since<'a>(&'a self, claim: &'a Claim) -> Option<&'a When> {
        let revised = claim.revised.iter().chain(&self.revised);
        let revised = revised.map(|revision| &revision.on);
        revised.chain(&claim.fixed).chain(&self.fixed).max()
    }

    /// The fewest blocks that tell it.
    pub fn fewest_blocks(&self) -> usize {
        match (self.exact, self.each) {
            (true, _) => 1,
            (_, true) => FEWEST_OF_EACH,
            _ => MIN_VALUES,
        }
    }

    /// The quantities that it asks for; none for a question of yes or no.
    pub fn texts(&self) -> &[String] {
        match (&self.headline, &self.value) {
            (Some(ratios), _) => ratios,
            (None, Some(value)) => slice::from_ref(value),
            (None, None) => &[],
        }
    }

    /// Its question of yes or no.
    pub fn question(&self) -> Result<Question> {
        if let Some(fact) = &self.fact {
            Ok(Question::Fact(fact.clone()))
        } else if let Some(replay) = &self.replay {
            Ok(Question::Replay(replay.clone()))
        } else if let Some(path) = &self.mistake {
            Ok(Question::Mistake(path.clone()))
        } else if let Some(name) = &self.check {
            Ok(Question::Check(name.clone()))
        } else {
            bail!("a test needs one of: value, fact, replay, mistake, check")
        }
    }

    /// The clocks by which it is asked: both where it is made for both.
    pub fn clocks(&self) -> &'static [Option<Clock>] {
        use Clock::{Cpu, CpuWithoutIdle, Wall};
        let names = |word: &str| self.texts().iter().any(|text| text.contains(word));
        match (names(TIME), names(CPU), names("go{")) {
            (true, _, true) => &[Some(Wall), Some(Cpu), Some(CpuWithoutIdle)],
            // Rust has no collector that could mark.
            (true, _, false) => &[Some(Wall), Some(Cpu)],
            (false, true, _) => &[Some(Cpu), Some(CpuWithoutIdle)],
            _ => &[None],
        }
    }

    /// Its formulas by one of these clocks, as text.
    pub fn texts_by(&self, clock: Option<Clock>) -> impl Iterator<Item = String> {
        let name = clock.map_or("", Clock::name);
        let cpu = match clock {
            Some(Clock::CpuWithoutIdle) => Clock::CpuWithoutIdle.name(),
            _ => Clock::Cpu.name(),
        };
        let texts = self.texts().iter();
        texts.map(move |text| text.replace(TIME, name).replace(CPU, &format!("{cpu}_ns")))
    }

    /// What its figure has to be; there is no direction in which a claim of no effect is missed.
    pub fn bound(&self, claim: &Claim) -> Bound {
        let by_unit = match self.unit.as_deref() {
            Some(RATIO) => Some(1.0),
            Some("share") => Some(0.0),
            _ => None,
        };
        let has_direction = !(self.no_effect || claim.no_effect);
        Bound {
            least: self.least,
            most: self.most,
            neutral: self.neutral.or(by_unit).filter(|_| has_direction),
        }
    }

    /// The ways in which it can miss: one only where the answer is yes or no.
    pub fn misses(&self, claim: &Claim) -> BTreeSet<Miss> {
        if self.texts().is_empty() {
            return [Miss::False].into();
        }
        self.bound(claim).misses()
    }
}
