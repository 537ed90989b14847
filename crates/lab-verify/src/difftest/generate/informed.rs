//! Scripts that know the state: the model performs each line while the script is written, so that
//! operands are ids that live, and no operation or error stays rare.

use std::collections::BTreeMap;

use super::super::{
    line::End,
    model_run::ModelRun,
    table::{Kind, Operand, Operation, Part},
};
use super::{
    limits::{Topic, Way},
    text::{at_max, beyond, first_at_max},
};

/// Most objects that a line of a generated script may make: a line costs time in each of many scripts.
const MAX_OBJECTS_A_LINE: u64 = 2_000;

/// One script in this many meets each limit.
const LIMIT_EVERY: u64 = 30;

/// How many lines are tried for one that is refused for a rare reason.
const TRIED: usize = 16;

/// Writes scripts, and counts what is in them.
pub struct Informed<'a> {
    topic: Topic<'a>,
    rng: fastrand::Rng,
    performed: BTreeMap<&'a str, u64>,
    refused: BTreeMap<String, u64>,
    scripts: u64,
    /// Where limits are, with the reasons and costs that they have.
    limits: Option<Vec<(Way<'a>, String, u64)>>,
}

/// A script in the making.
struct Draft<'a> {
    lines: Vec<Vec<u8>>,
    run: ModelRun<'a>,
    /// The few names that the script uses, so that it meets them again.
    names: Vec<String>,
}

impl<'a> Informed<'a> {
    /// A writer; `None` if the topic has no model.
    pub fn new(name: &'a str, table: &'a [Operation], rng: fastrand::Rng) -> Option<Self> {
        let topic = Topic { name, table };
        topic.run(&[])?;
        Some(Informed {
            topic,
            rng,
            performed: table.iter().map(|o| (o.word.as_str(), 0)).collect(),
            refused: BTreeMap::new(),
            scripts: 0,
            limits: None,
        })
    }

    /// The lines of the next script.
    pub fn script(&mut self, names: &[String]) -> Option<Vec<Vec<u8>>> {
        self.scripts += 1;
        let max = [3, 8, 12, 20, 40, 40][self.rng.usize(..6)];
        let mut draft = self.draft(names, max)?;
        if self.rng.u8(..10) < 4 {
            self.refuse(&mut draft);
        }
        Some(draft.lines)
    }

    /// A script that goes up to a limit and mostly beyond, with the reason why its last line is then refused;
    /// `None` if the topic has no limit.
    pub fn at_limit(&mut self, names: &[String]) -> Option<(Vec<Vec<u8>>, Option<String>)> {
        let way = self.way()?;
        let before = self.draft(names, 4)?.lines;
        let limit = self.topic.limit(Some(&before), way)?;
        let [below, at, above] = limit.scripts(&[]);
        let mut lines = match self.rng.u8(..12) {
            0 => below,
            1 => at,
            _ => {
                *self.refused.entry(kind(&limit.why)).or_default() += 1;
                return Some((above, Some(limit.why)));
            }
        };
        // The next lines meet the limit too.
        let run = self.topic.run(&before)?;
        for _ in 0..6 {
            let place = self.rng.usize(..self.topic.table.len());
            lines.push(self.line(&run, names, &self.topic.table[place]));
        }
        Some((lines, None))
    }

    /// Whether a limit was met in less than its share of the scripts.
    pub fn misses_a_limit(&mut self) -> bool {
        let scripts = self.scripts;
        let min = self.rarest().map(|(min, _)| min);
        min.is_some_and(|min| min * LIMIT_EVERY < scripts)
    }

    /// The rarest limits: how often each was met, and the ways to them.
    fn rarest(&mut self) -> Option<(u64, Vec<(Way<'a>, u64)>)> {
        let topic = self.topic;
        let limits = self.limits.get_or_insert_with(|| {
            let limits = topic.limits().into_iter();
            limits
                .map(|(way, limit)| (way, kind(&limit.why), limit.cost))
                .collect()
        });
        let met = |why: &String| self.refused.get(why).copied().unwrap_or_default();
        let min = limits.iter().map(|(_, why, _)| met(why)).min()?;
        let rare = limits.iter().filter(|(_, why, _)| met(why) == min);
        Some((min, rare.map(|(way, _, cost)| (*way, *cost)).collect()))
    }

    /// A way to the rarest limit; mostly the shortest, because some take seconds.
    fn way(&mut self) -> Option<Way<'a>> {
        let (_, mut ways) = self.rarest()?;
        ways.sort_by_key(|(_, cost)| *cost);
        let place = match self.rng.u8(..8) {
            0 => self.rng.usize(..ways.len()),
            _ => 0,
        };
        ways.get(place).map(|(way, _)| *way)
    }

