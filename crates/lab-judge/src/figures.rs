//! What the blocks of results say about a formula.

mod missing;
mod stalls;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use lab_results::{
    query::Query,
    result::{Block, CaseKey, Caution, Measurement, ResultFile, Run, Skipped},
    stats::{self, Estimate, MIN_VALUES},
};
use lab_workspace::language::Language;

use crate::{
    formula::Formula,
    several_measurements::{Located, Sum, Term},
};

pub use missing::Missing;

/// A quantity with its interval, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Figure {
    /// The estimate over blocks.
    Known(Estimate),
    /// The middle of too few blocks for an interval.
    Rough {
        /// The median.
        value: f64,
        /// How many blocks there were.
        blocks: usize,
    },
    /// Not measured: what is missing.
    Missing(Missing),
}

impl Figure {
    /// That of a sum over blocks; a ratio is estimated by its logarithm.
    fn of_sum(located: Option<Located>, is_ratio: bool) -> Self {
        let back = |value: f64| if is_ratio { value.exp() } else { value };
        match located {
            Some(Located::Known(estimate)) => Figure::Known(estimate.map(back)),
            Some(Located::Rough(value, blocks)) => Figure::Rough {
                value: back(value),
                blocks,
            },
            None => Figure::Missing(Missing::NoFigure),
        }
    }
}

/// The values of a quantity in blocks; a block whose figures make no number, such as the ratio of a difference
/// that is below zero, is no reason to estimate by the others alone.
fn numbers(values: impl Iterator<Item = f64>, is_ratio: bool) -> Result<Vec<f64>, Figure> {
    let values: Vec<f64> = values.collect();
    let not = values.iter().filter(|value| !value.is_finite()).count();
    if not == 0 {
        return Ok(values);
    }
    Err(Figure::Missing(Missing::NoNumber {
        blocks: not,
        of: values.len(),
        is_ratio,
    }))
}

/// A block with the control in the place of its own side.
fn again(block: &Block) -> Block {
    let of = |side: Language, run: &Run| {
        let run = if side.name() == block.control_of {
            &block.control
        } else {
            run
        };
        run.clone()
    };
    Block {
        order: Vec::new(),
        go: of(Language::Go, &block.go),
        rust: of(Language::Rust, &block.rust),
        control: Run::default(),
        control_of: block.control_of.clone(),
        steal: block.steal,
        cautions: Vec::new(),
    }
}

/// Results in which measurements are looked up.
#[derive(Debug, Clone, Default)]
pub struct Results<'a> {
    files: Vec<&'a ResultFile>,
    is_reference: bool,
}

impl<'a> Results<'a> {
    /// Those of these files.
    pub fn new(files: impl IntoIterator<Item = &'a ResultFile>) -> Self {
        Results {
            files: files.into_iter().collect(),
            is_reference: false,
        }
    }

    /// Those of the reference.
    pub fn of_reference(files: impl IntoIterator<Item = &'a ResultFile>) -> Self {
        Results {
            is_reference: true,
            ..Results::new(files)
        }
    }

    /// The files.
    pub fn files(&self) -> &[&'a ResultFile] {
        &self.files
    }

    /// Whether they are the reference.
    pub fn is_reference(&self) -> bool {
        self.is_reference
    }

    /// Those that were begun at this time or later, in seconds since 1970.
    #[must_use]
    pub fn since(&self, seconds: u64) -> Self {
        let newer = |file: &&&ResultFile| file.began >= seconds;
        Results {
            files: self.files.iter().filter(newer).copied().collect(),
            ..*self
        }
    }

    /// A formula's value over all blocks; ratios are estimated by their logarithm.
    pub fn figure(&self, formula: &Formula, is_ratio: bool) -> Figure {
        if let Formula::Stalls(reference) = formula {
            let blocks = self
                .measurement(&reference.query)
                .map(|found| &found.blocks);
            return match blocks.map(|blocks| stalls::estimate(reference, blocks)) {
                Ok(Ok(estimate)) => Figure::Known(estimate),
                Ok(Err(why)) => Figure::Missing(why),
                Err(missing) => missing,
            };
        }
        let figure = || Ok(Figure::of_sum(self.located(formula, is_ratio)?, is_ratio));
        figure().unwrap_or_else(|missing| missing)
    }

