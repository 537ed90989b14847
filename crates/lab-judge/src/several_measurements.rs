//! Quantities over several measurements. Their blocks were taken apart, so that no block of one belongs to a
//! block of the other: a quantity is split into a sum with one term for each measurement, and each term is
//! estimated over the blocks of its own.

use lab_results::{
    query::Query,
    result::Block,
    stats::{self, Estimate, MIN_VALUES},
};

use crate::formula::{Formula, calculate};

/// A quantity, or its logarithm, as a sum of terms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sum {
    constant: f64,
    pub(crate) terms: Vec<Term>,
}

/// What one measurement adds to a sum: formulas over it alone, each with its factor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    pub(crate) query: Query,
    parts: Vec<(f64, Formula)>,
}

/// A sum over blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Located {
    /// With an interval.
    Known(Estimate),
    /// The sum of medians of too few blocks for an interval, and how many there are.
    Rough(f64, usize),
}

impl Located {
    /// The same on another scale; the function has to rise.
    pub(crate) fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        match self {
            Located::Known(estimate) => Located::Known(estimate.map(rising)),
            Located::Rough(value, blocks) => Located::Rough(rising(value), blocks),
        }
    }

    /// The value, and of how many blocks.
    fn rough(self) -> (f64, usize) {
        match self {
            Located::Known(estimate) => (estimate.value, estimate.count),
            Located::Rough(value, blocks) => (value, blocks),
        }
    }

    /// This and another one that was taken apart, with an operator between them; none where it divides by what
    /// may be nothing, and of two that are multiplied.
    pub(crate) fn with(self, operator: char, other: Self) -> Option<Self> {
        let (Located::Known(left), Located::Known(right)) = (self, other) else {
            let ((left, one), (right, two)) = (self.rough(), other.rough());
            let value = calculate(left, operator, right);
            return Some(Located::Rough(value, one.min(two)));
        };
        Some(Located::Known(match operator {
            '+' => stats::sum(&[left, right]),
            '-' => stats::sum(&[left, right.times(-1.0)]),
            '/' if right.is_certain() => left.times(1.0 / right.value),
            '/' => stats::quotient(&left, &right)?,
            _ if right.is_certain() => left.times(right.value),
            _ if left.is_certain() => right.times(left.value),
            _ => return None,
        }))
    }
}

impl Term {
    /// Its value in a block of its measurement; none where a figure is missing.
    pub(crate) fn value(&self, block: &Block) -> Option<f64> {
        let mut sum = 0.0;
        for (factor, formula) in &self.parts {
            sum += factor * formula.value(&|_: &Query| Some(block))?;
        }
        Some(sum)
    }

    /// Whether a block's control was of a language of which it tells.
    pub(crate) fn has_control(&self, block: &Block) -> bool {
        let parts = self.parts.iter();
        let mut references = parts.flat_map(|(_, formula)| formula.references());
        references.any(|reference| reference.side.name() == block.control_of)
    }
}

impl Sum {
    /// The sum that a formula is, or that its logarithm is; none if it is no sum.
    pub(crate) fn split(formula: &Formula, is_log: bool) -> Option<Self> {
        if is_log { log(formula) } else { value(formula) }
    }

    fn constant(constant: f64) -> Self {
        let terms = Vec::new();
        Sum { constant, terms }
    }

    fn one(query: Query, formula: Formula) -> Self {
        let parts = vec![(1.0, formula)];
        Sum {
            constant: 0.0,
            terms: vec![Term { query, parts }],
        }
    }

    /// This sum plus `factor` times another.
    fn plus(mut self, factor: f64, other: Sum) -> Self {
        self.constant += factor * other.constant;
        for Term { query, parts } in other.terms {
            let parts = parts.into_iter().map(|(own, part)| (factor * own, part));
            match self.terms.iter_mut().find(|term| term.query == query) {
                Some(term) => term.parts.extend(parts),
                None => self.terms.push(Term {
                    query,
                    parts: parts.collect(),
                }),
            }
        }
        self
    }

    /// The sum without what no measurement decides.
    pub(crate) fn without_constant(mut self) -> Self {
        self.constant = 0.0;
        self
    }

    /// The sum from the values of each term in the blocks of its measurement: by signed ranks where there is one
    /// measurement, by rank sums where there are two, and for more by their own intervals. Values of one that fall
    /// into two groups have their whole range in the place of an interval.
    pub(crate) fn located(&self, values: &[Vec<f64>]) -> Option<Located> {
        if values.is_empty() {
            return Some(Located::Known(Estimate::certain(self.constant)));
        }
        let fewest = values.iter().map(Vec::len).min().filter(|&n| n > 0)?;
        let estimate = match values {
            _ if fewest < MIN_VALUES => None,
            [one] => stats::interval(one),
            [one, other] => {
                let less: Vec<f64> = other.iter().map(|value| -value).collect();
                stats::shift(&less, one)
            }
            several => {
                let each: Option<Vec<_>> = several.iter().map(|v| stats::location(v)).collect();
                each.map(|each| stats::sum(&each))
            }
        };
        let constant = self.constant;
        if let Some(estimate) = estimate {
            return Some(Located::Known(estimate.map(|value| value + constant)));
        }
        let medians = values.iter().cloned().map(|mut values| {
            values.sort_by(f64::total_cmp);
            stats::median(&values)
        });
        Some(Located::Rough(medians.sum::<f64>() + constant, fewest))
    }
}

