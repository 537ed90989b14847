//! Takes blocks of what is ready, in rounds, until there are enough or the time is over.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::Result;

use lab_results::{
    budget::{self, Budget},
    result::{Because, LeftOut, Request, Run},
    store::{Event, Journal},
    table,
};

use crate::measure::{Lab, Listener, Ready, block, ready::left_out};

/// How often a disturbed block is repeated.
const REPEATS: usize = 2;

/// Measures what is ready until it is done, the budget is spent or somebody stops it.
pub struct Session<'a> {
    /// The programs.
    pub lab: &'a Lab<'a>,
    /// What was asked for.
    pub request: &'a Request,
    /// The time that there is.
    pub budget: Budget,
    /// When it began.
    pub begun: Instant,
    /// Whether somebody stopped it.
    pub stopped: &'a AtomicBool,
    /// Who is told.
    pub listener: &'a dyn Listener,
}

impl Session<'_> {
    /// Measures; what is found lies in the journal.
    pub fn run(&self, ready: Vec<Ready>, journal: &mut Journal) -> Result<()> {
        let mut at_work = self.counted(ready, journal)?;
        if let Some(blocks) = self.request.blocks {
            let goals = vec![blocks; at_work.len()];
            return self.rounds(&mut at_work, &goals, journal);
        }
        let missing = |work: &Work, wanted: usize| wanted.saturating_sub(work.done(journal));
        let asked: Vec<_> = at_work
            .iter()
            .map(|work| {
                (
                    work.cost(),
                    missing(work, self.budget.first(work.ready.judged)),
                )
            })
            .collect();
        let more = budget::pilot(&asked, self.left());
        let goals: Vec<_> = at_work
            .iter()
            .zip(more)
            .map(|(w, more)| w.done(journal) + more)
            .collect();
        for (work, &goal) in at_work.iter().zip(&goals) {
            if goal == 0 {
                let why = format!(
                    "a block of it takes {:.1} s, more than its share of the time",
                    work.ready.cost.as_secs_f64()
                );
                let (subject, because) = (work.ready.subject.to_string(), Because::Budget);
                journal.leave_out(LeftOut {
                    subject,
                    because,
                    why,
                })?;
            }
        }
        self.rounds(&mut at_work, &goals, journal)?;
        for work in &at_work {
            let Some(measurement) = journal.of(&work.ready.subject) else {
                continue;
            };
            if let Some(wanted) = table::wanted(measurement) {
                journal.add(&work.ready.subject, Event::Wanted(wanted))?;
            }
        }
        let missing = |work: &Work, wanted: usize| wanted.saturating_sub(work.done(journal));
        let asked: Vec<_> = at_work
            .iter()
            .map(|work| {
                let wanted = journal.of(&work.ready.subject).and_then(|m| m.wanted);
                let [least, wanted] = if work.ready.judged {
                    [self.budget.least, self.budget.blocks(wanted)]
                } else {
                    [0; 2]
                };
                (work.cost(), missing(work, least), missing(work, wanted))
            })
            .collect();
        let more = budget::more(&asked, self.left());
        let goals: Vec<_> = at_work
            .iter()
            .zip(more)
            .map(|(w, more)| w.done(journal) + more)
            .collect();
        self.rounds(&mut at_work, &goals, journal)
    }

    /// The time that is left.
    fn left(&self) -> Duration {
        self.budget.total.saturating_sub(self.begun.elapsed())
    }

    /// Counts what Rust allocates, and what is simulated, once for each subject.
    fn counted(&self, ready: Vec<Ready>, journal: &mut Journal) -> Result<Vec<Work>> {
        let mut at_work = Vec::new();
        self.listener.steps(ready.len());
        for ready in ready {
            self.listener.step(&format!("{} (counting)", ready.subject));
            if self.stopped.load(Relaxed) {
                break;
            }
            match self.lab.counts(&ready) {
                Ok(counts) => {
                    let begun = Event::Begun {
                        own_scale: ready.own_scale,
                        resident: ready.resident.clone(),
                    };
                    journal.add(&ready.subject, begun)?;
                    at_work.push(Work {
                        ready,
                        counts,
                        failed: false,
                        spent: None,
                    });
                }
                Err(_) if self.stopped.load(Relaxed) => break,
                Err(error) => journal.leave_out(left_out(&ready.subject, &error))?,
            }
        }
        Ok(at_work)
    }

    /// Takes blocks in rounds, one of each subject, so that whatever drifts hits all alike.
    fn rounds(&self, at_work: &mut [Work], goals: &[usize], journal: &mut Journal) -> Result<()> {
        let mut missing: Vec<usize> = at_work
            .iter()
            .zip(goals)
            .map(|(work, goal)| goal.saturating_sub(work.done(journal)))
            .collect();
        self.listener.steps(missing.iter().sum());
        let mut chance = fastrand::Rng::with_seed(journal.found.seed);
        while missing.iter().any(|&blocks| blocks > 0) {
            let mut round: Vec<usize> = (0..at_work.len()).filter(|&p| missing[p] > 0).collect();
            chance.shuffle(&mut round);
            for place in round {
                let work = &mut at_work[place];
                missing[place] -= 1;
                if self.stopped.load(Relaxed) {
                    return Ok(());
                }
                if work.failed || self.too_late(work) {
                    missing[place] = 0;
                    continue;
                }
                self.block(work, journal)?;
                let told = journal.of(&work.ready.subject).map(table::estimate);
                let told = told.unwrap_or_default();
                self.listener
                    .step(&format!("{} {told}", work.ready.subject));
            }
        }
        Ok(())
    }

    fn too_late(&self, work: &Work) -> bool {
        self.request.blocks.is_none() && work.cost() > self.left()
    }

    /// Takes one block, again if the machine disturbed it.
    fn block(&self, work: &mut Work, journal: &mut Journal) -> Result<()> {
        let Ready { subject, sides, .. } = work.ready.clone();
        for again in 0..=REPEATS {
            if again > 0 && self.too_late(work) {
                break;
            }
            let tried = journal
                .of(&subject)
                .map_or(0, |m| m.blocks.len() + m.rejected.len());
            let seed = journal.found.seed;
            let begun = Instant::now();
            let taken = block::take(&sides, &subject, seed, tried, self.lab.root);
            if self.stopped.load(Relaxed) {
                // A child that was stopped too is no failure.
                return Ok(());
            }
            let (mut block, noise) = match taken {
                Ok(taken) => taken,
                Err(error) => {
                    work.failed = true;
                    return journal.leave_out(left_out(&subject, &error));
                }
            };
            work.took(begun.elapsed());
            add_counts(&mut block.rust, &work.counts);
            if block.control_of == "rust" {
                add_counts(&mut block.control, &work.counts);
            }
            match noise.reject() {
                None => return journal.add(&subject, Event::Block(block.into())),
                Some(reject) => journal.add(&subject, Event::Rejected(reject))?,
            }
        }
        Ok(())
    }
}

