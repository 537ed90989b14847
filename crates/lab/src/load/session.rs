//! Takes blocks of load in rounds, what verdicts rest on first.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::Result;

use super::{Job, drive::NOT_STEADY, memory};
use crate::{
    formula::Wanted,
    measure::{
        Listener,
        store::{Event, Journal},
    },
    result::{Because, Block, Dropped, LeftOut, Resident},
};

/// How often a block is repeated that is no evidence.
const REPEATS: usize = 2;

/// The largest share of the time that is kept for what is only shown.
const KEPT: u32 = 4;

/// Measures jobs until all is done, the time is spent or somebody stops it.
pub struct Session<'a> {
    /// The time that there is; none if the number of blocks was asked for.
    pub budget: Option<Duration>,
    /// Whether somebody stopped it.
    pub stopped: &'a AtomicBool,
    /// Who is told.
    pub listener: &'a dyn Listener,
}

impl Session<'_> {
    /// Measures; what is found lies in the journal.
    pub fn run<'a>(&self, jobs: &'a [Job], journal: &mut Journal) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        for job in jobs {
            let begun = Event::Begun {
                own_scale: job.own_scale(),
                resident: Resident::default(),
            };
            journal.add(&job.subject, begun)?;
        }
        let missing = |job: &Job, journal: &Journal| {
            let done = journal.of(&job.subject).map_or(0, |m| m.blocks.len());
            job.blocks.saturating_sub(done)
        };
        let steps = jobs.iter().map(|job| missing(job, journal)).sum();
        self.listener.steps(steps);
        self.listener.step("touching memory");
        let most = jobs
            .iter()
            .map(|job| memory(&Wanted::from(&job.subject), job.subject.scale));
        touch(most.max().unwrap_or(0));
        let mut chance = fastrand::Rng::with_seed(journal.found.seed);
        let (judged, shown): (Vec<&Job>, Vec<&Job>) = jobs.iter().partition(|job| job.judged);
        // What is only shown gets some of the time, however often the rest has to be repeated.
        let costs = shown
            .iter()
            .map(|job| job.cost() * missing(job, journal) as u32);
        let kept: Duration = costs.sum();
        let kept = self.budget.map(|budget| kept.min(budget / KEPT));
        for (jobs, kept) in [(judged, kept.unwrap_or_default()), (shown, Duration::ZERO)] {
            let work = |job: &'a Job| Work {
                job,
                missing: missing(job, journal),
                spent: Duration::ZERO,
                taken: 0,
            };
            let mut all: Vec<Work> = jobs.into_iter().map(work).collect();
            while all.iter().any(|work| work.missing > 0) {
                chance.shuffle(&mut all);
                for work in all.iter_mut().filter(|work| work.missing > 0) {
                    let late = |budget| begun.elapsed() + kept + work.cost() > budget;
                    if self.stopped.load(Relaxed) || self.budget.is_some_and(late) {
                        work.missing = 0;
                        continue;
                    }
                    self.listener.step(&work.job.subject.to_string());
                    let before = Instant::now();
                    let job = work.job;
                    let block = |seed, number| job.block(seed, number, self.stopped);
                    let goes_on = self.take(job, block, journal)?;
                    work.took(before.elapsed(), goes_on);
                }
            }
        }
        Ok(())
    }

    /// Takes one block, again if it is no evidence; tells whether the job can go on.
    fn take(
        &self,
        job: &Job,
        mut block: impl FnMut(u64, usize) -> Result<(Block, Option<String>)>,
        journal: &mut Journal,
    ) -> Result<bool> {
        for _ in 0..=REPEATS {
            let tried = journal
                .of(&job.subject)
                .map_or(0, |m| m.blocks.len() + m.dropped.len());
            let taken = block(journal.found.seed, tried);
            if self.stopped.load(Relaxed) {
                return Ok(false);
            }
            match taken {
                Ok((block, None)) => {
                    journal.add(&job.subject, Event::Block(block.into()))?;
                    return Ok(true);
                }
                Ok((block, Some(why))) => {
                    // What does not stand still would not the next time either: it is shown as it is.
                    let again = !why.starts_with(NOT_STEADY);
                    let dropped = Dropped { why, block };
                    journal.add(&job.subject, Event::Dropped(dropped.into()))?;
                    if !again {
                        return Ok(true);
                    }
                }
                Err(error) => {
                    journal.leave_out(LeftOut {
                        subject: job.subject.to_string(),
                        because: Because::Failed,
                        why: format!("{error:#}"),
                    })?;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// A job that is being measured.
struct Work<'a> {
    job: &'a Job,
    missing: usize,
    /// What its blocks took, repeated ones included, and how many there were.
    spent: Duration,
    taken: u32,
}

impl Work<'_> {
    /// What a block takes: what it took so far, or what is expected.
    fn cost(&self) -> Duration {
        self.spent
            .checked_div(self.taken)
            .unwrap_or_else(|| self.job.cost())
    }

    fn took(&mut self, time: Duration, goes_on: bool) {
        self.spent += time;
        self.taken += 1;
        self.missing = if goes_on { self.missing - 1 } else { 0 };
    }
}

/// Touches as much memory as any server will, once: fresh pages of a virtual machine cost three times as
/// much as those that it had before.
fn touch(bytes: u64) {
    let pages = vec![1_u8; bytes as usize];
    std::hint::black_box(&pages);
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, path::PathBuf};

    use serde_json::json;

    use super::*;
    use crate::{
        load::{drive::Effort, points},
        measure::store::Store,
        result::{Measurement, SCHEMA},
    };

    struct Silent;

    impl Listener for Silent {
        fn steps(&self, _: usize) {}
        fn step(&self, _: &str) {}
    }

    /// What one step leaves, and how often its block was tried, if every try has this reason against it
    /// until the given one.
    fn taken(reason: &str, until: usize) -> (Measurement, usize) {
        let job = Job::new(|_| PathBuf::new(), &points::quick(), Effort::QUICK, 3).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let empty = json!({
            "schema": SCHEMA, "command": "", "complete": false, "began": 0, "seed": 1,
            "request": {"mode": "load", "only": [], "settings": [], "scale": null, "blocks": null,
                "partition": null},
            "machine": {"cpu": "", "cores": 2, "memory_bytes": 0, "system": "", "versions": {},
                "settings": {}},
            "commit": {"hash": null, "dirty": false}, "hashes": {}, "measurements": [], "left_out": [],
        });
        let store = Store::open(folder.path()).unwrap();
        let mut journal = store.begin(serde_json::from_value(empty).unwrap()).unwrap();
        let stopped = AtomicBool::new(false);
        let session = Session {
            budget: None,
            stopped: &stopped,
            listener: &Silent,
        };
        let tries = Cell::new(0);
        let run = json!({"answer": "OK", "samples": [], "runtime": {}, "process": {}});
        let block = json!({"order": [], "go": run, "rust": run, "control": run, "control_of": "go",
            "steal": 0.0});
        let block = |_, number| {
            assert_eq!(
                number,
                tries.replace(tries.get() + 1),
                "each try is another one"
            );
            let why = (number < until).then(|| reason.to_owned());
            Ok((serde_json::from_value(block.clone()).unwrap(), why))
        };
        assert!(session.take(&job, block, &mut journal).unwrap());
        (journal.of(&job.subject).unwrap().clone(), tries.get())
    }

    #[test]
    fn what_moved_is_tried_twice_more_and_what_is_not_steady_never() {
        let (moved, tries) = taken("moved: it did", 1);
        assert_eq!((moved.blocks.len(), moved.dropped.len(), tries), (1, 1, 2));
        let (moved, tries) = taken("moved: it did", 9);
        assert_eq!((moved.blocks.len(), moved.dropped.len(), tries), (0, 3, 3));
        let (unsteady, tries) = taken("not steady: it never was", 9);
        assert_eq!(
            (unsteady.blocks.len(), unsteady.dropped.len(), tries),
            (0, 1, 1)
        );
    }

    #[test]
    fn blocks_that_were_taken_tell_what_the_next_one_takes() {
        let job = Job::new(|_| PathBuf::new(), &points::quick(), Effort::QUICK, 3).unwrap();
        let mut work = Work {
            job: &job,
            missing: 3,
            spent: Duration::ZERO,
            taken: 0,
        };
        assert_eq!(work.cost(), job.cost());
        work.took(Duration::from_secs(40), true);
        work.took(Duration::from_mins(1), true);
        assert_eq!((work.cost().as_secs(), work.missing), (50, 1));
        work.took(Duration::ZERO, false);
        assert_eq!(work.missing, 0, "a job that failed is not tried again");
    }
}