/// The only measurement of a formula, if there is but one.
fn only(formula: &Formula) -> Option<Query> {
    let mut queries = formula.queries().into_iter();
    queries.next().filter(|_| queries.next().is_none())
}

/// A formula's value that no measurement decides.
fn fixed(formula: &Formula) -> Option<f64> {
    formula.value(&|_: &Query| None)
}

fn value(formula: &Formula) -> Option<Sum> {
    if let Some(constant) = fixed(formula) {
        return Some(Sum::constant(constant));
    }
    if let Some(query) = only(formula) {
        return Some(Sum::one(query, formula.clone()));
    }
    let times = |factor: f64, sum| Sum::constant(0.0).plus(factor, sum);
    match formula {
        Formula::Log(inner) => log(inner),
        Formula::Two(left, '+', right) => Some(value(left)?.plus(1.0, value(right)?)),
        Formula::Two(left, '-', right) => Some(value(left)?.plus(-1.0, value(right)?)),
        Formula::Two(left, '*', right) => match (fixed(left), fixed(right)) {
            (Some(factor), _) => Some(times(factor, value(right)?)),
            (_, Some(factor)) => Some(times(factor, value(left)?)),
            _ => None,
        },
        Formula::Two(left, '/', right) => Some(times(1.0 / fixed(right)?, value(left)?)),
        _ => None,
    }
}

fn log(formula: &Formula) -> Option<Sum> {
    if let Some(constant) = fixed(formula) {
        return Some(Sum::constant(constant.ln()));
    }
    if let Some(query) = only(formula) {
        return Some(Sum::one(query, Formula::Log(formula.clone().into())));
    }
    match formula {
        Formula::Two(left, '*', right) => Some(log(left)?.plus(1.0, log(right)?)),
        Formula::Two(left, '/', right) => Some(log(left)?.plus(-1.0, log(right)?)),
        Formula::Mean(all) => all.iter().try_fold(Sum::constant(0.0), |sum, one| {
            Some(sum.plus(1.0 / all.len() as f64, log(one)?))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::result;

    fn split(text: &str, is_log: bool) -> Option<Vec<String>> {
        let sum = Sum::split(&Formula::parse(text).unwrap(), is_log)?;
        let terms = sum.terms.iter().map(|term| term.query.to_string());
        Some(terms.collect())
    }

    #[test]
    fn a_quantity_has_one_term_for_each_of_its_measurements() {
        let terms = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect());
        assert_eq!(split("go{a/b}.x / rust{a/b}.x", true), terms(&["a/b"]));
        let ratio = "(go{a/b}.x / go{a/b}.y) / (go{c/d}.x / go{c/d}.y)";
        assert_eq!(split(ratio, true), terms(&["a/b", "c/d"]));
        let mean = "mean(go{a/b}.x / rust{a/b}.x, go{c/d}.x / rust{a/b}.y)";
        assert_eq!(split(mean, true), terms(&["a/b", "c/d"]));
        let slope = "(3 * ln(go{a/b}.x - go{a/b}.y) - ln(go{c/d}.x)) / (2 * ln(10))";
        assert_eq!(split(slope, false), terms(&["a/b", "c/d"]));
        assert_eq!(split("go{a/b}.x - go{c/d}.x", true), None);
        assert_eq!(split("go{a/b}.x / go{c/d}.x", false), None);
    }

    #[test]
    fn a_term_is_the_share_of_its_measurement() {
        let text = "3 * go{list/case}.wall_ns - rust{list/case}.wall_ns / 2 + 7";
        let sum = Sum::split(&Formula::parse(text).unwrap(), false).unwrap();
        let file = result(&[("list", 5.0, 6)]);
        let block = &file.measurements[0].blocks[0];
        assert_eq!(sum.terms[0].value(block), Some(14.5e6 + 7.0));
        let mean = "mean(4 * go{list/case}.wall_ns, go{tree/case}.wall_ns)";
        let sum = Sum::split(&Formula::parse(mean).unwrap(), true).unwrap();
        let both: Vec<Option<f64>> = sum.terms.iter().map(|term| term.value(block)).collect();
        let expected = [20e6_f64.sqrt().ln(), 5e6_f64.sqrt().ln()];
        for (value, expected) in both.iter().zip(expected) {
            assert!((value.unwrap() - expected).abs() < 1e-9, "{both:?}");
        }
    }
}
