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
//! samples; `runtime.X` and `process.X` are said once a run. `p50` to `p999` take the percentile of a
//! list of times, all samples of the run together, `count` says how many there are; `ln` is the natural
//! logarithm of any expression, `min` the smallest of several, `mean` their geometric mean.

use std::{collections::BTreeSet, fmt};

use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    result::{Block, Run},
    stats,
};

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
    pub side: Side,
    /// The measurement.
    pub wanted: Wanted,
    /// The figure.
    pub figure: String,
}

/// A measurement that a formula wants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The topic.
    pub topic: String,
    /// The case.
    pub case: String,
    /// Its size, or the case's own.
    pub scale: Option<u64>,
    /// Go's setting.
    pub go: String,
    /// Rust's setting.
    pub rust: String,
    /// `one` core, `two` of a server under load, or `all`.
    pub cores: String,
}

/// A side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Go.
    Go,
    /// Rust.
    Rust,
}

impl Formula {
    /// Reads a formula.
    pub fn parse(text: &str) -> Result<Self> {
        let mut reader = Reader { text, rest: text };
        let formula = reader.expression()?;
        ensure!(
            reader.peek().is_none(),
            "{:?} stands behind {text:?}",
            reader.rest
        );
        Ok(formula)
    }

    /// The measurements that it wants.
    pub fn wanted(&self) -> BTreeSet<Wanted> {
        let all = self.references().into_iter();
        all.map(|reference| reference.wanted.clone()).collect()
    }

    /// The figures that it is made of.
    pub fn references(&self) -> Vec<&Reference> {
        match self {
            Formula::Number(_) => Vec::new(),
            Formula::Figure(reference)
            | Formula::Percentile(_, reference)
            | Formula::Count(reference)
            | Formula::PerPass(reference) => vec![reference],
            Formula::Log(inner) => inner.references(),
            Formula::Mean(all) | Formula::Least(all) => {
                all.iter().flat_map(Formula::references).collect()
            }
            Formula::Two(left, _, right) => [left.references(), right.references()].concat(),
        }
    }

    /// Its value in the block of this number, asked for by measurement; none where a figure is missing.
    pub fn value<'a>(&self, block: &impl Fn(&Wanted) -> Option<&'a Block>) -> Option<f64> {
        match self {
            Formula::Number(number) => Some(*number),
            Formula::Figure(reference) => reference.figure(block),
            Formula::Percentile(share, reference) => percentile(&reference.times(block)?, *share),
            Formula::Count(reference) => {
                Some(reference.times(block)?.iter().map(|time| time[1]).sum())
            }
            Formula::PerPass(reference) => {
                Some(reference.figure(block)? / reference.passes(block)?)
            }
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
            Formula::Two(left, operator, right) => {
                let (left, right) = (left.value(block)?, right.value(block)?);
                Some(match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                })
            }
        }
    }

    /// The same at the cases' own sizes.
    #[must_use]
    pub fn at_own_scale(&self) -> Self {
        let own = |reference: &Reference| {
            let wanted = Wanted {
                scale: None,
                ..reference.wanted.clone()
            };
            Reference {
                wanted,
                ..reference.clone()
            }
        };
        match self {
            Formula::Number(number) => Formula::Number(*number),
            Formula::Figure(reference) => Formula::Figure(own(reference)),
            Formula::Percentile(share, reference) => Formula::Percentile(*share, own(reference)),
            Formula::Count(reference) => Formula::Count(own(reference)),
            Formula::PerPass(reference) => Formula::PerPass(own(reference)),
            Formula::Log(inner) => Formula::Log(inner.at_own_scale().into()),
            Formula::Mean(all) => Formula::Mean(all.iter().map(Self::at_own_scale).collect()),
            Formula::Least(all) => Formula::Least(all.iter().map(Self::at_own_scale).collect()),
            Formula::Two(left, operator, right) => Formula::Two(
                left.at_own_scale().into(),
                *operator,
                right.at_own_scale().into(),
            ),
        }
    }
}