    /// Writes up to `max` lines that the model performs.
    fn draft(&mut self, names: &[String], max: usize) -> Option<Draft<'a>> {
        let mut draft = Draft {
            lines: Vec::new(),
            run: self
                .topic
                .run(&[])?
                .with_max_objects_a_line(MAX_OBJECTS_A_LINE),
            names: names.to_vec(),
        };
        // Some operations are more frequent in this script than in others; in one of two those that work
        // on something that lives.
        let works_on = |operand: &Operand| operand.kind == Kind::Id;
        let is_about_ids = self.rng.bool();
        let favour = self.topic.table.iter().map(|operation| {
            let usual = [1, 4, 4, 8, 20][self.rng.usize(..5)];
            match operation.operands.iter().any(works_on) {
                true if is_about_ids && operation.part == Part::Releases => 4,
                true if is_about_ids => 40,
                _ if is_about_ids => usual.min(4),
                _ => usual,
            }
        });
        let favour: Vec<u64> = favour.collect();
        let settle = self.topic.table.iter().find(|o| o.part == Part::Settles);
        for _ in 0..max * 3 {
            if draft.lines.len() >= max {
                break;
            }
            let operation = self.pick(&favour);
            let settle = settle.filter(|_| operation.part == Part::NeedsSettle);
            if let Some(settle) = settle.filter(|_| self.rng.u8(..4) > 0) {
                self.attempt(&mut draft, settle.word.clone().into_bytes());
            }
            let line = self.line(&draft.run, &draft.names, operation);
            if self.attempt(&mut draft, line).is_some() && operation.operands.iter().any(works_on) {
                // There is too little to work on.
                let is_source =
                    |o: &&Operation| o.part == Part::None && !o.operands.iter().any(works_on);
                let maker = self.topic.table.iter().find(is_source)?;
                for operation in [maker, operation] {
                    let line = self.line(&draft.run, &draft.names, operation);
                    self.attempt(&mut draft, line);
                }
            }
        }
        Some(draft)
    }

    /// A random operation; rare ones are more likely.
    fn pick(&mut self, favour: &[u64]) -> &'a Operation {
        let max = self.performed.values().max().copied().unwrap_or_default();
        let rare = |operation: &Operation| {
            let count = self.performed[operation.word.as_str()];
            1 + 50 * (max - count) / (max + 1)
        };
        let table = self.topic.table.iter().zip(favour);
        let weights: Vec<u64> = table.map(|(o, favour)| favour * rare(o)).collect();
        let sum: u64 = weights.iter().sum();
        let mut rest = self.rng.u64(..sum);
        for (operation, weight) in self.topic.table.iter().zip(&weights) {
            if rest < *weight {
                return operation;
            }
            rest -= weight;
        }
        unreachable!("the rest is less than the sum")
    }

    /// Adds a line if the model performs it; else returns why it is refused.
    fn attempt(&mut self, draft: &mut Draft<'a>, line: Vec<u8>) -> Option<String> {
        let mut next = draft.run.fork();
        match next.perform(&line) {
            Ok(()) => {
                let text = str::from_utf8(&line).unwrap_or_default();
                let word = text.split(' ').next().unwrap_or_default();
                if let Some(count) = self.performed.get_mut(word) {
                    *count += 1;
                }
                draft.lines.push(line);
                draft.run = next;
                None
            }
            Err(End::Refused(why)) => Some(why),
            Err(End::Beyond | End::Unknown) => None,
        }
    }

    /// Ends a script with a refused line: of several, the one with the rarest reason.
    fn refuse(&mut self, draft: &mut Draft<'a>) {
        let mut rarest: Option<(u64, String, Vec<u8>)> = None;
        for _ in 0..TRIED {
            let line = self.wild(draft);
            let Some(why) = self.attempt(draft, line.clone()) else {
                continue;
            };
            let why = kind(&why);
            let count = self.refused.get(&why).copied().unwrap_or_default();
            if rarest.as_ref().is_none_or(|(min, ..)| count < *min) {
                rarest = Some((count, why, line));
            }
        }
        if let Some((_, why, line)) = rarest {
            *self.refused.entry(why).or_default() += 1;
            draft.lines.push(line);
        }
    }

    /// A line with operands that mostly make sense.
    fn line(&mut self, run: &ModelRun, names: &[String], operation: &Operation) -> Vec<u8> {
        let mut words = vec![operation.word.clone()];
        for (place, operand) in operation.operands.iter().enumerate() {
            let mut sensible = run.sensible(&operation.word, place);
            if sensible.is_empty() || self.rng.u8(..8) == 0 {
                words.push(self.operand(names, operand));
            } else if operand.kind == Kind::Id && place == 0 && self.rng.u8(..4) > 0 {
                // Mostly the first one, so that it grows and is read. A line that releases takes
                // one of the newest.
                let place = match operation.part {
                    Part::Releases => sensible.len() - 1,
                    _ => 0,
                };
                words.push(sensible.swap_remove(place));
            } else {
                words.push(sensible.swap_remove(self.rng.usize(..sensible.len())));
            }
        }
        words.join(" ").into_bytes()
    }

    /// An operand that need not make sense now.
    fn operand(&mut self, names: &[String], operand: &Operand) -> String {
        let (min, max) = (operand.min, operand.max);
        if operand.kind == Kind::Name {
            return match self.rng.u8(..24) {
                0 => "n".repeat(max as usize),
                _ => names[self.rng.usize(..names.len())].clone(),
            };
        }
        let limit = match self.rng.u8(..40) {
            0 => return min.to_string(),
            1 if max <= 10_000 => return max.to_string(),
            2..18 => 4,
            18..32 => 20,
            32..37 => 300,
            _ => 5000 / (1 + i64::from(max > 1_000_000)),
        };
        let max = max.min(min.max(0).saturating_add(limit));
        self.rng.i64(min.max(-limit)..=max).to_string()
    }

    /// A line that is likely to be refused.
    fn wild(&mut self, draft: &Draft) -> Vec<u8> {
        let operation = &self.topic.table[self.rng.usize(..self.topic.table.len())];
        let operands = &operation.operands;
        match self.rng.u8(..24) {
            0 => return b"nonsense 1".to_vec(),
            1 => return operation.word.clone().into_bytes(),
            2 => return b"\xff".to_vec(),
            3 if self.rng.u8(..4) == 0 => return vec![b' '; 65_537],
            4 | 5 => return at_max(operation),
            6 | 7 => return first_at_max(operation),
            _ => {}
        }
        let mut words = vec![operation.word.clone()];
        words.extend(
            operands
                .iter()
                .map(|operand| self.operand(&draft.names, operand)),
        );
        if !operands.is_empty() && self.rng.u8(..6) == 0 {
            let place = self.rng.usize(..operands.len());
            let mut wrong = beyond(&operands[place]);
            words[place + 1] = wrong.swap_remove(self.rng.usize(..wrong.len()));
        }
        if self.rng.u8(..2) == 0 {
            let line = self.line(&draft.run, &draft.names, operation);
            return line;
        }
        words.join(" ").into_bytes()
    }
}

/// A reason without the values in it.
fn kind(why: &str) -> String {
    if let Some((_, what)) = why.split_once(" is not ") {
        return digits_as_one(what);
    }
    let first = ["usage: ", "unknown operation "]
        .into_iter()
        .find(|first| why.starts_with(first));
    match first {
        Some(first) => first.to_owned(),
        None => digits_as_one(why),
    }
}

fn digits_as_one(text: &str) -> String {
    let mut kind = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if kind.ends_with('0') => {}
            '0'..='9' => kind.push('0'),
            c => kind.push(c),
        }
    }
    kind
}
