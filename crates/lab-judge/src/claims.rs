//! The claims, each written once in a file `claims.toml`: what is said, what would make it true, what tests it.
//! Claims about a pair stand in the pair's folder.
//!
//! A verdict is computed from a claim's tests and the figures of a result; it is never written.

mod front_page;
mod test;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, mem,
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use lab_results::{cases::is_load, evidence::Question, query::Query};
use lab_workspace::{language::Language, project::Project, suggest};

use crate::{
    formula::Formula,
    revision::{Revision, When},
};

pub use crate::verdict_rule::Join;
pub use front_page::{Card, Front, Kind, Named, Picture, Sorted};
pub use test::Test;
pub use words::{Cause, Clock, Findings, Mechanism, RATIO};

/// All claims, in the article's order, then those of other sources.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// What the article is, as a part of a sentence; empty if nobody says so.
    pub article: String,
    /// The claims.
    pub claim: Vec<Claim>,
    /// What the card of a pair shows on the front page, by topic.
    pub card: BTreeMap<String, Card>,
}

/// One file of claims.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    #[serde(default)]
    article: String,
    claim: Vec<Claim>,
    card: Option<Card>,
}

/// One claim.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its id, which never changes.
    pub id: String,
    /// Whose language gains if it holds, where its figures do not compare the two; neither if none is named.
    pub favours: Option<Language>,
    /// The topic it belongs to: that of the pair in whose folder it stands.
    #[serde(default)]
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
    /// When its bounds and tests were fixed.
    pub fixed: Option<When>,
    /// How its bounds or tests changed after a first figure was known.
    #[serde(default)]
    pub revised: Vec<Revision>,
    /// Whether an answer was seen before its bound was fixed: it guards against a step back, and predicts nothing.
    #[serde(default)]
    pub guard: bool,
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
    /// Settings of [`Claim::beside`], as `--settings` takes them.
    #[serde(default)]
    pub also_under: Vec<String>,
    /// Whether transparent huge pages change its figures.
    #[serde(default)]
    pub huge_pages: bool,
    /// Quantities that several of its formulas share; there `$NAME` stands for them.
    #[serde(default)]
    quantity: BTreeMap<String, String>,
}

impl Claim {
    /// Whether the article says so, and not another source.
    pub fn is_the_articles(&self) -> bool {
        self.source.is_none()
    }

    /// Its place among all: the article's claims stay in their order, those of other sources follow by number.
    fn place(&self) -> Option<u32> {
        self.source.as_ref()?;
        let number = self.id.trim_start_matches(char::is_alphabetic);
        Some(number.parse().unwrap_or(u32::MAX))
    }

    /// When its rule became what it is, in whole or in a part.
    pub fn since(&self) -> Option<&When> {
        self.test.iter().filter_map(|test| test.since(self)).max()
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
    pub fn queries(&self) -> Result<BTreeSet<Query>> {
        let mut all = self.judged()?;
        let shown = self.test.iter().chain(&self.shown);
        all.extend(self.queries_of(quantities(shown.chain(&self.answered_by)))?);
        Ok(all)
    }

    /// The measurements of its tests under the settings that stand beside: not of what compares settings, and not of
    /// load, which would take too long.
    pub fn beside(&self) -> Result<BTreeSet<Query>> {
        let tested = self.queries_of(quantities(self.test.iter()))?;
        let plain = tested
            .iter()
            .filter(|query| query.has_no_setting() && !is_load(query));
        plain
            .flat_map(|query| self.also_under.iter().map(move |words| query.under(words)))
            .collect()
    }

    /// Those of them on which its verdict and its causes rest.
    pub fn judged(&self) -> Result<BTreeSet<Query>> {
        let tests = self.test.iter().filter(|_| self.join != Join::Shown);
        let mut judged = quantities(tests.chain(&self.fit));
        judged.extend(self.experiments());
        self.queries_of(judged)
    }

    /// Those of them of which it asks for a figure whose name begins so.
    pub fn asking(&self, figure: &str) -> Result<BTreeSet<Query>> {
        let tests = self.test.iter().chain(&self.fit).chain(&self.shown);
        let mut all = quantities(tests.chain(&self.answered_by));
        all.extend(self.experiments());
        let mut asking = BTreeSet::new();
        for text in all {
            let formula = self.formula(text)?;
            let named = formula.references().into_iter();
            let named = named.filter(|reference| reference.figure.starts_with(figure));
            asking.extend(named.map(|reference| reference.query.clone()));
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

    fn queries_of(&self, quantities: Vec<&str>) -> Result<BTreeSet<Query>> {
        let mut all = BTreeSet::new();
        for text in quantities {
            all.extend(self.formula(text)?.queries());
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
    /// Reads the claims of the project: those of each pair in the topics' order, then those of all topics together.
    pub fn read(project: &Project) -> Result<Self> {
        let mut claims = Claims::default();
        for (topic, path) in project.claims() {
            let text = fs::read_to_string(&path);
            let text = text.with_context(|| format!("cannot read {}", path.display()))?;
            claims = claims
                .with(topic, &text)
                .with_context(|| format!("cannot understand {}", path.display()))?;
        }
        Ok(claims)
    }

    /// Adds the claims of a file; they belong to this topic unless they name one.
    pub fn with(mut self, topic: &str, text: &str) -> Result<Self> {
        let sheet: Sheet = toml::from_str(text)?;
        self.article += &sheet.article;
        let card = sheet.card.map(|card| (topic.to_owned(), card));
        self.card.extend(card);
        for mut claim in sheet.claim {
            if claim.topic.is_empty() {
                topic.clone_into(&mut claim.topic);
            }
            claim.expand()?;
            if self.claim.iter().any(|other| other.id == claim.id) {
                bail!("there are two claims {}", claim.id);
            }
            self.claim.push(claim);
        }
        self.claim.sort_by_key(Claim::place);
        Ok(self)
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
