use std::{
    panic::resume_unwind,
    path::PathBuf,
    process::ExitCode,
    sync::{Mutex, PoisonError, RwLock},
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use anyhow::Result;
use clap::Args;
use lab_results::layout;
use lab_verify::faults::{self, Bench, Fate, Side};
use lab_workspace::project::{Project, Topic};

use super::{chosen, print};

/// Plants faults in a copy of the project, one after the other, and says which test notices each.
#[derive(Args)]
pub struct Faults {
    /// Only those of this topic.
    #[arg(long, value_name = "TOPIC")]
    only: Option<String>,
}

/// What became of the faults of one side.
#[derive(Default)]
struct Total {
    faults: usize,
    survivors: usize,
    /// Patches that cannot be tried.
    wrong: usize,
    /// Faults that took too long.
    slow: usize,
    /// The one that took longest.
    slowest: (Duration, PathBuf),
}

impl Faults {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let topics = chosen(&project, self.only.as_deref())?;
        let total = Mutex::new(Total::default());
        // Held by both sides while they try a fault, or by one that wants the machine to itself.
        let machine = RwLock::new(());
        thread::scope(|scope| {
            let sides = [Side::Go, Side::Rust];
            let (project, topics, machine, total) = (&project, &topics, &machine, &total);
            let workers =
                sides.map(|side| scope.spawn(move || plant(project, topics, side, machine, total)));
            let mut ended = workers.into_iter().map(ScopedJoinHandle::join);
            ended.try_for_each(|end| end.unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
        let Total {
            faults,
            survivors,
            wrong,
            slow,
            slowest: (time, path),
        } = total.into_inner().unwrap_or_else(PoisonError::into_inner);
        if wrong > 0 {
            let wrong = layout::count(wrong, "patch");
            print(&format!("could not be tried: {wrong}"))?;
        }
        if slow > 0 {
            let most = faults::MOST.as_secs();
            let slow = layout::count(slow, "fault");
            print(&format!("took more than {most} s: {slow}"))?;
        }
        let seconds = time.as_secs_f64();
        print(&format!("slowest: {} ({seconds:.1} s)", path.display()))?;
        let failed = survivors + wrong + slow > 0;
        let [faults, survivors] =
            [(faults, "fault"), (survivors, "survivor")].map(|(n, noun)| layout::count(n, noun));
        print(&format!("{faults}, {survivors}"))?;
        Ok(ExitCode::from(u8::from(failed)))
    }
}

/// Plants all faults of a side.
fn plant(
    project: &Project,
    topics: &[Topic],
    side: Side,
    machine: &RwLock<()>,
    total: &Mutex<Total>,
) -> Result<()> {
    let bench = Bench::new(project, side)?;
    for topic in topics {
        let faults = faults::find(project, topic, side)?;
        let (mut caught, all) = (0, faults.len());
        if all > 0 {
            bench.prepare(&topic.name)?;
        }
        for fault in faults {
            let shared = machine.read().unwrap_or_else(PoisonError::into_inner);
            let mut tried = bench.plant(&fault);
            drop(shared);
            if tried.as_ref().is_ok_and(|(_, time)| *time > faults::MOST) {
                // Once more, alone: the other side's faults kept the machine busy.
                let _alone = machine.write().unwrap_or_else(PoisonError::into_inner);
                tried = bench.plant(&fault);
            }
            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
            total.faults += 1;
            let (path, says) = (fault.path.display(), &fault.says);
            print(&match tried {
                Ok((Fate::Caught(check, said), time)) => {
                    caught += 1;
                    let slow = if time > faults::MOST {
                        total.slow += 1;
                        ", TOO SLOW"
                    } else {
                        ""
                    };
                    if time > total.slowest.0 {
                        total.slowest = (time, fault.path.clone());
                    }
                    let seconds = time.as_secs_f64();
                    format!("{path}: {says}\n  caught by {check}: {said} ({seconds:.1} s{slow})")
                }
                Ok((Fate::Survived, _)) => {
                    total.survivors += 1;
                    format!("{path}: {says}\n  SURVIVED: no test notices")
                }
                Err(error) => {
                    total.wrong += 1;
                    format!("{path}: {says}\n  WRONG: {error:#}")
                }
            })?;
        }
        print(&format!(
            "{} on the side of {side}: {caught} of {all} caught",
            topic.name
        ))?;
    }
    Ok(())
}
