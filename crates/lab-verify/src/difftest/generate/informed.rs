//! Scripts that know the state: the model performs each line while the script is written, so that
//! operands are ids that live, and no operation or error stays rare.

use std::collections::BTreeMap;

use super::super::{
    model::{End, Session},
    table::{Kind, Operand, Operation, Part},
};
use super::{
    limits::{Topic, Way},
    text::{at_most, beyond, first_at_most},
};

/// A line that makes more objects is not taken: it costs time in each of many scripts.
const PATIENCE: u64 = 2_000;

/// One script in so many meets each limit.
const LIMIT_EVERY: u64 = 50;

/// How many lines are tried for one that is refused for a rare reason.
const TRIED: usize = 16;

/// Writes scripts, and counts what is in them.
pub struct Informed<'a> {
    topic: Topic<'a>,
    chance: fastrand::Rng,
    performed: BTreeMap<&'a str, u64>,
    refused: BTreeMap<String, u64>,
    scripts: u64,
    /// Where limits are, with the reasons and costs that they have.
    limits: Option<Vec<(Way<'a>, String, u64)>>,
}

/// A script in the making.
struct Draft<'a> {
    lines: Vec<Vec<u8>>,
    session: Session<'a>,
    /// The few names that the script uses, so that it meets them again.
    names: Vec<String>,
}

impl<'a> Informed<'a> {
    /// A writer; none if the topic has no model.
    pub fn new(name: &'a str, table: &'a [Operation], chance: fastrand::Rng) -> Option<Self> {
        let topic = Topic { name, table };
        topic.session(&[])?;
        Some(Informed {
            topic,
            chance,
            performed: table.iter().map(|o| (o.word.as_str(), 0)).collect(),
            refused: BTreeMap::new(),
            scripts: 0,
            limits: None,
        })
    }

    /// The lines of the next script.
    pub fn script(&mut self, names: &[String]) -> Option<Vec<Vec<u8>>> {
        self.scripts += 1;
        let most = [3, 8, 12, 20, 40, 40][self.chance.usize(..6)];
        let mut draft = self.draft(names, most)?;
        if self.chance.u8(..10) < 4 {
            self.refuse(&mut draft);
        }
        Some(draft.lines)
    }

    /// A script that goes up to a limit and mostly beyond, with the reason for which its last line is
    /// refused then; none if the topic has no limit.
    pub fn at_limit(&mut self, names: &[String]) -> Option<(Vec<Vec<u8>>, Option<String>)> {
        let way = self.way()?;
        let before = self.draft(names, 4)?.lines;
        let limit = self.topic.limit(Some(&before), way)?;
        let [below, at, above] = limit.scripts(&[]);
        let mut lines = match self.chance.u8(..12) {
            0 => below,
            1 => at,
            _ => {
                *self.refused.entry(kind(&limit.why)).or_default() += 1;
                return Some((above, Some(limit.why)));
            }
        };
        // What comes next meets the limit too.
        let session = self.topic.session(&before)?;
        for _ in 0..6 {
            let place = self.chance.usize(..self.topic.table.len());
            lines.push(self.line(&session, names, &self.topic.table[place]));
        }
        Some((lines, None))
    }

    /// Whether a limit was met in less than its share of the scripts.
    pub fn misses_a_limit(&mut self) -> bool {
        let scripts = self.scripts;
        let least = self.rarest().map(|(least, _)| least);
        least.is_some_and(|least| least * LIMIT_EVERY < scripts)
    }