impl Reference {
    fn run<'a>(&self, block: &impl Fn(&Wanted) -> Option<&'a Block>) -> Option<&'a Run> {
        let block = block(&self.wanted)?;
        Some(match self.side {
            Side::Go => &block.go,
            Side::Rust => &block.rust,
        })
    }

    fn figure<'a>(&self, block: &impl Fn(&Wanted) -> Option<&'a Block>) -> Option<f64> {
        let run = self.run(block)?;
        if let Some(name) = self.figure.strip_prefix("runtime.") {
            return run.runtime.get(name)?.as_f64();
        }
        if let Some(name) = self.figure.strip_prefix("process.") {
            return run.process.get(name)?.as_f64();
        }
        let figures = run
            .samples
            .iter()
            .filter_map(|sample| sample.get(&self.figure)?.as_f64());
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        (!figures.is_empty()).then(|| stats::median(&figures))
    }

    /// How often the process did its work.
    fn passes<'a>(&self, block: &impl Fn(&Wanted) -> Option<&'a Block>) -> Option<f64> {
        let run = self.run(block)?;
        let (group, _) = self.figure.split_once('.')?;
        let figures = match group {
            "runtime" => &run.runtime,
            _ => &run.process,
        };
        // Under load the work is what was asked for.
        figures.get("passes").map_or(Some(1.0), Value::as_f64)
    }

    /// All times of the run as pairs of nanoseconds and how often, sorted.
    fn times<'a>(&self, block: &impl Fn(&Wanted) -> Option<&'a Block>) -> Option<Vec<[f64; 2]>> {
        let run = self.run(block)?;
        let lists: Vec<&Value> = match self.figure.split_once('.') {
            Some(("runtime", name)) => run.runtime.get(name).into_iter().collect(),
            Some(("process", name)) => run.process.get(name).into_iter().collect(),
            _ => run
                .samples
                .iter()
                .filter_map(|sample| sample.get(&self.figure))
                .collect(),
        };
        let pair = |pair: &Value| Some([pair.get(0)?.as_f64()?, pair.get(1)?.as_f64()?]);
        let mut times: Vec<[f64; 2]> = lists
            .iter()
            .filter_map(|list| list.as_array())
            .flatten()
            .filter_map(pair)
            .collect();
        times.sort_by(|one, other| one[0].total_cmp(&other[0]));
        (!times.is_empty()).then_some(times)
    }
}

/// A percentile of fewer times is chance, and one of the slowest hundredth if fewer lie beyond it.
const ENOUGH: f64 = 20.0;

