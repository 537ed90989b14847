//! Takes blocks of load in rounds, what verdicts rest on first.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::Result;

use lab_results::{
    points::Purpose,
    query::Wanted,
    result::{Because, LeftOut, Resident},
    store::{Event, Journal},
};

use crate::{
    load::{Job, Taken, memory},
    measure::Listener,
};

/// How often a rejected block is repeated.
const REPEATS: usize = 2;

/// The largest share of the time, in percent, that is kept for what is only shown.
const KEPT: u32 = 30;

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
    pub fn run(&self, jobs: &[Job], journal: &mut Journal) -> Result<()> {
        let most = jobs
            .iter()
            .map(|job| memory(&Wanted::from(&job.subject), job.subject.scale));
        if let Some(most) = most.max() {
            self.listener.step("touching memory");
            touch(most);
        }
        let block = |job: &Job, seed, number| job.block(seed, number, self.stopped);
        self.run_with(jobs, journal, block)
    }

    /// Takes a block of each job in turn, and again, first of those on which verdicts rest: whenever it is
    /// stopped, these are decided as far as the time sufficed for. What takes longest comes last.
    fn run_with<'a>(
        &self,
        jobs: &'a [Job],
        journal: &mut Journal,
        mut block: impl FnMut(&Job, u64, usize) -> Result<Taken>,
    ) -> Result<()> {
        let begun = Instant::now();
        for job in jobs {
            let known = journal.of(&job.subject);
            let resident = known.map(|known| known.resident.clone());
            journal.add(&job.subject, job.begun(resident.unwrap_or_default()))?;
        }
        let missing = |job: &Job, journal: &Journal| {
            let done = journal.of(&job.subject).map_or(0, |m| m.blocks.len());
            job.blocks.saturating_sub(done)
        };
        let steps = jobs.iter().map(|job| missing(job, journal)).sum();
        self.listener.steps(steps);
        let mut chance = fastrand::Rng::with_seed(journal.found.seed);
        for rank in Rank::ALL {
            // What is only shown gets some of the time, however often the rest has to be repeated.
            let later = jobs.iter().filter(|job| job.rank() > rank);
            let later = later.map(|job| job.cost() * missing(job, journal) as u32);
            let later: Duration = later.sum();
            let kept = self.budget.map(|budget| later.min(budget * KEPT / 100));
            let kept = kept.unwrap_or_default();
            let work = |job: &'a Job| Work {
                job,
                missing: missing(job, journal),
                spent: Duration::ZERO,
                taken: 0,
            };
            let jobs = jobs.iter().filter(|job| job.rank() == rank);
            let mut all: Vec<Work> = jobs.map(work).collect();
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
                    let goes_on = self.take(job, |seed, n| block(job, seed, n), journal)?;
                    work.took(before.elapsed(), goes_on);
                }
            }
        }
        Ok(())
    }

    /// Takes one block, again if it is rejected; tells whether the job can go on.
    fn take(
        &self,
        job: &Job,
        mut block: impl FnMut(u64, usize) -> Result<Taken>,
        journal: &mut Journal,
    ) -> Result<bool> {
        for _ in 0..=REPEATS {
            let tried = journal
                .of(&job.subject)
                .map_or(0, |m| m.blocks.len() + m.rejected.len());
            let taken = block(journal.found.seed, tried);
            if self.stopped.load(Relaxed) {
                return Ok(false);
            }
            let Taken {
                block,
                rejected,
                resident,
            } = match taken {
                Ok(taken) => taken,
                Err(error) => {
                    journal.leave_out(LeftOut {
                        subject: job.subject.to_string(),
                        because: Because::Failed,
                        why: format!("{error:#}"),
                    })?;
                    return Ok(false);
                }
            };
            let Some(reject) = rejected else {
                let first = journal
                    .of(&job.subject)
                    .is_none_or(|known| known.blocks.is_empty());
                if first {
                    journal.add(&job.subject, job.begun(resident))?;
                }
                journal.add(&job.subject, Event::Block(block.into()))?;
                return Ok(true);
            };
            journal.add(&job.subject, Event::Rejected(reject))?;
        }
        Ok(true)
    }
}

/// What comes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Judged,
    Shown,
    Long,
}

impl Rank {
    const ALL: [Rank; 3] = [Rank::Judged, Rank::Shown, Rank::Long];
}

impl Job {
    fn rank(&self) -> Rank {
        match self.point.purpose {
            Purpose::Soak => Rank::Long,
            _ if self.judged => Rank::Judged,
            _ => Rank::Shown,
        }
    }

