//! Scripts at the exact limit of what a topic takes, one below and one above. The limits come from the
//! table of operations and from the model.

use super::super::{
    line::End,
    model::too_many,
    model_run::ModelRun,
    table::{Kind, Operand, Operation, Part},
};
use super::text::{self, at_min};

/// No limit of a count is higher; the largest is 10,000.
const MAX_REPEATED: usize = 10_002;

/// An operation that prints the same this often in a row has no limit.
const MAX_EQUAL: usize = 128;

/// An operand as large as this costs no time, whatever it counts.
const MAX_CHEAP: i64 = 500;

/// Lines of a script that fills up what a script may hold.
const MAX_FILLING: usize = 320;

/// Three scripts around a limit.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Lines that prepare.
    pub before: Vec<Vec<u8>>,
    /// The line one below the limit, the one at it, the one above; each stands behind `before`.
    pub last: [Vec<Vec<u8>>; 3],
    /// Why the line above is refused.
    pub why: String,
    /// How many lines and objects the scripts have.
    pub cost: u64,
}

/// What leads to a limit.
#[derive(Clone, Copy)]
pub enum Way<'a> {
    /// An operation again and again.
    Repeated(&'a Operation),
    /// An operation with a number that makes it hold all objects, 0, or all bytes, 1, that are left.
    Held(&'a Operation, &'a Operand, usize),
}

impl Limit {
    /// The script below, the one at the limit, the one above; questions about the state follow.
    pub fn scripts(&self, questions: &[Vec<u8>]) -> [Vec<Vec<u8>>; 3] {
        let script = |last: &Vec<Vec<u8>>| [&self.before[..], last, questions].concat();
        let [below, at, above] = &self.last;
        [script(below), script(at), script(above)]
    }
}

/// A topic's table with its model.
#[derive(Clone, Copy)]
pub struct Topic<'a> {
    pub name: &'a str,
    pub table: &'a [Operation],
}

