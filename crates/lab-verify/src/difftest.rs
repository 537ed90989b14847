//! Differential testing: both programs of a pair and a model perform generated scripts. The scripts come from
//! the topic's own table of operations; answers are compared byte by byte; a difference is shrunk.

mod coverage;
mod difference;
mod generate;
mod invariant;
mod line;
mod model;
mod model_run;
pub mod programs;
mod script;
mod shrink;
pub mod table;
mod tally;
mod trace_check;
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

pub use coverage::Coverage;
pub use difference::{Difference, ScriptAnswers};
use generate::Generator;
pub use model_run::Opinion;
use programs::{Answer, ProgramPair};
use script::Script;
use table::Operation;
pub use tally::Tally;

/// Number of scripts per process.
const CHUNK: usize = 200;

/// Weight of a script that may take seconds.
const HEAVY: usize = 40;

/// The topic whose scripts start a real server; it has no bounds of memory of its own.
pub const SLOW: &str = "server";

/// Most random scripts that are traced too: a trace takes longer than a replay.
const MAX_TRACED: usize = 100;

/// Most differences of a topic that are shrunk and shown; the others have mostly the same cause.
const MAX_SHOWN: usize = 3;

/// The plan of a run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Number of random scripts; the fixed scripts of every topic come first.
    pub scripts: usize,
    /// The seed of the random scripts.
    pub seed: u64,
    /// Whether to look for the bounds of what a script may hold, which takes some seconds.
    pub bounds: bool,
}

/// The result of a run for a topic.
#[derive(Debug)]
pub struct Report {
    /// Random scripts that both programs performed.
    pub scripts: usize,
    /// Scripts that are the same in every run, performed too.
    pub fixed: usize,
    /// Scripts of both kinds that the model performed too.
    pub modelled: usize,
    /// Scripts whose traces were compared.
    pub traced: usize,
    /// Scripts with a difference.
    pub differences: usize,
    /// The first differences, shrunk.
    pub shown: Vec<Difference>,
    /// Operations and errors that the scripts reached.
    pub coverage: Coverage,
}

/// Where a topic's scripts come from.
struct Source<'a> {
    /// Next scripts: first those that are the same in every run, later those that were healed.
    queue: VecDeque<Script>,
    generator: Generator<'a>,
    /// Random scripts that are still to come.
    left: usize,
}

