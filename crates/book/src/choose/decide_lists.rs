//! What the lists say: lines that figures write, each in the list for which its deciding figure speaks. The lines
//! stand in `choose.toml`, which says how they are read.

use std::collections::{BTreeMap, BTreeSet};

use lab_judge::{finding, formula::Formula, judgement::Tested, verdict::Verdict};
use lab_results::{quantity, query::Query, result::ResultFile};
use serde::Deserialize;

use crate::{
    result_figures::{Measured, Shown},
    verdicts::{Judged, Verdicts},
};

/// Both languages do alike within this range of Go's figure over Rust's: "similar" as the claims have it.
pub const SIMILAR: (f64, f64) = (0.8, 1.25);

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum List {
    /// When to pick Rust.
    Rust,
    /// When to pick Go.
    Go,
    /// When it does not matter.
    Either,
}

/// All that is said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// The lines of the lists.
    pub line: Vec<Line>,
    /// What changes the figures without another language.
    pub setting: Vec<Setting>,
}

/// A line, in whichever list it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its list, if no figure decides.
    pub list: Option<List>,
    /// The figure that decides.
    pub decides: Option<Source>,
    /// From here on a figure that is no ratio speaks for Rust.
    pub matters_from: Option<f64>,
    /// Claims that have to hold.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Claims that stand behind it.
    #[serde(default)]
    pub claims: Vec<String>,
    /// Figures that it names.
    #[serde(default)]
    pub figure: BTreeMap<String, Source>,
    /// The line.
    pub says: String,
    /// The figures that show it.
    pub evidence: String,
    /// What is worded otherwise in Rust's list.
    #[serde(default)]
    pub rust: Wording,
    /// In Go's.
    #[serde(default)]
    pub go: Wording,
    /// In that of what does not matter.
    #[serde(default)]
    pub either: Wording,
}

/// What is worded otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The line.
    pub says: Option<String>,
    /// The figures that show it.
    pub evidence: Option<String>,
}

/// What a setting does, in a sentence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The sentence.
    pub says: String,
    /// Figures that it names.
    pub figure: BTreeMap<String, Source>,
}

/// Where a figure comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A quantity of one measurement.
    pub value: Option<String>,
    /// Its unit.
    #[serde(default)]
    pub unit: String,
    /// The claim that has it.
    pub claim: Option<String>,
    /// Its name there.
    #[serde(default)]
    pub name: String,
}

/// A figure with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// Its interval.
    pub interval: (f64, f64),
    /// Its unit.
    pub unit: String,
    /// What the same quantity of a program measured against itself strays from 1, by this factor.
    pub noise: f64,
}

/// A line as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// In which list.
    pub list: List,
    /// The line.
    pub says: String,
    /// The figures that show it.
    pub evidence: String,
    /// The claims behind it, by their ids.
    pub claims: Vec<String>,
}

impl Advice {
    /// Reads what is said.
    pub fn read() -> Self {
        let text = include_str!("../../choose.toml");
        toml::from_str(text).expect("choose.toml is well formed")
    }

    /// The lines whose figures are there and decide.
    pub fn lines(&self, verdicts: &Verdicts) -> Vec<Written> {
        let written = self.line.iter().map(|line| line.written(verdicts));
        written.flatten().collect()
    }

    /// The sentences on settings whose figures are there, and the queries without an interval that the others need.
    pub fn settings(&self, verdicts: &Verdicts) -> (Vec<String>, BTreeSet<Query>) {
        let mut written = Vec::new();
        let mut lacking = BTreeSet::new();
        for setting in &self.setting {
            match setting.write(verdicts) {
                Ok(says) => written.push(says),
                Err(queries) => lacking.extend(queries),
            }
        }
        (written, lacking)
    }
}

