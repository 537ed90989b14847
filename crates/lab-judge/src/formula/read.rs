//! Reads and writes formulas and what they want.

use anyhow::{Result, bail, ensure};

use lab_results::query::Query;
use lab_workspace::language::Language;

use crate::formula::{Formula, Reference};

impl Formula {
    /// Reads a formula.
    pub fn parse(text: &str) -> Result<Self> {
        let mut reader = Reader { text, rest: text };
        let formula = reader.expression()?;
        ensure!(
            reader.peek().is_none(),
            "unexpected {:?} at the end of {text:?}",
            reader.rest
        );
        Ok(formula)
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
            "go" => return Ok(Formula::Figure(self.reference(Language::Go)?)),
            "rust" => return Ok(Formula::Figure(self.reference(Language::Rust)?)),
            "p50" => Some(0.5),
            "p75" => Some(0.75),
            "p90" => Some(0.9),
            "p95" => Some(0.95),
            "p99" => Some(0.99),
            "p999" => Some(0.999),
            "p9999" => Some(0.9999),
            "count" | "ln" | "per_pass" | "first" | "sum" | "stalls" | "min" | "mean" => None,
            _ => bail!(
                "{word:?} in {:?} is not a number, a language or a function",
                self.text
            ),
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
        let Formula::Figure(reference) = inner else {
            bail!("{word} in {:?} takes exactly one figure", self.text);
        };
        Ok(match (share, word) {
            (Some(share), _) => Formula::Percentile(share, reference),
            (None, "per_pass") => Formula::PerPass(reference),
            (None, "first") => Formula::First(reference),
            (None, "sum") => Formula::Total(reference),
            (None, "stalls") => Formula::Stalls(reference),
            (None, _) => Formula::Count(reference),
        })
    }

    fn reference(&mut self, side: Language) -> Result<Reference> {
        self.take('{')?;
        let inside = self.word(|c| c != '}');
        self.take('}')?;
        self.take('.')?;
        let figure = self
            .word(|c| c.is_alphanumeric() || c == '_' || c == '.')
            .to_owned();
        ensure!(!figure.is_empty(), "a figure is missing in {:?}", self.text);
        let query = Query::parse(inside)?;
        Ok(Reference {
            side,
            query,
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