    fn begun(&self, resident: Resident) -> Event {
        Event::Begun {
            own_scale: self.own_scale(),
            resident,
        }
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
    use std::{
        cell::{Cell, RefCell},
        path::PathBuf,
    };

    use serde_json::json;

    use super::*;
    use crate::load::drive::Effort;
    use lab_results::{
        points,
        result::{Measurement, Reject, ResultFile, SCHEMA},
        store::Store,
    };

    struct Silent;

    impl Listener for Silent {
        fn steps(&self, _: usize) {}
        fn step(&self, _: &str) {}
    }

    fn job(case: &str, judged: bool, blocks: usize) -> Job {
        let wanted = points::wanted(case, 0);
        let mut job = Job::new(|_| PathBuf::new(), &wanted, Effort::QUICK, blocks).unwrap();
        job.judged = judged;
        job
    }

    fn empty() -> ResultFile {
        let empty = json!({
            "schema": SCHEMA, "command": "", "complete": false, "began": 0, "seed": 1,
            "request": {"mode": "load", "only": [], "settings": [], "scale": null, "blocks": null,
                "partition": null},
            "machine": {"cpu": "", "cores": 2, "memory_bytes": 0, "system": "", "versions": {},
                "settings": {}},
            "commit": {"hash": null, "dirty": false}, "hashes": {}, "measurements": [], "left_out": [],
        });
        serde_json::from_value(empty).unwrap()
    }

    /// A block whose curve has this many KiB, and why it is rejected.
    fn block(kibibytes: u64, rejected: Option<Reject>) -> Taken {
        let run = json!({"answer": "OK", "samples": [], "runtime": {}, "process": {}});
        let block = json!({"order": [], "go": run, "rust": run, "control": run, "control_of": "go",
            "steal": 0.0});
        Taken {
            block: serde_json::from_value(block).unwrap(),
            rejected,
            resident: Resident {
                go: vec![[0, kibibytes]],
                rust: Vec::new(),
            },
        }
    }

    fn session(stopped: &AtomicBool) -> Session<'_> {
        Session {
            budget: None,
            stopped,
            listener: &Silent,
        }
    }

    /// What one step leaves, and how often its block was tried, if every try has this reason against it
    /// until the given one.
    fn taken(reject: Reject, until: usize) -> (Measurement, usize) {
        let job = job("load", true, 3);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut journal = store.begin(empty()).unwrap();
        let tries = Cell::new(0);
        let block = |_, number| {
            assert_eq!(
                number,
                tries.replace(tries.get() + 1),
                "each try is another one"
            );
            Ok(block(7, (number < until).then_some(reject)))
        };
        let stopped = AtomicBool::new(false);
        assert!(session(&stopped).take(&job, block, &mut journal).unwrap());
        (journal.of(&job.subject).unwrap().clone(), tries.get())
    }

    #[test]
    fn a_rejected_block_is_tried_twice_more() {
        let (once, tries) = taken(Reject::Stolen, 1);
        assert_eq!((once.blocks.len(), once.rejected.len(), tries), (1, 1, 2));
        let (never, tries) = taken(Reject::Stalled, 9);
        assert_eq!((never.blocks.len(), tries), (0, 3));
        assert_eq!(never.rejected, [Reject::Stalled; 3]);
    }

    /// Measures until so many blocks were asked for; tells whose they were.
    fn measured(jobs: &[Job], found: ResultFile, until: usize) -> (ResultFile, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let mut journal = store.begin(found).unwrap();
        let stopped = AtomicBool::new(false);
        let asked = RefCell::new(Vec::new());
        let take = |job: &Job, _, number: usize| {
            let mut asked = asked.borrow_mut();
            if asked.len() == until {
                stopped.store(true, Relaxed);
            } else {
                asked.push(job.subject.case.clone());
            }
            Ok(block(100 + number as u64, None))
        };
        session(&stopped)
            .run_with(jobs, &mut journal, take)
            .unwrap();
        (journal.found.clone(), asked.into_inner())
    }

    #[test]
    fn a_run_that_is_cut_has_as_many_blocks_of_all_that_is_judged_and_goes_on_where_it_was() {
        let jobs = [
            job("load_soak", false, 1),
            job("load_75", false, 3),
            job("load", true, 10),
            job("load_even", true, 10),
            job("load_pooled", true, 10),
        ];
        let count = |found: &ResultFile, case: &str| {
            let of_case = |m: &&Measurement| m.subject.case == case;
            let found = found.measurements.iter().find(of_case);
            found.map_or(0, |m| m.blocks.len())
        };
        let (cut, _) = measured(&jobs, empty(), 20);
        for case in ["load", "load_even", "load_pooled"] {
            assert!((6..=7).contains(&count(&cut, case)), "{case}");
        }
        assert_eq!(count(&cut, "load_75"), 0);
        let curve = |found: &ResultFile| found.measurements[2].resident.go.clone();
        assert_eq!(curve(&cut), [[0, 100]], "that of the first block");
        let (whole, asked) = measured(&jobs, cut, usize::MAX);
        assert_eq!(asked.len(), 10 + 3 + 1, "nothing twice");
        assert_eq!(asked.last().map(String::as_str), Some("load_soak"));
        for (case, blocks) in [
            ("load", 10),
            ("load_even", 10),
            ("load_75", 3),
            ("load_soak", 1),
        ] {
            assert_eq!(count(&whole, case), blocks, "{case}");
        }
        assert_eq!(curve(&whole), [[0, 100]], "kept when it went on");
    }

    #[test]
    fn blocks_that_were_taken_tell_what_the_next_one_takes() {
        let job = job("load", true, 3);
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
