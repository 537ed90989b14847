//! Whether both programs of a pair agree on scripts that nobody wrote: generated from the topic's own
//! table of operations, compared byte by byte, shrunk where they differ.

pub mod both;
mod generate;
mod invariant;
mod model;
mod reach;
mod script;
mod shrink;
pub mod table;

use std::{collections::VecDeque, path::PathBuf};

use anyhow::{Context as _, Result};
use fs_err as fs;
use sha2::{Digest as _, Sha256};

use lab_workspace::project::{Project, Topic};

use crate::verify;

use both::{Answer, Both};
use generate::Generator;
pub use model::Opinion;
pub use reach::Reach;
use script::Script;
use table::Operation;

/// How many scripts one process performs.
const CHUNK: usize = 200;

/// As many scripts one that may take seconds counts for.
const HEAVY: usize = 40;

/// Each script of this topic starts a real server and waits for it, and the bounds of memory are not its own.
pub const SLOW: &str = "server";

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

/// What is said to a script.
#[derive(Debug)]
pub struct Said {
    /// By the Rust program.
    pub rust: Answer,
    /// By the Go program.
    pub go: Answer,
    /// By the model.
    pub model: Opinion,
    /// What always has to be so, and is not so in what the programs print.
    pub broken: Option<String>,
}

impl Said {
    /// Adds what the model says, and looks for what always has to be so.
    fn of(topic: &str, table: &[Operation], script: &[u8], rust: Answer, go: Answer) -> Self {
        Said {
            model: model::answer(topic, table, script),
            broken: invariant::broken(topic, table, script, &rust),
            rust,
            go,
        }
    }

    /// Whether not all say the same; a program that breaks differs, even if the other breaks too.
    fn differ(&self) -> bool {
        let model = matches!(&self.model, Opinion::Says(answer) if *answer != self.rust);
        let broke = matches!(self.rust, Answer::Broke(_));
        self.rust != self.go || model || broke || self.broken.is_some()
    }
}

/// A script on which the programs differ, or the model from both, or what they print from itself.
#[derive(Debug)]
pub struct Difference {
    /// The smallest such script.
    pub script: Vec<u8>,
    /// What is said to it.
    pub said: Said,
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
pub fn prove(
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
    let chance = Generator::new(&table, &kept, seed_of(plan.seed, &topic.name));
    let mut queue: VecDeque<Script> = kept.iter().map(|text| Script::kept(text)).collect();
    queue.extend(chance.systematic());
    if plan.bounds && topic.name != SLOW {
        queue.extend(chance.heavy());
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
        let fixed = chunk.iter().filter(|script| script.fixed).count();
        report.fixed += fixed;
        report.scripts += chunk.len() - fixed;
        step(chunk.len() - fixed);
        for (((script, text), rust), go) in chunk.into_iter().zip(&texts).zip(rust).zip(go) {
            let said = Said::of(&topic.name, &table, text, rust, go);
            report.reach.count(text, &said.rust, &said.model);
            report.modelled += usize::from(matches!(said.model, Opinion::Says(_)));
            if said.differ() {
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

fn smallest(
    topic: &str,
    table: &[Operation],
    both: &Both,
    mut script: Script,
    said: Said,
) -> Result<Difference> {
    let mut last = Difference {
        script: script.bytes(),
        said,
    };
    shrink::shrink(&mut script, &mut |text| {
        let script = text.to_owned();
        let [mut rust, mut go] = both.ask(std::slice::from_ref(&script))?;
        let said = Said::of(topic, table, text, rust.remove(0), go.remove(0));
        let found = said.differ();
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
    let mut chance = Generator::new(&table, &[], seed_of(seed, topic));
    Ok((0..count).map(|_| chance.script().bytes()).collect())
}

/// Keeps a script among those of the topic, from the top folder.
pub fn keep(project: &Project, topic: &Topic, script: &[u8]) -> Result<PathBuf> {
    let folder = PathBuf::from("tests/scripts").join(&topic.name);
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(script));
    let hash = u32::from_be_bytes([a, b, c, d]);
    let path = folder.join(format!("found-{hash:08x}.txt"));
    fs::create_dir_all(project.root.join(&folder))?;
    fs::write(project.root.join(&path), script)
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
