//! Rounds of blocks: the scheduler takes blocks of all experiments of a run in rounds, within the time of each kind of
//! experiment. Experiments that verdicts rest on come first.
//!
//! In a round each experiment has one block, in random order. So an interval includes the drift over the whole run,
//! and a stopped run has measured every experiment about equally often.

mod work;

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Error, Result};

use lab_results::{
    budget::Budget,
    result::{Block, CaseKey, Caution, Reject, Resident, Tries},
    store::{Event, Journal},
    table,
};

use crate::{
    failure::{is_final, skipped},
    keep_awake::KeepAwake,
};
use work::{Work, Works};

/// Retries of a block that was rejected or failed.
const MAX_RETRIES: usize = 2;

/// Something that is measured in blocks.
pub trait Experiment {
    /// The key of its measurement.
    fn key(&self) -> &CaseKey;
    /// Whether its scale is the one that a claim means which names none.
    fn own_scale(&self) -> bool {
        true
    }
    /// Its priority.
    fn rank(&self) -> Rank {
        Rank::Judged
    }
    /// Its number of blocks, where no pilot decides.
    fn blocks(&self) -> usize;
    /// Estimated duration of a block, before any block was taken.
    fn cost(&self) -> Duration {
        Duration::ZERO
    }
    /// Runs one block. Its number counts those that were rejected or failed too.
    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult>;
}

/// Priority of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A verdict rests on it.
    Judged,
    /// It is only shown.
    Shown,
    /// It takes long: all others come first.
    Long,
}

/// A block that was run.
#[derive(Debug)]
pub struct BlockResult {
    /// The block.
    pub block: Block,
    /// Why the block is rejected, if it is.
    pub rejected: Option<Reject>,
    /// Doubts about it; the block counts all the same.
    pub cautions: Vec<Caution>,
    /// Resident memory over time; the first block's is kept.
    pub resident: Resident,
}

/// Experiments of one kind, which share their time.
pub struct Share<'a> {
    /// The experiments.
    pub experiments: Vec<Box<dyn Experiment + 'a>>,
    /// Their time; `None` for no limit.
    pub time: Option<Duration>,
    /// The budget within which a pilot decides the number of blocks; `None` for fixed numbers.
    pub pilot: Option<Budget>,
}

impl<'a> Share<'a> {
    /// Experiments with a fixed number of blocks and no time limit.
    pub fn unlimited(experiments: Vec<Box<dyn Experiment + 'a>>) -> Self {
        Share {
            experiments,
            time: None,
            pilot: None,
        }
    }
}

/// Listens to the progress of a run.
pub trait Listener {
    /// The run has this many steps from now on.
    fn steps(&self, steps: usize);
    /// A step begins.
    fn step(&self, what: &str);
    /// A warning; the run goes on.
    fn warn(&self, why: &str);
}

/// Measures experiments until all blocks are taken, the time is over or somebody stops the run.
pub struct Scheduler<'a> {
    /// Whether somebody stopped it.
    pub stopped: &'a AtomicBool,
    /// Listens to the progress.
    pub listener: &'a dyn Listener,
}

impl Scheduler<'_> {
    /// Measures into the journal. A stopped run continues from its journal.
    pub fn run(&self, shares: Vec<Share>, journal: &mut Journal) -> Result<()> {
        let _awake = KeepAwake::start();
        let mut works = Works::new(shares);
        for work in &works.all {
            let known = journal.measurement(work.experiment.key());
            let resident = known.map(|known| known.resident.clone());
            begin(&*work.experiment, resident.unwrap_or_default(), journal)?;
        }
        works.resume(journal);
        works.plan(journal)?;
        self.listener.steps(works.missing());
        let mut rng = fastrand::Rng::with_seed(journal.found.seed);
        loop {
            if works.extend(journal)? {
                self.listener.steps(works.missing());
            }
            let mut round = works.round();
            if round.is_empty() {
                return Ok(());
            }
            rng.shuffle(&mut round);
            for place in round {
                if self.stopped.load(Relaxed) {
                    return Ok(());
                }
                self.take_block(&mut works, place, journal)?;
            }
        }
    }

    /// Takes one block, and retries if it was rejected or failed.
    fn take_block(&self, works: &mut Works, place: usize, journal: &mut Journal) -> Result<()> {
        if works.is_too_late(place) {
            works.all[place].missing = 0;
            return Ok(());
        }
        works.all[place].missing -= 1;
        let key = works.all[place].experiment.key().clone();
        let estimate = journal.measurement(&key).map(table::estimate);
        let estimate = estimate.unwrap_or_default();
        self.listener.step(&format!("{key} {estimate}"));
        let mut failed = None;
        for again in 0..=MAX_RETRIES {
            if again > 0 && works.is_too_late(place) {
                break;
            }
            let work = &works.all[place];
            let number = work.tried(journal);
            let begun = Instant::now();
            let result = work.experiment.run_block(journal.found.seed, number);
            if self.stopped.load(Relaxed) {
                // A process that was stopped too has not failed.
                return Ok(());
            }
            let tried = one_try(begun.elapsed(), result.is_err());
            works.spend(place, tried);
            journal.add(&key, Event::Tried(tried))?;
            match result {
                Ok(result) => {
                    failed = None;
                    if record(&works.all[place], result, journal)? {
                        return Ok(());
                    }
                }
                Err(error) => {
                    let is_final = is_final(&error);
                    failed = Some(error);
                    if is_final {
                        break;
                    }
                    self.warn_of_retry(&key, failed.as_ref(), again);
                }
            }
        }
        let Some(error) = failed else { return Ok(()) };
        works.all[place].missing = 0;
        works.all[place].is_over = true;
        journal.skip(skipped(&key, &error))
    }

    fn warn_of_retry(&self, key: &CaseKey, error: Option<&Error>, again: usize) {
        if let (Some(error), true) = (error, again < MAX_RETRIES) {
            let why = format!("warning: {key}: a block failed and is taken again: {error:#}");
            self.listener.warn(&why);
        }
    }
}

/// A try of a block.
fn one_try(time: Duration, has_failed: bool) -> Tries {
    Tries {
        count: 1,
        failed: usize::from(has_failed),
        time_ns: time.as_nanos() as u64,
    }
}

/// Records a block; returns whether it counts.
fn record(work: &Work, result: BlockResult, journal: &mut Journal) -> Result<bool> {
    let key = work.experiment.key();
    if let Some(reject) = result.rejected {
        journal.add(key, Event::Rejected(reject))?;
        return Ok(false);
    }
    if work.done(journal) == 0 {
        begin(&*work.experiment, result.resident, journal)?;
    }
    let block = Block {
        cautions: result.cautions,
        ..result.block
    };
    journal.add(key, Event::Block(block.into()))?;
    Ok(true)
}

fn begin(experiment: &dyn Experiment, resident: Resident, journal: &mut Journal) -> Result<()> {
    let own_scale = experiment.own_scale();
    let begun = Event::Begun {
        own_scale,
        resident,
    };
    journal.add(experiment.key(), begun)
}

#[cfg(test)]
mod tests;