impl Line {
    fn written(&self, verdicts: &Verdicts) -> Option<Written> {
        let does_hold = |id: &String| {
            let claim = claim(verdicts, id);
            claim.is_some_and(|claim| claim.verdict == Verdict::Holds)
        };
        if !self.holds.iter().all(does_hold) {
            return None;
        }
        let mut machines = machines(verdicts).into_iter();
        machines.find_map(|measured| self.write_with(measured, verdicts))
    }

    /// The line by the figures of one machine.
    fn write_with(&self, measured: Measured, verdicts: &Verdicts) -> Option<Written> {
        let mut figures = known(&self.figure, measured, verdicts);
        let list = match &self.decides {
            Some(source) => {
                let figure = source.find(measured, verdicts)?;
                let list = self.decide(&figure)?;
                figures.insert("decides", figure);
                list
            }
            None => self.list?,
        };
        let wording = match list {
            List::Rust => &self.rust,
            List::Go => &self.go,
            List::Either => &self.either,
        };
        let says = wording.says.as_ref().unwrap_or(&self.says);
        let evidence = wording.evidence.as_ref().unwrap_or(&self.evidence);
        Some(Written {
            list,
            says: fill(says, &figures, verdicts)?,
            evidence: fill(evidence, &figures, verdicts)?,
            claims: self.claims.clone(),
        })
    }

    /// The list for which a figure speaks with its whole interval; none if it reaches over a bound, or if the
    /// control strays as far.
    pub fn decide(&self, figure: &Figure) -> Option<List> {
        let (low, high) = figure.interval;
        if figure.unit != "ratio" {
            let from = self.matters_from?;
            return match (high < from, from <= low) {
                (true, _) => Some(List::Either),
                (_, true) => Some(List::Rust),
                _ => None,
            };
        }
        if SIMILAR.0 <= low && high <= SIMILAR.1 {
            return Some(List::Either);
        }
        if low > SIMILAR.1.max(figure.noise) {
            return Some(List::Rust);
        }
        (high < SIMILAR.0.min(1.0 / figure.noise)).then_some(List::Go)
    }
}

impl Setting {
    /// The sentence by the figures of one machine; if no machine has all, what the one with the most of them lacks.
    fn write(&self, verdicts: &Verdicts) -> Result<String, BTreeSet<Query>> {
        let mut fewest: Option<BTreeSet<Query>> = None;
        for measured in machines(verdicts) {
            let figures = known(&self.figure, measured, verdicts);
            if let Some(says) = fill(&self.says, &figures, verdicts) {
                return Ok(says);
            }
            let is_lacking = |name: &&String| !figures.contains_key(name.as_str());
            let names = self.figure.keys().filter(is_lacking);
            let lacking: BTreeSet<Query> = names.flat_map(|n| self.figure[n].queries()).collect();
            if fewest
                .as_ref()
                .is_none_or(|other| lacking.len() < other.len())
            {
                fewest = Some(lacking);
            }
        }
        Err(fewest.unwrap_or_default())
    }
}

impl Source {
    /// What its formula asks for.
    fn queries(&self) -> BTreeSet<Query> {
        let formula = self
            .value
            .as_ref()
            .and_then(|text| Formula::parse(text).ok());
        formula.map(|formula| formula.queries()).unwrap_or_default()
    }

    /// The figure, if it was measured in blocks enough for an interval.
    fn find(&self, measured: Measured, verdicts: &Verdicts) -> Option<Figure> {
        if let Some(text) = &self.value {
            let is_ratio = self.unit == "ratio";
            let noise = is_ratio.then(|| measured.noise(text)).flatten();
            return Figure::new(measured.formula(text, is_ratio)?, &self.unit, noise);
        }
        let claim = claim(verdicts, self.claim.as_ref()?)?;
        let mut all = claim.tests.iter().chain(&claim.shown);
        // A note says that it is of something else: of another size, or without some parts.
        let tested = all.find(|tested| tested.name() == self.name && tested.note.is_empty())?;
        Figure::new(
            Shown::from_figure(tested.figure.as_ref()?)?,
            &tested.unit,
            None,
        )
    }
}

