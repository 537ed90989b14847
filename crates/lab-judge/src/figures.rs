//! What the blocks of results say about a formula.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use lab_results::{
    cases::is_load,
    query::Wanted,
    result::{Block, LeftOut, Measurement, ResultFile, Run, Subject},
    stats::{self, Estimate},
};
use lab_workspace::language::Side;

use crate::{
    claims::Claim,
    formula::{Formula, Reference},
};

/// What has to be so in each block is not told by fewer.
pub(super) const FEWEST_OF_EACH: usize = 3;

/// A quantity with its interval, or why there is none.
#[derive(Debug, Clone, PartialEq)]
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
    Missing(String),
}

impl Figure {
    /// That of values, one a block; a ratio is estimated by its logarithm.
    fn of(values: Vec<f64>, is_ratio: bool) -> Self {
        let scale = |value: f64| if is_ratio { value.ln() } else { value };
        let usable = values.into_iter().filter(|v| !is_ratio || *v > 0.0);
        let mut scaled: Vec<f64> = usable.map(scale).collect();
        if scaled.is_empty() {
            return Figure::Missing("a figure is missing in the blocks".to_owned());
        }
        let back = |value: f64| if is_ratio { value.exp() } else { value };
        if let Some(estimate) = stats::location(&scaled) {
            return Figure::Known(estimate.map(back));
        }
        scaled.sort_by(f64::total_cmp);
        Figure::Rough {
            value: back(stats::median(&scaled)),
            blocks: scaled.len(),
        }
    }
}

/// What was wanted, and its measurement.
type Measured<'a> = (Wanted, &'a Measurement);

/// So many blocks all of them have.
fn fewest(measurements: &[Measured]) -> usize {
    let counts = measurements.iter().map(|(_, m)| m.blocks.len());
    counts.min().unwrap_or(0)
}

/// The block of this number.
fn block<'a>(measurements: &[Measured<'a>], wanted: &Wanted, number: usize) -> Option<&'a Block> {
    let (_, found) = measurements.iter().find(|(other, _)| other == wanted)?;
    found.blocks.get(number)
}

/// A block with the control in the place of its own side.
fn again(block: &Block) -> Block {
    let of = |side: Side, run: &Run| {
        let run = if side.name() == block.control_of {
            &block.control
        } else {
            run
        };
        run.clone()
    };
    Block {
        order: Vec::new(),
        go: of(Side::Go, &block.go),
        rust: of(Side::Rust, &block.rust),
        control: Run::default(),
        control_of: block.control_of.clone(),
        steal: block.steal,
        cautions: Vec::new(),
    }
}

/// Results in which measurements are looked up.
pub struct Results<'a>(pub &'a [ResultFile]);

impl<'a> Results<'a> {
    /// A formula's value over all blocks; ratios are estimated by their logarithm.
    pub fn figure(&self, formula: &Formula, is_ratio: bool) -> Figure {
        match self.values(formula) {
            Ok(values) => Figure::of(values, is_ratio),
            Err(missing) => missing,
        }
    }

    /// What the machine alone makes of a formula: in each block, its value with the control in the place of
    /// its own side, over its value.
    pub fn control(&self, formula: &Formula) -> Figure {
        let measurements = match self.measurements(formula) {
            Ok(measurements) => measurements,
            Err(missing) => return missing,
        };
        let told = |number: usize| {
            let own = |wanted: &Wanted| block(&measurements, wanted, number);
            let has_control = |reference: &&Reference| {
                let block = own(&reference.wanted);
                block.is_some_and(|block| block.control_of == reference.side.name())
            };
            formula.references().into_iter().find(has_control)?;
            let again: Vec<(&Wanted, Block)> = measurements
                .iter()
                .map(|(wanted, m)| (wanted, again(&m.blocks[number])))
                .collect();
            let second = |wanted: &Wanted| {
                let (_, block) = again.iter().find(|(other, _)| *other == wanted)?;
                Some(block)
            };
            Some(formula.value(&second)? / formula.value(&own)?)
        };
        let values = (0..fewest(&measurements)).filter_map(told);
        Figure::of(values.filter(|value| value.is_finite()).collect(), true)
    }

    /// A formula under each other setting that was measured of its cases, by what is set; nothing if it tells
    /// of several settings itself.
    pub fn under_other_settings(&self, formula: &Formula) -> BTreeMap<String, Formula> {
        let wanted = formula.wanted();
        let own: BTreeSet<_> = wanted.iter().map(|w| (&w.go, &w.rust, &w.cores)).collect();
        let mut all = BTreeMap::new();
        if own.len() != 1 {
            return all;
        }
        let measured = self.0.iter().flat_map(|file| &file.measurements);
        for Measurement { subject, .. } in measured {
            let is_its_case = |w: &Wanted| (&w.topic, &w.case) == (&subject.topic, &subject.case);
            if !wanted.iter().any(is_its_case) {
                continue;
            }
            let other = formula.over(&|wanted| Wanted {
                go: subject.go.clone(),
                rust: subject.rust.clone(),
                cores: subject.cores.clone(),
                ..wanted.clone()
            });
            if other.setting() != formula.setting() {
                all.entry(other.setting()).or_insert(other);
            }
        }
        all
    }