impl<'a> Source<'a> {
    /// Kept scripts, systematic scripts and, if the plan asks for bounds, scripts at the limits; then random
    /// ones.
    fn new(
        topic: &'a Topic,
        (operations, table): (&str, &'a [Operation]),
        kept: &[Vec<u8>],
        plan: Plan,
    ) -> Result<Self> {
        let seed = seed_of(plan.seed, &topic.name);
        let bounds = plan.bounds && topic.name != SLOW;
        let generator = Generator::new(&topic.name, table, kept, seed, bounds);
        let mut queue: VecDeque<Script> = kept.iter().map(|text| Script::kept(text)).collect();
        queue.extend(generator.systematic());
        if bounds {
            queue.extend(generator.heavy());
            let limits = limits(&topic.name, operations)?.into_iter();
            let scripts = limits.flat_map(|limit| limit.scripts);
            queue.extend(scripts.map(|script| Script {
                heavy: true,
                heals: false,
                ..Script::kept(&script)
            }));
        }
        Ok(Source {
            queue,
            generator,
            left: plan.scripts,
        })
    }

    /// As many scripts as one process performs.
    fn chunk(&mut self) -> Vec<Script> {
        let mut chunk = Vec::new();
        let mut room = CHUNK;
        while room > 0 {
            let script = match self.queue.pop_front() {
                Some(script) => script,
                None if self.left > 0 => self.generator.script(),
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

/// Tries scripts on a topic whose programs are built; `None` if it has no operations. `step` gets the number of
/// random scripts that were performed.
pub fn run(
    project: &Project,
    topic: &Topic,
    plan: Plan,
    step: &(dyn Fn(usize) + Sync),
) -> Result<Option<Report>> {
    let programs = ProgramPair::new(project, topic);
    let operations = programs.table()?;
    let table = table::read(&operations)?;
    if table.is_empty() {
        step(plan.scripts);
        return Ok(None);
    }
    let kept = verify::scripts(project, topic)?;
    let kept = kept.iter().map(|path| fs::read(project.root.join(path)));
    let kept = kept.collect::<Result<Vec<_>, _>>()?;
    let mut source = Source::new(topic, (&operations, &table), &kept, plan)?;
    let mut report = Report {
        scripts: 0,
        fixed: 0,
        modelled: 0,
        traced: 0,
        differences: 0,
        shown: Vec::new(),
        coverage: Coverage::new(project, topic, &table, plan.bounds)?,
    };
    loop {
        let chunk = source.chunk();
        if chunk.is_empty() {
            return Ok(Some(report));
        }
        let texts: Vec<Vec<u8>> = chunk.iter().map(Script::bytes).collect();
        let [rust, go] = programs.replay(&texts)?;
        let mut traces = trace(&programs, &chunk, MAX_TRACED - report.traced)?;
        report.traced += traces.len();
        let fixed = chunk.iter().filter(|script| script.fixed).count();
        report.fixed += fixed;
        report.scripts += chunk.len() - fixed;
        step(chunk.len() - fixed);
        for (((script, text), rust), go) in chunk.into_iter().zip(&texts).zip(rust).zip(go) {
            let mut answers = ScriptAnswers::new(&topic.name, &table, text, rust, go);
            if let Some([rust, go]) = traces.remove(text) {
                answers.compare_traces(&topic.name, &table, text, &rust, &go);
            }
            report.coverage.count(text, &answers.rust, &answers.model);
            report.modelled += usize::from(matches!(answers.model, Opinion::Says(_)));
            if answers.difference().is_some() {
                report.differences += 1;
                if report.shown.len() < MAX_SHOWN {
                    let difference = smallest(&topic.name, &table, &programs, script, answers)?;
                    report.shown.push(difference);
                }
            } else if let Some((line, _)) = answers.rust.refused() {
                source.queue.extend(script.heal(line));
            }
        }
    }
}

/// Traces of up to `max` random scripts, Rust's and Go's, by script.
fn trace(
    programs: &ProgramPair,
    scripts: &[Script],
    max: usize,
) -> Result<BTreeMap<Vec<u8>, [Answer; 2]>> {
    let small = scripts
        .iter()
        .filter(|script| !script.fixed && !script.heavy);
    let texts: BTreeSet<Vec<u8>> = small.take(max).map(Script::bytes).collect();
    let texts: Vec<Vec<u8>> = texts.into_iter().collect();
    if texts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let [rust, go] = programs.trace(&texts)?;
    let answers = rust.into_iter().zip(go).map(|(rust, go)| [rust, go]);
    Ok(texts.into_iter().zip(answers).collect())
}

/// Shrinks a script as long as it shows a difference.
fn smallest(
    topic: &str,
    table: &[Operation],
    programs: &ProgramPair,
    mut script: Script,
    answers: ScriptAnswers,
) -> Result<Difference> {
    let is_traced = answers.traced.is_some();
    let mut last = Difference {
        script: script.bytes(),
        answers,
    };
    shrink::shrink(&mut script, &mut |text| {
        let script = text.to_owned();
        let [mut rust, mut go] = programs.replay(std::slice::from_ref(&script))?;
        let mut answers = ScriptAnswers::new(topic, table, text, rust.remove(0), go.remove(0));
        if is_traced {
            let [rust, go] = programs.trace(std::slice::from_ref(&script))?;
            answers.compare_traces(topic, table, text, &rust[0], &go[0]);
        }
        let found = answers.difference().is_some();
        if found {
            last = Difference { script, answers };
        }
        Ok(found)
    })?;
    Ok(last)
}

/// Random scripts of a topic with this table of operations.
pub fn sample(topic: &str, operations: &str, seed: u64, count: usize) -> Result<Vec<Vec<u8>>> {
    let table = table::read(operations)?;
    let mut generator = Generator::new(topic, &table, &[], seed_of(seed, topic), false);
    Ok((0..count).map(|_| generator.script().bytes()).collect())
}

/// Coverage of random scripts according to the model alone.
pub fn model_coverage(
    project: &Project,
    topic: &Topic,
    operations: &str,
    seed: u64,
    count: usize,
) -> Result<Coverage> {
    let table = table::read(operations)?;
    let seed = seed_of(seed, &topic.name);
    let mut generator = Generator::new(&topic.name, &table, &[], seed, topic.name != SLOW);
    let mut coverage = Coverage::new(project, topic, &table, true)?;
    for _ in 0..count {
        let script = generator.script();
        let bytes = script.bytes();
        let opinion = match &script.refused {
            // It goes beyond a limit, which takes a while.
            Some(why) => Opinion::Says(Answer::refusing(script.lines().len(), why)),
            None if script.heavy => continue,
            None => model_run::answer(&topic.name, &table, &bytes),
        };
        if let Opinion::Says(answer) = &opinion {
            coverage.count(&bytes, answer, &opinion);
        }
    }
    Ok(coverage)
}

/// Scripts around each limit of a topic.
#[derive(Debug)]
pub struct AtLimit {
    /// Why a line beyond the limit is refused.
    pub why: String,
    /// A script that stays one below the limit, one that reaches it, and one that goes beyond it; each ends
    /// with questions about the state.
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

/// Scripts of a topic with this table of operations that hold all they may, and then go on.
pub fn full(topic: &str, operations: &str) -> Result<Vec<Vec<u8>>> {
    let table = table::read(operations)?;
    let topic = generate::Topic {
        name: topic,
        table: &table,
    };
    let lines = |lines: Vec<Vec<u8>>| [lines.join(&b'\n'), b"\n".to_vec()].concat();
    Ok(topic.full().into_iter().map(lines).collect())
}

/// Writes a script into the topic's folder of scripts, with a comment that says what differed; returns its path
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

/// A seed for the topic, which does not depend on the other topics.
fn seed_of(seed: u64, topic: &str) -> u64 {
    let hash = Sha256::digest(format!("{seed} {topic}"));
    hash.iter()
        .take(8)
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}
