//! A generated script: it can be made smaller, and lines can be left out.

use std::collections::BTreeSet;

use proptest::{prelude::Just, strategy::ValueTree};

use super::programs::Answer;

/// A line with its end; the tag stays the same however the script shrinks.
#[derive(Debug, Clone)]
pub struct Line {
    /// Identifies the line.
    pub tag: u64,
    /// The text, mostly one line.
    pub text: Vec<u8>,
    /// How it ends.
    pub end: &'static [u8],
}

/// A script, with all that is needed to shrink it.
pub struct Script {
    /// Where its lines come from.
    pub tree: Box<dyn ValueTree<Value = Vec<Line>>>,
    /// Lines that are left out, by their tags.
    pub without: BTreeSet<u64>,
    /// How often a refused line was left out.
    pub rounds: usize,
    /// Whether it may take seconds.
    pub heavy: bool,
    /// Whether it is the same in every run.
    pub fixed: bool,
    /// Whether lines that are refused are left out, so that those behind them are performed.
    pub heals: bool,
    /// Why the last line is refused, if that is known.
    pub refused: Option<String>,
}

impl Script {
    /// A script with nothing left out yet.
    pub fn new(tree: Box<dyn ValueTree<Value = Vec<Line>>>, heavy: bool) -> Self {
        Script {
            tree,
            without: BTreeSet::new(),
            rounds: 0,
            heavy,
            fixed: false,
            heals: true,
            refused: None,
        }
    }

    /// A script of these lines, which know which of them is refused.
    pub fn informed(lines: Vec<Line>, heavy: bool) -> Self {
        Script {
            heals: false,
            ..Script::new(Box::new(Just(lines)), heavy)
        }
    }

    /// A script of these lines, the same in every run.
    pub fn fixed(lines: Vec<Line>, heavy: bool) -> Self {
        Script {
            fixed: true,
            ..Script::new(Box::new(Just(lines)), heavy)
        }
    }

    /// A script that somebody wrote.
    pub fn kept(text: &[u8]) -> Self {
        let lines = (0..).zip(text.split_inclusive(|&byte| byte == b'\n'));
        let line = |(tag, line): (u64, &[u8])| match line.strip_suffix(b"\n") {
            Some(text) => (tag, text.to_vec(), &b"\n"[..]),
            None => (tag, line.to_vec(), &b""[..]),
        };
        let line = lines.map(line);
        let lines = line.map(|(tag, text, end)| Line { tag, text, end });
        Script::fixed(lines.collect(), false)
    }

    /// The lines that are not left out.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = self.tree.current();
        lines.retain(|line| !self.without.contains(&line.tag));
        lines
    }

    /// The bytes for the programs.
    pub fn bytes(&self) -> Vec<u8> {
        let lines = self.lines();
        lines
            .iter()
            .flat_map(|line| [&line.text, line.end].concat())
            .collect()
    }

    /// Leaves out the line that was refused, with equal ones that follow, so that the rest is performed.
    pub fn heal(mut self, refused: usize) -> Option<Self> {
        let lines = self.lines();
        let mut number = 0;
        let place = lines.iter().position(|line| {
            let ends = [&line.text, line.end].concat();
            number += ends.split(|&byte| byte == b'\n').count() - 1;
            number >= refused
        })?;
        let equal = |line: &&Line| line.text == lines[place].text;
        let after = lines[place..].iter().take_while(equal);
        self.without.extend(after.map(|line| line.tag));
        self.rounds += 1;
        let max = if self.heavy { 12 } else { 40 };
        (self.heals && self.rounds <= max).then_some(self)
    }
}

/// The words of all lines that were performed: those before the one that was refused, if any was.
pub fn performed<'a>(script: &'a [u8], answer: &Answer) -> Vec<Vec<&'a str>> {
    let max = match (answer, answer.refused()) {
        (_, Some((line, _))) => line - 1,
        (Answer::Said { code: 0, .. }, None) => usize::MAX,
        _ => 0,
    };
    let words = |line: &'a [u8]| {
        let line = str::from_utf8(line).ok()?;
        let said = line.split('#').next().unwrap_or_default();
        let words = said.split([' ', '\t', '\r']);
        Some(words.filter(|word| !word.is_empty()).collect())
    };
    let lines = script.split(|&byte| byte == b'\n').take(max);
    let mut lines: Vec<Vec<&str>> = lines.filter_map(words).collect();
    lines.retain(|words| !words.is_empty());
    lines
}
