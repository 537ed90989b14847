//! The quantities that claims are about: expressions over the figures of one block.
//!
//! ```text
//! expression := term (("+" | "-") term)*
//! term       := factor (("*" | "/") factor)*
//! factor     := NUMBER | FUNCTION "(" expression ("," expression)* ")" | "(" expression ")" | reference
//! reference  := SIDE "{" TOPIC "/" CASE ["@" SCALE] (" " NAME "=" SETTING)* "}" "." FIGURE
//! ```
//!
//! `SIDE` is `go` or `rust`; `NAME` is `go`, `rust` or `cores`. A figure is the median over a run's
//! samples but the first, `first` that of the first, `sum` the sum over the others; `runtime.X` and `process.X`
//! are said once a run. `p50` to `p999` take the percentile of a list of times, all those samples together,
//! `count` says how many there are; `per_pass` divides a counter of the process by how often that did its work;
//! `ln` is the natural logarithm of any expression, `min` the smallest of several, `mean` their geometric mean.
//! A figure that ends with `cpu_without_idle_ns` is the CPU time of that name without idle-priority marking.
//!
//! `stalls` is no quantity of a block: over all blocks together, how many of the requests with fresh memory are
//! slow for each with pooled memory (see `figures/stalls.rs`).

mod figure;
mod read;

use std::collections::BTreeSet;

use lab_results::{histogram::percentile, query::Query, result::Block, settings::DEFAULT};
use lab_workspace::language::Language;

/// A quantity.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// A number.
    Number(f64),
    /// A figure of a run.
    Figure(Reference),
    /// A percentile of a list of times, from 0 to 1.
    Percentile(f64, Reference),
    /// How many times a list holds.
    Count(Reference),
    /// A counter of a whole process, divided by how often that did the work.
    PerPass(Reference),
    /// A figure of a run's first sample.
    First(Reference),
    /// A figure of a run's samples, added up.
    Total(Reference),
    /// How many requests with fresh memory are slow for each with pooled memory, by the stalls of all blocks.
    Stalls(Reference),
    /// The natural logarithm of a quantity.
    Log(Box<Formula>),
    /// The geometric mean of quantities.
    Mean(Vec<Formula>),
    /// The smallest of quantities.
    Least(Vec<Formula>),
    /// Two quantities with `+`, `-`, `*` or `/` between them.
    Two(Box<Formula>, char, Box<Formula>),
}

/// A figure of one side in one measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Which side.
    pub side: Language,
    /// The measurement.
    pub query: Query,
    /// The figure.
    pub figure: String,
}

impl Formula {
    /// The measurements that it wants.
    pub fn queries(&self) -> BTreeSet<Query> {
        let all = self.references().into_iter();
        all.map(|reference| reference.query.clone()).collect()
    }

    /// The topic of the first of them; empty if it wants none.
    pub fn topic(&self) -> String {
        let query = self.queries().into_iter().next();
        query.map(|query| query.topic).unwrap_or_default()
    }

    /// The figures that it is made of.
    pub fn references(&self) -> Vec<&Reference> {
        match self {
            Formula::Number(_) => Vec::new(),
            Formula::Figure(reference)
            | Formula::Percentile(_, reference)
            | Formula::Count(reference)
            | Formula::PerPass(reference)
            | Formula::First(reference)
            | Formula::Total(reference)
            | Formula::Stalls(reference) => vec![reference],
            Formula::Log(inner) => inner.references(),
            Formula::Mean(all) | Formula::Least(all) => {
                all.iter().flat_map(Formula::references).collect()
            }
            Formula::Two(left, _, right) => [left.references(), right.references()].concat(),
        }
    }

    /// Its value in the block of this number, asked for by measurement; none where a figure is missing.
    pub fn value<'a>(&self, block: &impl Fn(&Query) -> Option<&'a Block>) -> Option<f64> {
        match self {
            Formula::Number(number) => Some(*number),
            Formula::Figure(reference) => reference.figure(reference.run(block)?),
            Formula::Percentile(share, reference) => {
                percentile(&reference.times(reference.run(block)?)?, *share)
            }
            Formula::Count(reference) => {
                let times = reference.times(reference.run(block)?)?;
                Some(times.iter().map(|time| time[1]).sum())
            }
            Formula::PerPass(reference) => {
                let run = reference.run(block)?;
                Some(reference.figure(run)? / reference.passes(run)?)
            }
            Formula::First(reference) => reference.run(block)?.first(&reference.figure),
            Formula::Total(reference) => reference.sum(reference.run(block)?),
            Formula::Stalls(_) => None,
            Formula::Log(inner) => Some(inner.value(block)?.ln()),
            Formula::Mean(all) => {
                let mut logs = 0.0;
                for quantity in all {
                    logs += quantity.value(block)?.ln();
                }
                Some((logs / all.len() as f64).exp())
            }
            Formula::Least(all) => {
                let values: Option<Vec<f64>> = all.iter().map(|one| one.value(block)).collect();
                values?.into_iter().min_by(f64::total_cmp)
            }
            Formula::Two(left, operator, right) => Some(calculate(
                left.value(block)?,
                *operator,
                right.value(block)?,
            )),
        }
    }

    /// The same at the cases' own sizes.
    #[must_use]
    pub fn at_own_scale(&self) -> Self {
        self.over(&|query| Query {
            scale: None,
            ..query.clone()
        })
    }

    /// The same over other measurements, each in the place of its own.
    #[must_use]
    pub fn over(&self, other: &impl Fn(&Query) -> Query) -> Self {
        let of = |reference: &Reference| Reference {
            query: other(&reference.query),
            ..reference.clone()
        };
        let all = |all: &[Formula]| all.iter().map(|one| one.over(other)).collect();
        match self {
            Formula::Number(number) => Formula::Number(*number),
            Formula::Figure(reference) => Formula::Figure(of(reference)),
            Formula::Percentile(share, reference) => Formula::Percentile(*share, of(reference)),
            Formula::Count(reference) => Formula::Count(of(reference)),
            Formula::PerPass(reference) => Formula::PerPass(of(reference)),
            Formula::First(reference) => Formula::First(of(reference)),
            Formula::Total(reference) => Formula::Total(of(reference)),
            Formula::Stalls(reference) => Formula::Stalls(of(reference)),
            Formula::Log(inner) => Formula::Log(inner.over(other).into()),
            Formula::Mean(quantities) => Formula::Mean(all(quantities)),
            Formula::Least(quantities) => Formula::Least(all(quantities)),
            Formula::Two(left, operator, right) => {
                Formula::Two(left.over(other).into(), *operator, right.over(other).into())
            }
        }
    }

    /// What is set for the sides of which it tells, as a formula names it; nothing if they are as they come.
    pub fn setting(&self) -> String {
        let mut words = BTreeSet::new();
        for Reference { side, query, .. } in self.references() {
            let set = match side {
                Language::Go => &query.go,
                Language::Rust => &query.rust,
            };
            for (name, set, usual) in [(side.name(), set, DEFAULT), ("cores", &query.cores, "all")]
            {
                if set != usual {
                    words.insert(format!("{name}={set}"));
                }
            }
        }
        Vec::from_iter(words).join(" ")
    }
}

/// Two numbers with an operator between them.
pub(crate) fn calculate(left: f64, operator: char, right: f64) -> f64 {
    match operator {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        _ => left / right,
    }
}

#[cfg(test)]
mod tests;