impl<'a> Topic<'a> {
    /// The model's run after these lines; `None` if the topic has no model or a line is refused.
    pub fn run(&self, lines: &[Vec<u8>]) -> Option<ModelRun<'a>> {
        let mut run = ModelRun::new(self.name, self.table)?;
        let mut performed = lines.iter().map(|line| run.perform(line));
        performed.all(|end| end.is_ok()).then_some(run)
    }

    /// Each operation once, as far as the model performs it, with the smallest number that does something.
    pub fn every(&self) -> Vec<Vec<u8>> {
        self.each(&|operand| operand.min.max(1))
    }

    /// The same with the largest numbers, where these are cheap.
    fn every_large(&self) -> Vec<Vec<u8>> {
        self.each(&|operand| {
            if operand.max <= MAX_CHEAP {
                operand.max
            } else {
                operand.min.max(1)
            }
        })
    }

    fn each(&self, number: &dyn Fn(&Operand) -> i64) -> Vec<Vec<u8>> {
        let Some(mut run) = self.run(&[]) else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        for operation in self.table {
            let line = plain(&run, operation, number);
            let mut next = run.fork();
            if next.perform(&line).is_ok() {
                lines.push(line);
                run = next;
            }
        }
        lines
    }

    /// A settle, then every question that needs one.
    pub fn questions(&self) -> Vec<Vec<u8>> {
        let of = |part| self.table.iter().filter(move |o| o.part == part);
        of(Part::Settles)
            .chain(of(Part::NeedsSettle))
            .map(at_min)
            .collect()
    }

    /// All limits of a count and of what a script may hold, each with the way that leads there.
    pub fn limits(&self) -> Vec<(Way<'a>, Limit)> {
        let found = self.ways().into_iter();
        let found = found.filter_map(|way| Some((way, self.limit(None, way)?)));
        found.collect()
    }

    /// The limit at the end of a way, if there is one: after these lines, or after any others.
    pub fn limit(&self, before: Option<&[Vec<u8>]>, way: Way) -> Option<Limit> {
        let limit = |before: &[Vec<u8>]| match way {
            Way::Repeated(operation) => self.repeated(before, operation),
            Way::Held(operation, operand, kind) => self.held(before, operation, operand, kind),
        };
        before
            .and_then(limit)
            .or_else(|| limit(&self.every()))
            .or_else(|| limit(&self.every_large()))
    }

    /// Scripts that hold all they may, let something go, which counts until it settles, and then ask for
    /// more or for something impossible: both languages have to check two reasons in the same order.
    pub fn full(&self) -> Vec<Vec<Vec<u8>>> {
        let limits = self.limits().into_iter();
        let held = limits.filter(|(way, _)| matches!(way, Way::Held(..)));
        let Some((_, limit)) = held.min_by_key(|(_, limit)| limit.cost) else {
            return Vec::new();
        };
        let Some(run) = self.run(&self.every()) else {
            return Vec::new();
        };
        let acts = |o: &&Operation| !matches!(o.part, Part::Settles | Part::NeedsSettle);
        let lets_go = self.table.iter().filter(|o| o.part == Part::Releases);
        let plainest = lets_go.clone().map(|o| o.operands.len()).min();
        let lets_go = lets_go.filter(|o| Some(o.operands.len()) == plainest);
        let mut scripts = Vec::new();
        for first in lets_go {
            let first = plain(&run, first, &|operand| operand.min.max(1));
            for then in self.table.iter().filter(acts) {
                for number in [|o: &Operand| o.min, |o: &Operand| o.max] {
                    let words = text::words(then, &number).join(" ").into_bytes();
                    let last = [limit.last[1].clone(), vec![first.clone(), words]].concat();
                    scripts.push([&limit.before[..], &last, &self.questions()].concat());
                }
            }
        }
        scripts.dedup();
        scripts
    }

    fn ways(&self) -> Vec<Way<'a>> {
        let acts = self
            .table
            .iter()
            .filter(|operation| !matches!(operation.part, Part::Settles | Part::NeedsSettle));
        let mut ways = Vec::new();
        for operation in acts {
            ways.push(Way::Repeated(operation));
            for operand in operation.operands.iter().filter(|o| o.kind == Kind::Whole) {
                ways.extend([0, 1].map(|kind| Way::Held(operation, operand, kind)));
            }
        }
        ways
    }

    /// How often an operation can be performed.
    fn repeated(&self, before: &[Vec<u8>], operation: &Operation) -> Option<Limit> {
        let mut run = self.run(before)?;
        let mut lines = before.to_vec();
        let (mut said, mut equal) = (run.take_printed(), 0);
        while lines.len() < before.len() + MAX_REPEATED {
            let line = plain(&run, operation, &|operand| operand.min.max(1));
            let used = run.used();
            match run.perform(&line) {
                Ok(()) => {
                    let printed = run.take_printed();
                    let same = run.used() == used && !printed.is_empty() && printed == said;
                    equal = if same { equal + 1 } else { 0 };
                    if equal > MAX_EQUAL {
                        // The line only reads.
                        return None;
                    }
                    said = printed;
                    lines.push(line);
                }
                Err(End::Refused(why)) if why.starts_with("more than ") => {
                    let at = lines.pop().filter(|_| lines.len() >= before.len())?;
                    let cost = lines.len() as u64 + run.used()[0].0;
                    let last = [Vec::new(), vec![at.clone()], vec![at, line]];
                    return Some(Limit {
                        before: lines,
                        last,
                        why,
                        cost,
                    });
                }
                Err(_) => return None,
            }
        }
        None
    }

    /// The largest number with which objects or bytes that count are not too many.
    fn held(
        &self,
        before: &[Vec<u8>],
        operation: &Operation,
        operand: &Operand,
        kind: usize,
    ) -> Option<Limit> {
        let run = self.run(before)?;
        let line = |number: i64| {
            plain(&run, operation, &|other| {
                if other.name == operand.name {
                    number
                } else {
                    other.min
                }
            })
        };
        let [Some(objects), Some(bytes)] = [0, 1].map(|kind| charge(&run, kind, &line)) else {
            return None;
        };
        let charges = [objects, bytes];
        let mut used = run.used();
        let mut before = before.to_vec();
        for _ in 0..MAX_FILLING {
            // The largest numbers with which there are not too many objects, and bytes.
            let [objects, bytes] = [0, 1].map(|kind| {
                let (base, each) = charges[kind];
                let room = used[kind].1 - used[kind].0;
                room.saturating_sub(base)
                    .checked_div(each)
                    .unwrap_or(u64::MAX)
            });
            let max = operand.max as u64;
            let fits = objects.min(bytes);
            if fits >= max {
                // Enough is left for a line at the limit, and for the one below.
                let is_enough = fits - max > operand.min as u64 + 1;
                let number = if is_enough { max } else { max / 2 };
                before.push(line(number as i64));
                for ((used, _), (base, each)) in used.iter_mut().zip(charges) {
                    *used += base + each * number;
                }
                continue;
            }
            // Objects are counted first.
            let (exact, is_first) = match kind {
                0 => (objects, objects <= bytes),
                _ => (bytes, bytes < objects),
            };
            if !is_first || exact <= operand.min as u64 {
                return None;
            }
            let (base, each) = charges[0];
            let exact = exact as i64;
            return Some(Limit {
                cost: before.len() as u64 + used[0].0 + base + each * exact as u64,
                last: [exact - 1, exact, exact + 1].map(|number| vec![line(number)]),
                before,
                why: too_many(kind),
            });
        }
        None
    }
}

/// What a line costs: a fixed part, and a part for each one of its number; `None` if the cost does not grow
/// evenly.
fn charge(run: &ModelRun, kind: usize, line: &dyn Fn(i64) -> Vec<u8>) -> Option<(u64, u64)> {
    let charge = |number: i64| {
        let mut run = run.fork();
        let earlier = run.used()[kind].0;
        run.perform(&line(number)).ok()?;
        run.used()[kind].0.checked_sub(earlier)
    };
    let (one, two, three) = (charge(1)?, charge(2)?, charge(3)?);
    let each = two.checked_sub(one)?;
    let base = one.checked_sub(each)?;
    (two + each == three).then_some((base, each))
}

/// An operation with operands that make sense now, and these numbers.
pub fn plain(run: &ModelRun, operation: &Operation, number: &dyn Fn(&Operand) -> i64) -> Vec<u8> {
    let mut words = vec![operation.word.clone()];
    for (place, operand) in operation.operands.iter().enumerate() {
        let lives = matches!(operand.kind, Kind::Id | Kind::Name);
        let sensible = lives.then(|| run.sensible(&operation.word, place));
        let first = sensible.and_then(|sensible| sensible.into_iter().next());
        words.push(first.unwrap_or_else(|| text::text(operand, number(operand))));
    }
    words.join(" ").into_bytes()
}
