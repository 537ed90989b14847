//! Whether both programs of a pair agree on scripts that nobody wrote: generated from the topic's own
//! table of operations, compared byte by byte, shrunk where they differ.

pub mod both;
mod difference;
mod generate;
mod invariant;
mod model;
mod reach;
mod script;
mod shrink;
pub mod table;
mod tally;
mod traced;
mod values;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use fs_err as fs;
use sha2::{Digest as _, Sha256};

use lab_workspace::project::{Project, Topic};

use crate::verify;

use both::{Answer, Both};
pub use difference::{Difference, Said};
use generate::Generator;
pub use model::Opinion;
pub use reach::Reach;
use script::Script;
use table::Operation;
pub use tally::Tally;

/// How many scripts one process performs.
const CHUNK: usize = 200;

/// As many scripts one that may take seconds counts for.
const HEAVY: usize = 40;

/// Each script of this topic starts a real server and waits for it, and the bounds of memory are not its own.
pub const SLOW: &str = "server";

/// How many scripts of chance are traced, too, which takes longer than to perform them.
const TRACED: usize = 100;

/// How many differences of a topic are shrunk and told; the others have mostly the same cause.
const TOLD: usize = 3;

/// What is to be tried.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many scripts that chance makes; those that every topic has come first.
    pub scripts: usize,
    /// What chance begins with.
    pub seed: u64,
    /// Whether to look for the bounds of what a script may hold, which takes some seconds.
    pub bounds: bool,
}

/// What was found about a topic.
#[derive(Debug)]
pub struct Report {
    /// How many scripts of chance both programs performed.
    pub scripts: usize,
    /// How many more that are the same in every run.
    pub fixed: usize,
    /// How many of all those the model performed too.
    pub modelled: usize,
    /// Of how many the traces were compared.
    pub traced: usize,
    /// On how many they differ.
    pub differences: usize,
    /// The first of those.
    pub told: Vec<Difference>,
    /// What the scripts reached.
    pub reach: Reach,
}

/// Where a topic's scripts come from.
struct Source<'a> {
    /// What is next: first the scripts that are the same in every run, later those that were healed.
    queue: VecDeque<Script>,
    chance: Generator<'a>,
    /// How many scripts of chance are still to come.
    left: usize,
}

impl Source<'_> {
    /// As many scripts as one process performs.
    fn chunk(&mut self) -> Vec<Script> {
        let mut chunk = Vec::new();
        let mut room = CHUNK;
        while room > 0 {
            let script = match self.queue.pop_front() {
                Some(script) => script,
                None if self.left > 0 => self.chance.script(),
                None => break,
            };
            if !script.fixed {
                if self.left == 0 {
                    continue;
                }
                self.left -= 1;
            }
            room = room.saturating_sub(if script.heavy { HEAVY } else { 1 });
            chunk.push(script);
        }
        chunk
    }
}

/// Tries scripts on a topic whose programs are built; none if it has no operations. `step` is told how
/// many scripts of chance were performed.
pub fn run(
    project: &Project,
    topic: &Topic,
    plan: Plan,
    step: &(dyn Fn(usize) + Sync),
) -> Result<Option<Report>> {
    let both = Both::of(project, topic);
    let table = table::read(&both.table()?)?;
    if table.is_empty() {
        step(plan.scripts);
        return Ok(None);
    }
    let kept = verify::scripts(project, topic)?;
    let kept = kept.iter().map(|path| fs::read(project.root.join(path)));
    let kept = kept.collect::<Result<Vec<_>, _>>()?;
    let seed = seed_of(plan.seed, &topic.name);
    let bounds = plan.bounds && topic.name != SLOW;
    let chance = Generator::new(&topic.name, &table, &kept, seed, bounds);
    let mut queue: VecDeque<Script> = kept.iter().map(|text| Script::kept(text)).collect();
    queue.extend(chance.systematic());
    if bounds {
        queue.extend(chance.heavy());
        let limits = limits(&topic.name, &both.table()?)?.into_iter();
        let scripts = limits.flat_map(|limit| limit.scripts);
        queue.extend(scripts.map(|script| Script {
            heavy: true,
            heals: false,
            ..Script::kept(&script)
        }));
    }
    let mut source = Source {
        queue,
        chance,
        left: plan.scripts,
    };
    let mut report = Report {
        scripts: 0,
        fixed: 0,
        modelled: 0,
        traced: 0,
        differences: 0,
        told: Vec::new(),
        reach: Reach::of(project, topic, &table, plan.bounds)?,
    };
    loop {
        let chunk = source.chunk();
        if chunk.is_empty() {
            return Ok(Some(report));
        }
        let texts: Vec<Vec<u8>> = chunk.iter().map(Script::bytes).collect();
        let [rust, go] = both.ask(&texts)?;
        let mut traces = trace(&both, &chunk, TRACED - report.traced)?;
        report.traced += traces.len();
        let fixed = chunk.iter().filter(|script| script.fixed).count();
        report.fixed += fixed;
        report.scripts += chunk.len() - fixed;
        step(chunk.len() - fixed);
        for (((script, text), rust), go) in chunk.into_iter().zip(&texts).zip(rust).zip(go) {
            let mut said = Said::of(&topic.name, &table, text, rust, go);
            if let Some([rust, go]) = traces.remove(text) {
                said.compare_traces(&topic.name, &table, text, &rust, &go);
            }
            report.reach.count(text, &said.rust, &said.model);
            report.modelled += usize::from(matches!(said.model, Opinion::Says(_)));
            if said.parted().is_some() {
                report.differences += 1;
                if report.told.len() < TOLD {
                    let difference = smallest(&topic.name, &table, &both, script, said)?;
                    report.told.push(difference);
                }
            } else if let Some((line, _)) = said.rust.refused() {
                source.queue.extend(script.heal(line));
            }
        }
    }
}

