//! The claims, each written once in `claims.toml`: what is said, what would make it true, what tests it.
//!
//! A verdict is computed from a claim's tests and the figures of a result; it is never written.

mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, mem, slice,
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use lab_results::{
    evidence::{Fact, Question, Replay},
    query::Wanted,
};
use lab_workspace::{
    language::Side,
    project::{CLAIMS, Project},
    suggest,
};

use crate::{
    formula::Formula,
    order::Step,
    revision::{Revision, When},
    rule::Bound,
    verdict::Miss,
};

pub use crate::rule::Join;
pub use words::{Cause, Clock, Findings, Front, Mechanism};

/// All claims, in the article's order, then those of other sources.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The claims.
    pub claim: Vec<Claim>,
}

/// One claim.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its id, which never changes.
    pub id: String,
    /// Whose language gains if it holds, where its figures do not compare the two; neither if none is named.
    pub favours: Option<Side>,
    /// The topic it belongs to.
    pub topic: String,
    /// The claim in our own words.
    pub says: String,
    /// Who says so; the article if nobody is named.
    pub source: Option<String>,
    /// The figure that the source gives, if it gives one.
    pub figure: Option<String>,
    /// Whether it says that there is no effect ("free", "similar", "consistent"): then a figure that misses
    /// makes it false, and in no direction.
    #[serde(default)]
    pub no_effect: bool,
    /// When its bounds and tests were fixed; those of all claims if no day is named.
    pub fixed: Option<When>,
    /// How its bounds or tests changed after a first figure was known.
    #[serde(default)]
    pub revised: Vec<Revision>,
    /// What its verdict means, in one sentence for each verdict that it can have.
    #[serde(default)]
    pub finding: Findings,
    /// Where it stands among the findings that README and the book's front page show, if it does.
    pub front: Option<Front>,
    /// How its tests make one verdict.
    #[serde(default)]
    pub join: Join,
    /// On what it depends where its states part; the states in which it is not so if nothing is named.
    pub on: Option<String>,
    /// What is asked of the measurements.
    #[serde(default)]
    pub test: Vec<Test>,
    /// What has to be so, or the machine decides and not the languages.
    #[serde(default)]
    pub fit: Vec<Test>,
    /// Figures that stand beside the verdict, such as the article's own milliseconds: nothing binds them
    /// to another machine.
    #[serde(default)]
    pub shown: Vec<Test>,
    /// The fewest samples that a process takes at the largest size that it names, and in proportion at
    /// smaller ones, where its figures are of something that comes the more seldom the more lives.
    pub samples: Option<u64>,
    /// What a supporter of the other side would answer.
    pub answer: Option<String>,
    /// The figure or the fact that tests that answer.
    pub answered_by: Option<Test>,
    /// The supposed causes, each as an experiment that takes it away.
    #[serde(default)]
    pub cause: Vec<Cause>,
    /// What to keep in mind when reading the verdict.
    #[serde(default)]
    pub caveats: Vec<String>,
    /// Whether transparent huge pages change its figures.
    #[serde(default)]
    pub huge_pages: bool,
    /// Quantities that several of its formulas share; there `$NAME` stands for them.
    #[serde(default)]
    quantity: BTreeMap<String, String>,
}

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

impl Claim {
    /// Whether the article says so, and not another source.
    pub fn is_the_articles(&self) -> bool {
        self.source.is_none()
    }

    /// When its rule was last revised, in whole or in a part.
    pub fn last_revision(&self) -> Option<&When> {
        let of_tests = self.test.iter().flat_map(|test| &test.revised);
        let all = self.revised.iter().chain(of_tests);
        all.map(|revision| &revision.on).max()
    }

    /// The questions of yes or no that it asks.
    pub fn questions(&self) -> impl Iterator<Item = Question> {
        let tests = self.test.iter().chain(&self.fit).chain(&self.shown);
        let tests = tests.chain(&self.answered_by);
        tests.filter_map(|test| test.question().ok())
    }

    /// Whether it takes all topics together.
    pub fn is_headline(&self) -> bool {
        self.test.iter().any(|test| test.headline.is_some())
    }

    /// Puts its shared quantities in the place of their names.
    fn expand(&mut self) -> Result<()> {
        let quantities = mem::take(&mut self.quantity);
        let tests = self
            .test
            .iter_mut()
            .chain(&mut self.fit)
            .chain(&mut self.shown);
        let tests = tests.chain(&mut self.answered_by);
        let tests = tests.flat_map(|test| {
            test.value
                .iter_mut()
                .chain(test.headline.iter_mut().flatten())
        });
        let causes = self.cause.iter_mut().flat_map(|cause| {
            [&mut cause.effect, &mut cause.without]
                .into_iter()
                .chain(&mut cause.counter)
        });
        for text in tests.chain(causes) {
            for (name, quantity) in &quantities {
                *text = text.replace(&format!("${name}"), &format!("({})", quantity.trim()));
            }
            if let Some((_, name)) = text.split_once('$') {
                let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
                let name = &name[..end.unwrap_or(name.len())];
                bail!(
                    "the claim {} in claims.toml has no quantity.{name}",
                    self.id
                );
            }
        }
        Ok(())
    }

