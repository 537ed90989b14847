//! The user's own server, for `lab point --url`: its capacity, and a load that it gets twice.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use load::{Arrivals, Pace, Plan, Report};

use super::capacity_rule::{Capacity, Search, Second};
use crate::measure::rejection::{Disturbance, watch};
use lab_workspace::{
    cores,
    proc::{self, Stat},
    process_statistics::{Curve, Watch},
};

/// Largest share of failed requests; a server with more has no capacity.
const MAX_FAILED: f64 = 0.01;

/// Search for capacity; after 15 seconds it counts as unsteady.
const SEARCH: Search = Search::UntilSteady(15);

/// A server at a URL, and the requests that it gets.
#[derive(Debug)]
pub struct OwnServer {
    /// Request, connections and time-out; pace and duration are set for each run.
    pub plan: Plan,
    /// Its process, if it is on this machine and is watched.
    pub pid: Option<u32>,
}

/// The report of a load.
#[derive(Debug)]
pub struct Taken {
    /// Results of the requests.
    pub report: Report,
    /// Disturbance of the host meanwhile.
    pub disturbance: Disturbance,
    /// Resident memory of the process meanwhile.
    pub memory: Curve,
    /// CPU time that the process took.
    pub cpu: Option<Duration>,
}

impl OwnServer {
    /// Finds the server's capacity in a closed loop, until its rate is steady.
    pub fn find_capacity(&self, stopped: &AtomicBool) -> Result<Capacity> {
        let plan = Plan {
            pace: Pace::Closed,
            duration: SEARCH.slice(),
            ..self.plan.clone()
        };
        let mut slices = Vec::new();
        loop {
            let (report, memory) = self.watched(&plan, stopped)?;
            check_answers(&report)?;
            slices.push(Second {
                rate: report.achieved_rate(),
                busy: report.cpu_share,
                resident: memory.iter().map(|point| point[1]).max().unwrap_or(0),
                // Unknown for a foreign server.
                collections: 0,
            });
            if let Some(found) = SEARCH.converged(&slices) {
                return Ok(found);
            }
        }
    }

    /// Puts the server under load at this rate.
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
        let (watched, disturbance) = watch(&cores::all()?, || self.watched(&plan, stopped));
        let (report, memory) = watched?;
        let after = self.cpu()?;
        let cpu = before.zip(after);
        Ok(Taken {
            report,
            disturbance,
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

    /// The CPU time of its process, if it is watched.
    fn cpu(&self) -> Result<Option<Duration>> {
        let stat = |pid| proc::stat(pid).with_context(|| format!("there is no process {pid}"));
        let stat = self.pid.map(stat).transpose()?;
        Ok(stat.map(Stat::cpu))
    }
}

/// Refuses a report with too many failed requests.
fn check_answers(report: &Report) -> Result<()> {
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