/// A subject that is being measured.
struct Work {
    ready: Ready,
    counts: Run,
    failed: bool,
    /// What its blocks took, and how many there were.
    spent: Option<(Duration, u32)>,
}

impl Work {
    /// How many of its blocks count already.
    fn done(&self, journal: &Journal) -> usize {
        journal
            .of(&self.ready.subject)
            .map_or(0, |m| m.blocks.len())
    }

    /// What a block takes: what it took so far, or what the trials tell.
    fn cost(&self) -> Duration {
        self.spent
            .map_or(self.ready.cost, |(time, blocks)| time / blocks)
    }

    fn took(&mut self, time: Duration) {
        let (all, blocks) = self.spent.unwrap_or_default();
        self.spent = Some((all + time, blocks + 1));
    }
}

/// Puts the counting build's counts, and what was simulated, where a timed run has none.
pub(super) fn add_counts(run: &mut Run, counts: &Run) {
    for (sample, counted) in run.samples.iter_mut().zip(&counts.samples) {
        for name in ["allocations", "allocated_bytes"] {
            if let Some(count) = counted.get(name) {
                sample.insert(name.to_owned(), count.clone());
            }
        }
    }
    for (name, count) in &counts.runtime {
        let said = run
            .runtime
            .entry(name.clone())
            .or_insert(serde_json::Value::Null);
        if said.is_null() {
            said.clone_from(count);
        }
    }
    for (name, count) in &counts.process {
        run.process.insert(name.clone(), count.clone());
    }
}