    /// The figure of what has to be so in each block: where there are too few for an interval, the middle
    /// and the whole range of the values.
    pub fn of_each(&self, formula: &Formula, is_ratio: bool) -> Figure {
        let figure = self.figure(formula, is_ratio);
        if !matches!(figure, Figure::Rough { .. }) {
            return figure;
        }
        let mut values = match self.values(formula) {
            Ok(values) => values,
            Err(missing) => return missing,
        };
        values.sort_by(f64::total_cmp);
        let (value, blocks) = (stats::median(&values), values.len());
        if blocks < FEWEST_OF_EACH {
            return Figure::Rough { value, blocks };
        }
        Figure::Known(Estimate {
            value,
            low: values[0],
            high: values[blocks - 1],
            count: blocks,
        })
    }

    /// A formula's value in each block that has one.
    fn values(&self, formula: &Formula) -> Result<Vec<f64>, Figure> {
        let measurements = self.measurements(formula)?;
        let values: Vec<f64> = (0..fewest(&measurements))
            .filter_map(|number| formula.value(&|wanted| block(&measurements, wanted, number)))
            .filter(|value| value.is_finite())
            .collect();
        if values.is_empty() {
            return Err(Figure::of(values, false));
        }
        Ok(values)
    }

    /// All that a formula wants, each with blocks.
    fn measurements(&self, formula: &Formula) -> Result<Vec<Measured<'a>>, Figure> {
        let mut measurements = Vec::new();
        for wanted in formula.wanted() {
            match self.find(&wanted) {
                Some(measurement) if !measurement.blocks.is_empty() => {
                    measurements.push((wanted, measurement));
                }
                begun => {
                    let begun = begun.map(|measurement| &measurement.subject);
                    return Err(Figure::Missing(self.missing(&wanted, begun)));
                }
            }
        }
        Ok(measurements)
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
                    .wanted()
                    .iter()
                    .filter_map(|wanted| Some(self.find(wanted)?.subject.scale))
                    .collect();
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                (found, format!(" at {} only", sizes.join(", ")))
            }
        }
    }

    /// Whether all that a claim asks for is measured.
    pub fn has(&self, claim: &Claim) -> Result<bool> {
        let wanted = claim.wanted()?;
        Ok(wanted.iter().all(|wanted| self.find(wanted).is_some()))
    }

    /// Whether a quick run is what leaves a claim open for this reason: it measures each case at one size
    /// with nothing set, and of load one point, in three short blocks.
    pub fn is_quick(&self, claim: &Claim, why: &str) -> Result<bool> {
        let files = self.0;
        if files.is_empty() || files.iter().any(|file| file.request.mode != "quick") {
            return Ok(false);
        }
        let whole = files.iter().all(|file| file.request.only.is_empty());
        let leaves = |wanted: &Wanted| {
            let few = is_load(wanted) && why.starts_with("only ");
            few || (whole || is_load(wanted)) && why == missing(wanted)
        };
        let is_left_out = |wanted: &Wanted| self.left_out(&wanted.to_string()).is_some();
        let wanted = claim.wanted()?;
        Ok(wanted.iter().any(|w| leaves(w) && !is_left_out(w)))
    }

    /// Why there is no measurement, or none but one that was begun.
    fn missing(&self, wanted: &Wanted, begun: Option<&Subject>) -> String {
        let begun = begun.map(ToString::to_string).unwrap_or_default();
        let left_out = self.left_out(&wanted.to_string()).or(self.left_out(&begun));
        match left_out {
            Some(LeftOut { because, .. }) => format!("{because}: {wanted}"),
            None => missing(wanted),
        }
    }

    fn left_out(&self, subject: &str) -> Option<&'a LeftOut> {
        let mut all = self.0.iter().flat_map(|file| &file.left_out);
        all.find(|left| left.subject == subject)
    }

    /// The measurement that is wanted; without a size, the one at the case's own size.
    pub fn find(&self, wanted: &Wanted) -> Option<&'a Measurement> {
        let fits = |measurement: &&&'a Measurement| {
            let subject = &measurement.subject;
            subject.topic == wanted.topic
                && subject.case == wanted.case
                && wanted
                    .scale
                    .map_or(measurement.own_scale, |scale| scale == subject.scale)
                && (&subject.go, &subject.rust) == (&wanted.go, &wanted.rust)
                && subject.cores == wanted.cores
        };
        let all: Vec<&Measurement> = self.0.iter().flat_map(|file| &file.measurements).collect();
        all.iter()
            .filter(fits)
            .max_by_key(|m| m.blocks.len())
            .copied()
    }
}

fn missing(wanted: &Wanted) -> String {
    format!("{wanted} is not measured")
}