    /// How often the limits were met that were met least, and the ways to them.
    fn rarest(&mut self) -> Option<(u64, Vec<(Way<'a>, u64)>)> {
        let topic = self.topic;
        let limits = self.limits.get_or_insert_with(|| {
            let limits = topic.limits().into_iter();
            limits
                .map(|(way, limit)| (way, kind(&limit.why), limit.cost))
                .collect()
        });
        let met = |why: &String| self.refused.get(why).copied().unwrap_or_default();
        let least = limits.iter().map(|(_, why, _)| met(why)).min()?;
        let rare = limits.iter().filter(|(_, why, _)| met(why) == least);
        Some((least, rare.map(|(way, _, cost)| (*way, *cost)).collect()))
    }

    /// A way to the limit that was met least; mostly the shortest, for some take seconds.
    fn way(&mut self) -> Option<Way<'a>> {
        let (_, mut ways) = self.rarest()?;
        ways.sort_by_key(|(_, cost)| *cost);
        let place = match self.chance.u8(..8) {
            0 => self.chance.usize(..ways.len()),
            _ => 0,
        };
        ways.get(place).map(|(way, _)| *way)
    }

    /// At most so many lines that the model performs.
    fn draft(&mut self, names: &[String], most: usize) -> Option<Draft<'a>> {
        let mut draft = Draft {
            lines: Vec::new(),
            session: self.topic.session(&[])?.with_patience(PATIENCE),
            names: names.to_vec(),
        };
        // Some operations are more frequent in this script than in others; in one of two those that work
        // on something that lives.
        let works_on = |operand: &Operand| operand.kind == Kind::Id;
        let is_about_ids = self.chance.bool();
        let favour = self.topic.table.iter().map(|operation| {
            let usual = [1, 4, 4, 8, 20][self.chance.usize(..5)];
            match operation.operands.iter().any(works_on) {
                true if is_about_ids && operation.part == Part::LetsGo => 4,
                true if is_about_ids => 40,
                _ if is_about_ids => usual.min(4),
                _ => usual,
            }
        });
        let favour: Vec<u64> = favour.collect();
        let settle = self.topic.table.iter().find(|o| o.part == Part::Settles);
        for _ in 0..most * 3 {
            if draft.lines.len() >= most {
                break;
            }
            let operation = self.pick(&favour);
            let settle = settle.filter(|_| operation.part == Part::NeedsSettle);
            if let Some(settle) = settle.filter(|_| self.chance.u8(..4) > 0) {
                self.attempt(&mut draft, settle.word.clone().into_bytes());
            }
            let line = self.line(&draft.session, &draft.names, operation);
            if self.attempt(&mut draft, line).is_some() && operation.operands.iter().any(works_on) {
                // There is too little to work on.
                let is_source =
                    |o: &&Operation| o.part == Part::None && !o.operands.iter().any(works_on);
                let maker = self.topic.table.iter().find(is_source)?;
                for operation in [maker, operation] {
                    let line = self.line(&draft.session, &draft.names, operation);
                    self.attempt(&mut draft, line);
                }
            }
        }
        Some(draft)
    }

    /// An operation by chance, a rare one rather than others.
    fn pick(&mut self, favour: &[u64]) -> &'a Operation {
        let most = self.performed.values().max().copied().unwrap_or_default();
        let rare = |operation: &Operation| {
            let count = self.performed[operation.word.as_str()];
            1 + 50 * (most - count) / (most + 1)
        };
        let table = self.topic.table.iter().zip(favour);
        let weights: Vec<u64> = table.map(|(o, favour)| favour * rare(o)).collect();
        let sum: u64 = weights.iter().sum();
        let mut rest = self.chance.u64(..sum);
        for (operation, weight) in self.topic.table.iter().zip(&weights) {
            if rest < *weight {
                return operation;
            }
            rest -= weight;
        }
        unreachable!("the rest is less than the sum")
    }

    /// Takes a line if the model performs it; else tells why it is refused.
    fn attempt(&mut self, draft: &mut Draft<'a>, line: Vec<u8>) -> Option<String> {
        let mut next = draft.session.fork();
        match next.perform(&line) {
            Ok(()) => {
                let text = str::from_utf8(&line).unwrap_or_default();
                let word = text.split(' ').next().unwrap_or_default();
                if let Some(count) = self.performed.get_mut(word) {
                    *count += 1;
                }
                draft.lines.push(line);
                draft.session = next;
                None
            }
            Err(End::Refused(why)) => Some(why),
            Err(End::Beyond | End::Unknown) => None,
        }
    }

    /// Ends a script with a line that is refused, of several the one whose reason is rarest.
    fn refuse(&mut self, draft: &mut Draft<'a>) {
        let mut rarest: Option<(u64, String, Vec<u8>)> = None;
        for _ in 0..TRIED {
            let line = self.wild(draft);
            let Some(why) = self.attempt(draft, line.clone()) else {
                continue;
            };
            let why = kind(&why);
            let count = self.refused.get(&why).copied().unwrap_or_default();
            if rarest.as_ref().is_none_or(|(least, ..)| count < *least) {
                rarest = Some((count, why, line));
            }
        }
        if let Some((_, why, line)) = rarest {
            *self.refused.entry(why).or_default() += 1;
            draft.lines.push(line);
        }
    }

    /// A line with operands that mostly make sense.
    fn line(&mut self, session: &Session, names: &[String], operation: &Operation) -> Vec<u8> {
        let mut words = vec![operation.word.clone()];
        for (place, operand) in operation.operands.iter().enumerate() {
            let mut sensible = session.sensible(&operation.word, place);
            if sensible.is_empty() || self.chance.u8(..8) == 0 {
                words.push(self.operand(names, operand));
            } else if operand.kind == Kind::Id && place == 0 && self.chance.u8(..4) > 0 {
                // Again and again the same one: what belongs to it grows, and is asked for. What goes is
                // rather one of the newest.
                let place = match operation.part {
                    Part::LetsGo => sensible.len() - 1,
                    _ => 0,
                };
                words.push(sensible.swap_remove(place));
            } else {
                words.push(sensible.swap_remove(self.chance.usize(..sensible.len())));
            }
        }
        words.join(" ").into_bytes()
    }

    /// An operand that need not make sense now.
    fn operand(&mut self, names: &[String], operand: &Operand) -> String {
        let (least, most) = (operand.least, operand.most);
        if operand.kind == Kind::Name {
            return match self.chance.u8(..24) {
                0 => "n".repeat(most as usize),
                _ => names[self.chance.usize(..names.len())].clone(),
            };
        }
        let limit = match self.chance.u8(..40) {
            0 => return least.to_string(),
            1 if most <= 10_000 => return most.to_string(),
            2..18 => 4,
            18..32 => 20,
            32..37 => 300,
            _ => 5000 / (1 + i64::from(most > 1_000_000)),
        };
        let most = most.min(least.max(0).saturating_add(limit));
        self.chance.i64(least.max(-limit)..=most).to_string()
    }

    /// A line that is likely to be refused.
    fn wild(&mut self, draft: &Draft) -> Vec<u8> {
        let operation = &self.topic.table[self.chance.usize(..self.topic.table.len())];
        let operands = &operation.operands;
        match self.chance.u8(..24) {
            0 => return b"nonsense 1".to_vec(),
            1 => return operation.word.clone().into_bytes(),
            2 => return b"\xff".to_vec(),
            3 if self.chance.u8(..8) == 0 => return vec![b' '; 65_537],
            4 | 5 => return at_most(operation),
            6 | 7 => return first_at_most(operation),
            _ => {}
        }
        let mut words = vec![operation.word.clone()];
        words.extend(
            operands
                .iter()
                .map(|operand| self.operand(&draft.names, operand)),
        );
        if !operands.is_empty() && self.chance.u8(..6) == 0 {
            let place = self.chance.usize(..operands.len());
            let mut wrong = beyond(&operands[place]);
            words[place + 1] = wrong.swap_remove(self.chance.usize(..wrong.len()));
        }
        if self.chance.u8(..2) == 0 {
            let line = self.line(&draft.session, &draft.names, operation);
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