    /// Where a formula's value lies, or its logarithm: figures of one measurement are taken block by block, those
    /// of several as independent samples, whatever stands between them.
    fn located(&self, formula: &Formula, is_log: bool) -> Result<Option<Located>, Figure> {
        if let Some(sum) = Sum::split(formula, is_log) {
            return Ok(sum.located(&self.values_of(&sum, is_log)?));
        }
        let none = || Figure::Missing(Missing::NoInterval);
        let Formula::Two(left, operator, right) = formula else {
            return Err(none());
        };
        if is_log {
            return Err(none());
        }
        // A ratio by its logarithm, unless a block has none.
        if *operator == '/'
            && let Some(sum) = Sum::split(formula, true)
            && let Ok(values) = self.values_of(&sum, true)
        {
            return Ok(sum.located(&values).map(|log| log.map(f64::exp)));
        }
        let (left, right) = (self.located(left, false)?, self.located(right, false)?);
        Ok(left
            .zip(right)
            .and_then(|(left, right)| left.with(*operator, right)))
    }

    /// What the machine alone makes of a formula: in each block that has a control of it, its value with the
    /// control in the place of its own side, over its value.
    pub fn control(&self, formula: &Formula) -> Figure {
        let figure = || {
            let none = || Figure::Missing(Missing::SeveralMeasurements);
            let sum = Sum::split(formula, true).ok_or_else(none)?;
            let values = self.terms(&sum, true, |term, block| {
                let has = term.has_control(block);
                has.then(|| Some(term.value(&again(block))? - term.value(block)?))?
            })?;
            Ok(Figure::of_sum(
                sum.without_constant().located(&values),
                true,
            ))
        };
        figure().unwrap_or_else(|missing| missing)
    }

    /// What each term of a sum comes to in the blocks of its measurement.
    fn terms(
        &self,
        sum: &Sum,
        is_ratio: bool,
        value: impl Fn(&Term, &Block) -> Option<f64>,
    ) -> Result<Vec<Vec<f64>>, Figure> {
        let terms = sum.terms.iter().map(|term| {
            let blocks = &self.measurement(&term.query)?.blocks;
            let values = blocks.iter().filter_map(|block| value(term, block));
            numbers(values, is_ratio)
        });
        terms.collect()
    }

    /// The same, where each block counts: one that lacks a figure is no reason to estimate by the others alone.
    fn values_of(&self, sum: &Sum, is_ratio: bool) -> Result<Vec<Vec<f64>>, Figure> {
        let values = self.terms(sum, is_ratio, Term::value)?;
        for (values, term) in values.iter().zip(&sum.terms) {
            let of = self.measurement(&term.query)?.blocks.len();
            let blocks = of - values.len();
            if blocks > 0 && !values.is_empty() {
                return Err(Figure::Missing(Missing::InSomeBlocks { blocks, of }));
            }
        }
        Ok(values)
    }

    /// A formula under each other setting that was measured of its cases, by what is set; nothing if it tells
    /// of several settings itself.
    pub fn under_other_settings(&self, formula: &Formula) -> BTreeMap<String, Formula> {
        let queries = formula.queries();
        let own: BTreeSet<_> = queries.iter().map(|w| (&w.go, &w.rust, &w.cores)).collect();
        let mut all = BTreeMap::new();
        if own.len() != 1 {
            return all;
        }
        let measured = self.files.iter().flat_map(|file| &file.measurements);
        for Measurement { key, .. } in measured {
            let is_its_case = |w: &Query| (&w.topic, &w.case) == (&key.topic, &key.case);
            if !queries.iter().any(is_its_case) {
                continue;
            }
            let other = formula.over(&|query| Query {
                go: key.go.clone(),
                rust: key.rust.clone(),
                cores: key.cores.clone(),
                ..query.clone()
            });
            if other.setting() != formula.setting() {
                all.entry(other.setting()).or_insert(other);
            }
        }
        all
    }

    /// The figure of what has to be so in each block: where there are too few for an interval, but not fewer than
    /// these, the middle and the whole range of the values.
    pub fn of_each(&self, formula: &Formula, is_ratio: bool, fewest: usize) -> Figure {
        let figure = self.figure(formula, is_ratio);
        if !matches!(figure, Figure::Rough { blocks, .. } if blocks >= fewest) {
            return figure;
        }
        let mut values = match self.values(formula, is_ratio) {
            Ok(values) => values,
            Err(missing) => return missing,
        };
        values.sort_by(f64::total_cmp);
        Figure::Known(Estimate {
            value: stats::median(&values),
            low: values[0],
            high: values[values.len() - 1],
            count: values.len(),
        })
    }