/// The smallest time that at least this share of all times does not exceed; none if there are too few.
fn percentile(times: &[[f64; 2]], share: f64) -> Option<f64> {
    let count = times.iter().map(|time| time[1]).sum::<f64>();
    let counted = if share < 0.99 {
        count
    } else {
        count * (1.0 - share)
    };
    if counted.round() < ENOUGH {
        return None;
    }
    let wanted = share * count;
    let mut seen = 0.0;
    let reached = times.iter().find(|time| {
        seen += time[1];
        seen >= wanted
    });
    reached.map(|time| time[0])
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.case)?;
        if let Some(scale) = self.scale {
            write!(f, "@{scale}")?;
        }
        for (name, value, usual) in [
            ("go", &self.go, "default"),
            ("rust", &self.rust, "default"),
            ("cores", &self.cores, "all"),
        ] {
            if value != usual {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn expression(&mut self) -> Result<Formula> {
        let mut left = self.term()?;
        while let Some(operator @ ('+' | '-')) = self.peek() {
            self.take(operator)?;
            left = Formula::Two(left.into(), operator, self.term()?.into());
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Formula> {
        let mut left = self.factor()?;
        while let Some(operator @ ('*' | '/')) = self.peek() {
            self.take(operator)?;
            left = Formula::Two(left.into(), operator, self.factor()?.into());
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Formula> {
        if self.peek() == Some('(') {
            self.take('(')?;
            let inner = self.expression()?;
            self.take(')')?;
            return Ok(inner);
        }
        let word = self.word(|c| c.is_alphanumeric() || c == '.' || c == '_');
        if let Ok(number) = word.parse() {
            return Ok(Formula::Number(number));
        }
        let share = match word {
            "go" => return Ok(Formula::Figure(self.reference(Side::Go)?)),
            "rust" => return Ok(Formula::Figure(self.reference(Side::Rust)?)),
            "p50" => Some(0.5),
            "p90" => Some(0.9),
            "p95" => Some(0.95),
            "p99" => Some(0.99),
            "p999" => Some(0.999),
            "count" | "ln" | "per_pass" | "min" | "mean" => None,
            _ => bail!("{word:?} in {:?} is no number, side or function", self.text),
        };
        self.take('(')?;
        let inner = self.expression()?;
        let mut all = vec![inner.clone()];
        while matches!(word, "min" | "mean") && self.peek() == Some(',') {
            self.take(',')?;
            all.push(self.expression()?);
        }
        self.take(')')?;
        match word {
            "ln" => return Ok(Formula::Log(inner.into())),
            "min" => return Ok(Formula::Least(all)),
            "mean" => return Ok(Formula::Mean(all)),
            _ => {}
        }
        match (inner, share) {
            (Formula::Figure(reference), Some(share)) => Ok(Formula::Percentile(share, reference)),
            (Formula::Figure(reference), None) if word == "per_pass" => {
                Ok(Formula::PerPass(reference))
            }
            (Formula::Figure(reference), None) => Ok(Formula::Count(reference)),
            _ => bail!("{word} in {:?} takes one figure", self.text),
        }
    }

    fn reference(&mut self, side: Side) -> Result<Reference> {
        self.take('{')?;
        let inside = self.word(|c| c != '}');
        self.take('}')?;
        self.take('.')?;
        let figure = self
            .word(|c| c.is_alphanumeric() || c == '_' || c == '.')
            .to_owned();
        ensure!(!figure.is_empty(), "a figure is missing in {:?}", self.text);
        let wanted = Wanted::parse(inside)?;
        Ok(Reference {
            side,
            wanted,
            figure,
        })
    }

    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, expected: char) -> Result<()> {
        if self.peek() != Some(expected) {
            bail!(
                "{expected:?} is missing before {:?} in {:?}",
                self.rest,
                self.text
            );
        }
        self.rest = &self.rest[expected.len_utf8()..];
        Ok(())
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        self.peek();
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

impl Wanted {
    /// Reads `TOPIC/CASE[@SCALE] [go=SETTING] [rust=SETTING] [cores=one|two|all]`.
    pub fn parse(text: &str) -> Result<Self> {
        let mut words = text.split_whitespace();
        let head = words.next().unwrap_or_default();
        let (name, scale) = match head.split_once('@') {
            Some((name, scale)) => (name, Some(scale.replace('_', "").parse()?)),
            None => (head, None),
        };
        let Some((topic, case)) = name.split_once('/') else {
            bail!("{text:?} is not TOPIC/CASE");
        };
        let mut wanted = Wanted {
            topic: topic.to_owned(),
            case: case.to_owned(),
            scale,
            go: "default".to_owned(),
            rust: "default".to_owned(),
            cores: "all".to_owned(),
        };
        for word in words {
            match word.split_once('=') {
                Some(("go", setting)) => setting.clone_into(&mut wanted.go),
                Some(("rust", setting)) => setting.clone_into(&mut wanted.rust),
                Some(("cores", cores @ ("one" | "two" | "all"))) => {
                    cores.clone_into(&mut wanted.cores);
                }
                _ => bail!("{word:?} in {text:?} is no setting"),
            }
        }
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn block() -> Block {
        let run = |wall: [u64; 3], live: u64| Run {
            samples: wall
                .iter()
                .map(|wall| json!({"wall_ns": wall, "each_ns": [[10, 9800], [wall, 200]]}))
                .map(|sample| sample.as_object().expect("an object").clone())
                .collect(),
            runtime: json!({"live_bytes": live, "collections": 21, "passes": 3})
                .as_object()
                .expect("an object")
                .clone(),
            process: json!({"late_ns": [[7, 10], [live, 30]]})
                .as_object()
                .expect("an object")
                .clone(),
            ..Run::default()
        };
        Block {
            order: Vec::new(),
            go: run([30, 10, 20], 7),
            rust: run([5, 4, 6], 1),
            control: Run::default(),
            control_of: "go".to_owned(),
            steal: 0.0,
        }
    }

    fn value(text: &str) -> Option<f64> {
        let block = block();
        let formula = Formula::parse(text).expect(text);
        formula.value(&|wanted: &Wanted| (wanted.case == "c").then_some(&block))
    }

    #[test]
    fn figures_are_medians_over_samples_and_products_bind_stronger() {
        assert_eq!(value("go{t/c}.wall_ns / rust{t/c}.wall_ns"), Some(4.0));
        assert_eq!(value("1 + 2 * go{t/c}.wall_ns - (3 - 1)"), Some(39.0));
        assert_eq!(value("go{t/c}.runtime.live_bytes"), Some(7.0));
    }

    #[test]
    fn percentiles_are_of_all_samples_together() {
        assert_eq!(value("p50(go{t/c}.each_ns)"), Some(10.0));
        assert_eq!(value("p99(go{t/c}.each_ns)"), Some(20.0));
        assert_eq!(value("p999(go{t/c}.each_ns)"), Some(30.0));
        assert_eq!(value("count(rust{t/c}.each_ns)"), Some(30_000.0));
        assert_eq!(value("ln(go{t/c}.wall_ns / 20)"), Some(0.0));
        assert_eq!(value("p50(rust{t/c}.process.late_ns)"), Some(1.0));
    }

    #[test]
    fn the_smallest_and_the_mean_take_several_expressions() {
        assert_eq!(value("min(4, go{t/c}.wall_ns / 10, 3)"), Some(2.0));
        let mean = value("mean(2, 4 * rust{t/c}.wall_ns - 12)").expect("all are there");
        assert!((mean - 4.0).abs() < 1e-9, "{mean}");
        assert_eq!(value("min(1, go{t/other}.wall_ns)"), None);
    }

    #[test]
    fn a_percentile_of_few_times_is_none() {
        let times = |count: f64| [[5.0, count]];
        assert_eq!(percentile(&times(2000.0), 0.99), Some(5.0));
        assert_eq!(percentile(&times(1940.0), 0.99), None);
        assert_eq!(percentile(&times(20_000.0), 0.999), Some(5.0));
        assert_eq!(percentile(&times(20.0), 0.5), Some(5.0));
        assert_eq!(percentile(&times(19.0), 0.95), None);
    }

    #[test]
    fn a_counter_of_a_process_is_told_for_one_pass_of_its_work() {
        assert_eq!(value("go{t/c}.runtime.collections"), Some(21.0));
        assert_eq!(value("per_pass(go{t/c}.runtime.collections)"), Some(7.0));
        assert_eq!(value("per_pass(go{t/c}.process.minor_faults)"), None);
    }

    #[test]
    fn a_figure_that_is_missing_has_no_value() {
        assert_eq!(value("go{t/other}.wall_ns"), None);
        assert_eq!(value("1 + go{t/c}.nonsense"), None);
    }

    #[test]
    fn a_mean_is_geometric_and_needs_all_of_its_quantities() {
        let block = block();
        let find = |wanted: &Wanted| (wanted.case == "c").then_some(&block);
        let mean = |all: &[&str]| {
            let all = all.iter().map(|text| Formula::parse(text).expect(text));
            Formula::Mean(all.collect()).value(&find)
        };
        let near = mean(&["go{t/c}.wall_ns", "rust{t/c}.wall_ns"]).expect("both are there");
        assert!((near - 10.0).abs() < 1e-9, "{near}");
        assert_eq!(mean(&["go{t/c}.wall_ns", "go{t/other}.wall_ns"]), None);
    }

    #[test]
    fn a_formula_at_its_own_scale_keeps_settings_and_names_no_size() {
        let text = "go{t/c@1_000 go=gogc400}.wall_ns / p99(rust{t/d@7}.x_ns)";
        let own = "go{t/c go=gogc400}.wall_ns / p99(rust{t/d}.x_ns)";
        let parse = |text| Formula::parse(text).expect(text);
        assert_eq!(parse(text).at_own_scale(), parse(own));
    }

    #[test]
    fn a_formula_says_what_it_wants() {
        let text = "go{t/c@1_000 go=gogc400 cores=one}.wall_ns / rust{t/d rust=mimalloc}.cpu_ns";
        let wanted = Formula::parse(text).expect(text).wanted();
        let shown: Vec<_> = wanted.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            ["t/c@1000 go=gogc400 cores=one", "t/d rust=mimalloc"]
        );
    }

    #[test]
    fn what_is_no_formula_is_refused_with_its_place() {
        for text in [
            "",
            "1 +",
            "go{t/c}",
            "go{t}.x",
            "go{t/c colour=red}.x",
            "go{t/c cores=some}.x",
            "(1",
            "1 2",
            "p50(1)",
            "ln(1, 2)",
            "min(1,)",
            "median(go{t/c}.x)",
            "go{t/c@many}.x",
        ] {
            assert!(Formula::parse(text).is_err(), "{text}");
        }
    }
}