impl Figure {
    fn new(shown: Shown, unit: &str, noise: Option<Shown>) -> Option<Self> {
        let strays = noise.and_then(|noise| noise.interval);
        Some(Figure {
            value: shown.value,
            interval: shown.interval?,
            unit: unit.to_owned(),
            noise: strays.map_or(1.0, |(low, high)| high.max(1.0 / low)),
        })
    }

    fn inverse(&self) -> Self {
        let (low, high) = self.interval;
        Figure {
            value: 1.0 / self.value,
            interval: (1.0 / high, 1.0 / low),
            ..self.clone()
        }
    }

    fn with_interval(&self) -> String {
        let (low, high) = self.interval;
        quantity::with_interval(self.value, low, high, &self.unit)
    }
}

fn claim<'a>(verdicts: &'a Verdicts, id: &str) -> Option<&'a Judged> {
    verdicts.claims.iter().find(|claim| claim.id == id)
}

/// What each machine measured, those of the user first; behind them nothing, for lines that rest on claims alone.
/// A line compares no figures of two machines.
fn machines(verdicts: &Verdicts) -> Vec<Measured<'_>> {
    let is_same = |one: &ResultFile, other: &ResultFile| {
        let differences = one.machine.differences(&other.machine);
        differences.is_empty()
    };
    let each = verdicts.files.chunk_by(is_same).map(Measured);
    each.chain([Measured(&[])]).collect()
}

/// The figures of these sources that were measured, by name.
fn known<'a>(
    sources: &'a BTreeMap<String, Source>,
    measured: Measured,
    verdicts: &Verdicts,
) -> BTreeMap<&'a str, Figure> {
    let each = sources.iter();
    each.filter_map(|(name, source)| Some((name.as_str(), source.find(measured, verdicts)?)))
        .collect()
}

/// A sentence with its figures in their places; none where one is missing.
fn fill(template: &str, figures: &BTreeMap<&str, Figure>, verdicts: &Verdicts) -> Option<String> {
    let render = |placeholder: &str| render_placeholder(placeholder, figures, verdicts);
    finding::fill_with(template, render).ok()
}

/// What stands in the place of a placeholder.
fn render_placeholder(
    placeholder: &str,
    figures: &BTreeMap<&str, Figure>,
    verdicts: &Verdicts,
) -> Option<String> {
    let (names, filter) = placeholder.split_once('|').unwrap_or((placeholder, ""));
    if let Some(claim) = claim(verdicts, names) {
        return claim.tests.iter().find_map(Tested::seen_text);
    }
    let all = names.split(',').map(|name| figures.get(name));
    let all: Vec<&Figure> = all.collect::<Option<_>>()?;
    let figure = *all.first()?;
    let low = all.iter().map(|one| one.interval.0);
    let low = low.fold(f64::INFINITY, f64::min);
    let high = all.iter().map(|one| one.interval.1).fold(0.0, f64::max);
    let round = |value: f64| quantity::plain(value, &figure.unit);
    Some(match filter {
        "" => figure.with_interval(),
        "brief" => quantity::brief(figure.value, &figure.unit),
        "inverse" => figure.inverse().with_interval(),
        "down" => round(round_down(low)),
        "up" => round(round_up(high)),
        "tenfold" => round(round_up(10.0 * high)),
        _ => return None,
    })
}

/// Round numbers, of which each power of ten has the same.
const STEPS: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];

/// The next round number that is no smaller.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let mut all = STEPS.iter().map(|step| step * power);
    all.find(|step| *step >= value).unwrap_or(value)
}

/// The next round number that is no larger.
fn round_down(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let mut all = STEPS.iter().rev().map(|step| step * power);
    all.find(|step| *step <= value).unwrap_or(value)
}

#[cfg(test)]
mod tests;