    /// The measurements that it asks for, judged or only shown.
    pub fn wanted(&self) -> Result<BTreeSet<Wanted>> {
        let mut all = self.judged()?;
        let shown = self.test.iter().chain(&self.shown);
        all.extend(self.of(quantities(shown.chain(&self.answered_by)))?);
        Ok(all)
    }

    /// Those of them on which its verdict and its causes rest.
    pub fn judged(&self) -> Result<BTreeSet<Wanted>> {
        let tests = self.test.iter().filter(|_| self.join != Join::Shown);
        let mut judged = quantities(tests.chain(&self.fit));
        judged.extend(self.experiments());
        self.of(judged)
    }

    /// Those of them of which it asks for a figure whose name begins so.
    pub fn asking(&self, figure: &str) -> Result<BTreeSet<Wanted>> {
        let tests = self.test.iter().chain(&self.fit).chain(&self.shown);
        let mut all = quantities(tests.chain(&self.answered_by));
        all.extend(self.experiments());
        let mut asking = BTreeSet::new();
        for text in all {
            let formula = self.formula(text)?;
            let named = formula.references().into_iter();
            let named = named.filter(|reference| reference.figure.starts_with(figure));
            asking.extend(named.map(|reference| reference.wanted.clone()));
        }
        Ok(asking)
    }

    /// The quantities that test its causes.
    fn experiments(&self) -> impl Iterator<Item = &str> {
        self.cause.iter().flat_map(|cause| {
            let [with, without] = &cause.counter;
            [&cause.effect, &cause.without, with, without].map(String::as_str)
        })
    }

    fn of(&self, quantities: Vec<&str>) -> Result<BTreeSet<Wanted>> {
        let mut all = BTreeSet::new();
        for text in quantities {
            all.extend(self.formula(text)?.wanted());
        }
        Ok(all)
    }

    /// A quantity of it, read.
    pub(crate) fn formula(&self, text: &str) -> Result<Formula> {
        Formula::parse(text).with_context(|| format!("the claim {} in claims.toml", self.id))
    }

    /// The formulas of one of its tests: its value, or the ratios of a headline; for both clocks where it is
    /// made by both, and none for a question of yes or no.
    pub(crate) fn formulas(&self, test: &Test) -> Result<Vec<(Option<Clock>, Vec<Formula>)>> {
        if test.texts().is_empty() {
            return Ok(Vec::new());
        }
        let all = |clock: Option<Clock>| {
            let parsed = test.texts_by(clock).map(|text| self.formula(&text));
            Ok((clock, parsed.collect::<Result<_>>()?))
        };
        test.clocks().iter().copied().map(all).collect()
    }
}

impl Test {
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
            bail!("a test asks for a value, a fact, a replay, a mistake or a check")
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
            Some("ratio") => Some(1.0),
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

/// What stands in a formula for the name of a clock.
const TIME: &str = "TIME";

/// What stands for a CPU time with idle-priority marking and for one without.
const CPU: &str = "CPU_ns";

fn quantities<'a>(tests: impl Iterator<Item = &'a Test>) -> Vec<&'a str> {
    let mut quantities = Vec::new();
    for test in tests {
        quantities.extend(test.value.as_deref());
        quantities.extend(test.headline.iter().flatten().map(String::as_str));
        quantities.extend(test.before.iter().map(|step| step.value.as_str()));
    }
    quantities
}

impl Claims {
    /// Reads the claims of the project.
    pub fn read(project: &Project) -> Result<Self> {
        let path = project.root.join(CLAIMS);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("cannot understand {}", path.display()))
    }

    /// Reads the text of claims.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut claims: Claims = toml::from_str(text)?;
        let mut seen = BTreeSet::new();
        for claim in &mut claims.claim {
            claim.expand()?;
            if !seen.insert(&claim.id) {
                bail!("the claim {} stands there twice", claim.id);
            }
        }
        Ok(claims)
    }

    /// The claim of this id.
    pub fn get(&self, id: &str) -> Result<&Claim> {
        let named = |claim: &&Claim| claim.id.eq_ignore_ascii_case(id);
        self.claim.iter().find(named).with_context(|| {
            let ids: Vec<_> = self.claim.iter().map(|claim| claim.id.as_str()).collect();
            suggest::unknown_name("claim", id, &ids, None)
        })
    }
}

#[cfg(test)]
mod tests;