    /// The value in each block of a formula that is about a single measurement.
    fn values(&self, formula: &Formula, is_ratio: bool) -> Result<Vec<f64>, Figure> {
        let none = || Figure::Missing(Missing::SeveralMeasurements);
        let sum = Sum::split(formula, is_ratio).ok_or_else(none)?;
        let mut terms = self.values_of(&sum, is_ratio)?;
        let only = terms.pop().filter(|_| terms.is_empty()).ok_or_else(none)?;
        let back = |value: f64| if is_ratio { value.exp() } else { value };
        Ok(only.into_iter().map(back).collect())
    }

    /// The caution that more than a quarter of a measurement's blocks carry, if there is one.
    pub fn doubt(&self, formulas: &[Formula]) -> Option<Caution> {
        let queries: BTreeSet<Query> = formulas.iter().flat_map(Formula::queries).collect();
        let doubted = |query: &Query| {
            let blocks = &self.find(query)?.blocks;
            let many = |caution: &Caution| {
                let carry = blocks.iter().filter(|b| b.cautions.contains(caution));
                4 * carry.count() > blocks.len()
            };
            [Caution::GeneratorLate, Caution::Moved, Caution::NotSteady]
                .into_iter()
                .find(many)
        };
        queries.iter().find_map(doubted)
    }

    /// The measurement that is wanted, if it has blocks.
    fn measurement(&self, query: &Query) -> Result<&'a Measurement, Figure> {
        match self.find(query) {
            Some(measurement) if !measurement.blocks.is_empty() => Ok(measurement),
            begun => {
                let begun = begun.map(|measurement| &measurement.key);
                Err(Figure::Missing(self.missing(query, begun)))
            }
        }
    }

    /// A formula's value that is only shown: at the cases' own sizes where the size that it names is not
    /// measured. The second is that size in words, or nothing.
    pub fn shown(&self, formula: &Formula, is_ratio: bool) -> (Figure, String) {
        let figure = self.figure(formula, is_ratio);
        let own = formula.at_own_scale();
        if !matches!(figure, Figure::Missing(_)) || own == *formula {
            return (figure, String::new());
        }
        match self.figure(&own, is_ratio) {
            Figure::Missing(_) => (figure, String::new()),
            found => {
                let sizes: BTreeSet<u64> = own
                    .queries()
                    .iter()
                    .filter_map(|query| Some(self.find(query)?.key.scale))
                    .collect();
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                (found, format!(" at {} only", sizes.join(", ")))
            }
        }
    }

    /// Why there is no measurement, or none but one that was begun.
    fn missing(&self, query: &Query, begun: Option<&CaseKey>) -> Missing {
        let begun = begun.map(ToString::to_string).unwrap_or_default();
        let skipped = self.skipped(&query.to_string()).or(self.skipped(&begun));
        let query = Box::new(query.clone());
        match skipped {
            Some(Skipped { reason, .. }) => Missing::Skipped {
                reason: *reason,
                query,
            },
            None => Missing::NotMeasured(query),
        }
    }

    pub(crate) fn skipped(&self, key: &str) -> Option<&'a Skipped> {
        let mut all = self.files.iter().flat_map(|file| &file.skipped);
        all.find(|left| left.query == key)
    }

    /// The measurement that is wanted; without a size, the one at the case's own size. Of several the first
    /// one with blocks enough for an interval, or the one with the most blocks.
    pub fn find(&self, query: &Query) -> Option<&'a Measurement> {
        Some(self.found(query)?.1)
    }

    /// The file that it stands in.
    pub fn file_of(&self, query: &Query) -> Option<&'a ResultFile> {
        Some(self.found(query)?.0)
    }

    fn found(&self, query: &Query) -> Option<(&'a ResultFile, &'a Measurement)> {
        let fits = |measurement: &Measurement| {
            let key = &measurement.key;
            key.topic == query.topic
                && key.case == query.case
                && query
                    .scale
                    .map_or(measurement.own_scale, |scale| scale == key.scale)
                && (&key.go, &key.rust) == (&query.go, &query.rust)
                && key.cores == query.cores
        };
        let of_file = |file: &&'a ResultFile| {
            let (file, measurements): (&'a ResultFile, _) = (file, &file.measurements);
            measurements.iter().map(move |one| (file, one))
        };
        let all = || {
            let all = self.files.iter().flat_map(of_file);
            all.filter(|(_, measurement)| fits(measurement))
        };
        // The files come in the order of preference, the newest first.
        let is_enough =
            |(_, measurement): &(_, &Measurement)| measurement.blocks.len() >= MIN_VALUES;
        let most = || all().min_by_key(|(_, measurement)| Reverse(measurement.blocks.len()));
        all().find(is_enough).or_else(most)
    }
}

#[cfg(test)]
mod tests;
