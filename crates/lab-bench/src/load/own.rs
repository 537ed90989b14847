//! The reader's own server, which somebody else started: what it can do, and a load that it gets twice.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use load::{Arrivals, Pace, Plan, Report};

use super::capacity::{Capacity, Search, Second};
use crate::measure::noise::{Noise, watch};
use lab_workspace::{
    cores,
    proc::{self, Stat},
    process_statistics::{Curve, Watch},
};

/// A server whose requests fail more often than this has no capacity.
const MAX_FAILED: f64 = 0.01;

/// Capacity has settled after this many seconds, or is told as unsettled.
const SEARCH: Search = Search::UntilSteady(15);

/// A server at a URL, and how it is asked.
#[derive(Debug)]
pub struct OwnServer {
    /// The request, the connections and the timeout; pace and duration are those of a run.
    pub plan: Plan,
    /// Its process, if that is on this machine and is to be watched.
    pub pid: Option<u32>,
}

/// One load.
#[derive(Debug)]
pub struct Taken {
    /// What the requests met.
    pub report: Report,
    /// What the machine did meanwhile.
    pub noise: Noise,
    /// Resident memory of the process meanwhile.
    pub memory: Curve,
    /// CPU time that the process took.
    pub cpu: Option<Duration>,
}

impl OwnServer {
    /// Finds what the server can do, by asking as fast as it answers until its rate stands still.
    pub fn capacity(&self, stopped: &AtomicBool) -> Result<Capacity> {
        let plan = Plan {
            pace: Pace::Closed,
            duration: SEARCH.slice(),
            ..self.plan.clone()
        };
        let mut slices = Vec::new();
        loop {
            let (report, memory) = self.watched(&plan, stopped)?;
            answered(&report)?;
            slices.push(Second {
                rate: report.achieved_rate(),
                busy: report.cpu_share,
                resident: memory.iter().map(|point| point[1]).max().unwrap_or(0),
                // Nobody tells when it collects, or whether it does.
                collections: 0,
            });
            if let Some(found) = SEARCH.told(&slices) {
                return Ok(found);
            }
        }
    }

    /// Puts it under load at this rate.
    pub fn load(&self, rate: f64, duration: Duration, stopped: &AtomicBool) -> Result<Taken> {
        let plan = Plan {
            pace: Pace::Open {
                rate,
                arrivals: Arrivals::Constant,
            },
            duration,
            ..self.plan.clone()
        };
        let before = self.cpu()?;
        let (watched, noise) = watch(&cores::all()?, || self.watched(&plan, stopped));
        let (report, memory) = watched?;
        let after = self.cpu()?;
        let cpu = before.zip(after);
        Ok(Taken {
            report,
            noise,
            memory,
            cpu: cpu.map(|(before, after)| after.saturating_sub(before)),
        })
    }

    fn watched(&self, plan: &Plan, stopped: &AtomicBool) -> Result<(Report, Curve)> {
        let watch = self.pid.map(Watch::start);
        let report = load::run(plan, stopped);
        let memory = watch.map(Watch::end).unwrap_or_default();
        let report = report?;
        ensure!(!report.interrupted && !stopped.load(Relaxed), "stopped");
        Ok((report, memory))
    }

    /// The CPU time of its process so far.
    fn cpu(&self) -> Result<Option<Duration>> {
        let stat = |pid| proc::stat(pid).with_context(|| format!("there is no process {pid}"));
        let stat = self.pid.map(stat).transpose()?;
        Ok(stat.map(Stat::cpu))
    }
}

fn answered(report: &Report) -> Result<()> {
    let failed = report.failed();
    let first = report.first_errors.iter().next();
    let first = first.map_or(String::new(), |(kind, why)| format!(": {kind}: {why}"));
    ensure!(
        failed as f64 <= MAX_FAILED * report.requests as f64,
        "{failed} of {} requests failed during the search for its capacity{first}",
        report.requests
    );
    Ok(())
}
