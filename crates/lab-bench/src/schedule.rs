//! Scheduler: takes blocks of all experiments of a run in rounds, what verdicts rest on first, within the
//! time that each kind of experiment has.
//!
//! In a round each experiment has one block, in random order. An interval then holds what drifts over the
//! whole run, and a run that is stopped has decided as much of everything as the time sufficed for.

mod work;

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Error, Result};

use lab_results::{
    budget::Budget,
    result::{Block, Caution, Reject, Resident, Subject},
    store::{Event, Journal},
    table,
};

use crate::failure::{is_final, skipped};
use work::{Work, Works};

/// Retries of a block that was rejected or failed.
const MAX_RETRIES: usize = 2;

/// What can be measured in blocks.
pub trait Experiment {
    /// What it measures: the key of its measurement.
    fn subject(&self) -> &Subject;
    /// Whether that is the size which a claim means that names none.
    fn own_scale(&self) -> bool {
        true
    }
    /// What has its blocks first.
    fn rank(&self) -> Rank {
        Rank::Judged
    }
    /// The number of blocks that it takes where no pilot decides.
    fn blocks(&self) -> usize;
    /// About how long a block takes, as long as none was taken.
    fn cost(&self) -> Duration {
        Duration::ZERO
    }
    /// Runs one block. Its number counts those that were rejected or failed too.
    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult>;
}

/// What comes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A verdict rests on it.
    Judged,
    /// It is shown, and nothing more.
    Shown,
    /// It takes so long that all others come before it.
    Long,
}

/// A block that was run.
#[derive(Debug)]
pub struct BlockResult {
    /// What was measured.
    pub block: Block,
    /// Why it does not count, if it does not.
    pub rejected: Option<Reject>,
    /// Doubts about it; it counts all the same.
    pub cautions: Vec<Caution>,
    /// Resident memory over time, where it is kept: that of the first block stays.
    pub resident: Resident,
}

/// Experiments of one kind, which share their time.
pub struct Share<'a> {
    /// The experiments.
    pub experiments: Vec<Box<dyn Experiment + 'a>>,
    /// Time that they have; `None` is as long as it takes.
    pub time: Option<Duration>,
    /// Lets the first blocks of each decide how many it takes, within this budget.
    pub pilot: Option<Budget>,
}

impl<'a> Share<'a> {
    /// Experiments that take as long as their blocks do.
    pub fn unlimited(experiments: Vec<Box<dyn Experiment + 'a>>) -> Self {
        Share {
            experiments,
            time: None,
            pilot: None,
        }
    }
}

/// Is told how a run goes on.
pub trait Listener {
    /// The run has so many steps from now on.
    fn steps(&self, steps: usize);
    /// A step begins.
    fn step(&self, what: &str);
    /// Something went wrong, and the run goes on.
    fn warn(&self, why: &str);
}

/// Measures experiments until all is done, the time is spent or somebody stops it.
pub struct Scheduler<'a> {
    /// Whether somebody stopped it.
    pub stopped: &'a AtomicBool,
    /// Who is told.
    pub listener: &'a dyn Listener,
}

impl Scheduler<'_> {
    /// Measures; what was found lies in the journal, from which a run that was stopped goes on.
    pub fn run(&self, shares: Vec<Share>, journal: &mut Journal) -> Result<()> {
        let mut works = Works::new(shares);
        for work in &works.all {
            let known = journal.of(work.experiment.subject());
            let resident = known.map(|known| known.resident.clone());
            begin(&*work.experiment, resident.unwrap_or_default(), journal)?;
        }
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
                self.take(&mut works, place, journal)?;
            }
        }
    }

    /// Takes one block, again if it was rejected or failed.
    fn take(&self, works: &mut Works, place: usize, journal: &mut Journal) -> Result<()> {
        if works.is_too_late(place) {
            works.all[place].missing = 0;
            return Ok(());
        }
        works.all[place].missing -= 1;
        let subject = works.all[place].experiment.subject().clone();
        let estimate = journal.of(&subject).map(table::estimate);
        let estimate = estimate.unwrap_or_default();
        self.listener.step(&format!("{subject} {estimate}"));
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
                // What was stopped too is no failure.
                return Ok(());
            }
            works.spend(place, begun.elapsed());
            match result {
                Ok(result) => {
                    failed = None;
                    if record(&works.all[place], result, journal)? {
                        return Ok(());
                    }
                }
                Err(error) => {
                    works.all[place].failures += 1;
                    let is_final = is_final(&error);
                    failed = Some(error);
                    if is_final {
                        break;
                    }
                    self.tell(&subject, failed.as_ref(), again);
                }
            }
        }
        let Some(error) = failed else { return Ok(()) };
        works.all[place].missing = 0;
        works.all[place].is_over = true;
        journal.leave_out(skipped(&subject, &error))
    }

    fn tell(&self, subject: &Subject, error: Option<&Error>, again: usize) {
        if let (Some(error), true) = (error, again < MAX_RETRIES) {
            let why = format!("warning: {subject}: a block failed and is taken again: {error:#}");
            self.listener.warn(&why);
        }
    }
}

/// Records a block; tells whether it counts.
fn record(work: &Work, result: BlockResult, journal: &mut Journal) -> Result<bool> {
    let subject = work.experiment.subject();
    if let Some(reject) = result.rejected {
        journal.add(subject, Event::Rejected(reject))?;
        return Ok(false);
    }
    if work.done(journal) == 0 {
        begin(&*work.experiment, result.resident, journal)?;
    }
    let block = Block {
        cautions: result.cautions,
        ..result.block
    };
    journal.add(subject, Event::Block(block.into()))?;
    Ok(true)
}

fn begin(experiment: &dyn Experiment, resident: Resident, journal: &mut Journal) -> Result<()> {
    let own_scale = experiment.own_scale();
    let begun = Event::Begun {
        own_scale,
        resident,
    };
    journal.add(experiment.subject(), begun)
}

#[cfg(test)]
mod tests;