/// The traces of those scripts that chance made, Rust's and Go's, of no more than so many.
fn trace(both: &Both, scripts: &[Script], most: usize) -> Result<BTreeMap<Vec<u8>, [Answer; 2]>> {
    let small = scripts
        .iter()
        .filter(|script| !script.fixed && !script.heavy);
    let texts: BTreeSet<Vec<u8>> = small.take(most).map(Script::bytes).collect();
    let texts: Vec<Vec<u8>> = texts.into_iter().collect();
    if texts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let [rust, go] = both.trace(&texts)?;
    let answers = rust.into_iter().zip(go).map(|(rust, go)| [rust, go]);
    Ok(texts.into_iter().zip(answers).collect())
}

fn smallest(
    topic: &str,
    table: &[Operation],
    both: &Both,
    mut script: Script,
    said: Said,
) -> Result<Difference> {
    let is_traced = said.traced.is_some();
    let mut last = Difference {
        script: script.bytes(),
        said,
    };
    shrink::shrink(&mut script, &mut |text| {
        let script = text.to_owned();
        let [mut rust, mut go] = both.ask(std::slice::from_ref(&script))?;
        let mut said = Said::of(topic, table, text, rust.remove(0), go.remove(0));
        if is_traced {
            let [rust, go] = both.trace(std::slice::from_ref(&script))?;
            said.compare_traces(topic, table, text, &rust[0], &go[0]);
        }
        let found = said.parted().is_some();
        if found {
            last = Difference { script, said };
        }
        Ok(found)
    })?;
    Ok(last)
}

/// So many scripts of chance of a topic with this table of operations.
pub fn sample(topic: &str, operations: &str, seed: u64, count: usize) -> Result<Vec<Vec<u8>>> {
    let table = table::read(operations)?;
    let mut chance = Generator::new(topic, &table, &[], seed_of(seed, topic), false);
    Ok((0..count).map(|_| chance.script().bytes()).collect())
}

/// What so many scripts of chance reach according to the model alone.
pub fn reach(
    project: &Project,
    topic: &Topic,
    operations: &str,
    seed: u64,
    count: usize,
) -> Result<Reach> {
    let table = table::read(operations)?;
    let seed = seed_of(seed, &topic.name);
    let mut chance = Generator::new(&topic.name, &table, &[], seed, topic.name != SLOW);
    let mut reach = Reach::of(project, topic, &table, true)?;
    for _ in 0..count {
        let script = chance.script();
        let bytes = script.bytes();
        let opinion = match &script.refused {
            // It goes beyond a limit, which takes a while.
            Some(why) => Opinion::Says(Answer::refusing(script.lines().len(), why)),
            None if script.heavy => continue,
            None => model::answer(&topic.name, &table, &bytes),
        };
        if let Opinion::Says(answer) = &opinion {
            reach.count(&bytes, answer, &opinion);
        }
    }
    Ok(reach)
}

/// Scripts around each limit of a topic.
#[derive(Debug)]
pub struct AtLimit {
    /// Why a line beyond the limit is refused.
    pub why: String,
    /// A script that stays one below, one that reaches the limit, one that goes beyond with its last
    /// line but those that ask about the state.
    pub scripts: [Vec<u8>; 3],
}

/// The limits of a topic with this table of operations, and three scripts for each.
pub fn limits(topic: &str, operations: &str) -> Result<Vec<AtLimit>> {
    let table = table::read(operations)?;
    let topic = generate::Topic {
        name: topic,
        table: &table,
    };
    let questions = topic.questions();
    let limits = topic.limits().into_iter();
    let limits = limits.map(|(_, limit)| AtLimit {
        scripts: limit
            .scripts(&questions)
            .map(|lines| [lines.join(&b'\n'), b"\n".to_vec()].concat()),
        why: limit.why,
    });
    Ok(limits.collect())
}

/// Scripts of a topic with this table of operations that hold all they may and then go on.
pub fn full(topic: &str, operations: &str) -> Result<Vec<Vec<u8>>> {
    let table = table::read(operations)?;
    let topic = generate::Topic {
        name: topic,
        table: &table,
    };
    let lines = |lines: Vec<Vec<u8>>| [lines.join(&b'\n'), b"\n".to_vec()].concat();
    Ok(topic.full().into_iter().map(lines).collect())
}

/// Keeps a script among those of the topic, with a comment that says what differed; returns its path
/// from the top folder.
pub fn keep(project: &Project, topic: &Topic, difference: &Difference) -> Result<PathBuf> {
    let folder = PathBuf::from("tests/scripts").join(&topic.name);
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(&difference.script));
    let hash = u32::from_be_bytes([a, b, c, d]);
    let path = folder.join(format!("found-{hash:08x}.txt"));
    fs::create_dir_all(project.root.join(&folder))?;
    fs::write(project.root.join(&path), difference.commented())
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Each topic has chances of its own, whatever other topics there are.
fn seed_of(seed: u64, topic: &str) -> u64 {
    let hash = Sha256::digest(format!("{seed} {topic}"));
    hash.iter()
        .take(8)
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
