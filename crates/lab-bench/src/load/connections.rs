//! Capacity over few and over many connections, on one process, in random order.

use std::{
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use load::{Pace, Plan, Report};
use nix::sys::resource::{Resource, getrlimit};
use serde_json::{Map, Value, json};

use lab_results::{result::Run, scenario::COUNTS};
use lab_workspace::server::Server;

use crate::{
    load::{
        capacity_rule::Capacity,
        effort::Effort,
        figures::{ANSWER, Driven},
        find_capacity::request,
        server_probes::{Reading, Readings},
    },
    measure::rejection::watch,
};

/// Descriptors that a process needs for other things.
const OTHERS: u64 = 64;

/// Time-out of a request: the last of ten thousand connections waits for all others.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Interval between readings of CPU time.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Measures the closed loop over each number of connections, after a warm-up of half that time.
pub fn drive(
    server: &Server,
    effort: &Effort,
    before: Capacity,
    cores: &[usize],
    padding: usize,
    stopped: &AtomicBool,
) -> Result<Driven> {
    let (_, max) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let mut counts = COUNTS.to_vec();
    counts.retain(|&count| count as u64 + OTHERS <= max);
    fastrand::Rng::with_seed(padding as u64).shuffle(&mut counts);
    let (figures, disturbance) = watch(cores, || -> Result<Map<String, Value>> {
        let mut busy = before.busy;
        let mut figures = Map::new();
        for count in counts {
            let (report, readings) = load_over(server, count, effort.load, stopped)?;
            busy = busy.max(report.cpu_share);
            figures.extend(self::figures(count, &report, &readings));
        }
        figures.insert("capacity_generator_share".to_owned(), busy.into());
        Ok(figures)
    });
    let mut sample = figures?;
    sample.insert("capacity_rate".to_owned(), before.rate.into());
    sample.insert("wall_ns".to_owned(), (1e9 / before.rate).into());
    Ok(Driven {
        run: Run {
            answer: ANSWER.to_owned(),
            samples: vec![sample],
            ..Run::default()
        },
        memory: Vec::new(),
        // Nothing is judged by it: it is shown with all its disturbances.
        rejected: None,
        cautions: Vec::new(),
        steal: disturbance.steal,
    })
}

/// Measures the closed loop over this number of connections.
fn load_over(
    server: &Server,
    connections: usize,
    length: Duration,
    stopped: &AtomicBool,
) -> Result<(Report, Vec<Reading>)> {
    let mut plan = Plan::new(request(server)?, Pace::Closed);
    plan.connections = connections;
    (plan.warmup, plan.duration, plan.timeout) = (length / 2, length, TIMEOUT);
    let readings = Readings::start(server.pid(), POLL_INTERVAL)?;
    let report = load::run(&plan, stopped);
    let readings = readings.end();
    let report = report.with_context(|| format!("over {connections} connections"))?;
    ensure!(!report.interrupted, "it was stopped");
    Ok((report, readings))
}

/// Answers a second, CPU time for each answer, and failed requests.
fn figures(connections: usize, report: &Report, readings: &[Reading]) -> Map<String, Value> {
    let rate = report.achieved_rate();
    let mut figures = vec![("rate", json!(rate)), ("errors", json!(report.failed()))];
    let cpu = share_of_core(readings, report.began, report.began + report.elapsed);
    if let Some(cpu) = cpu.filter(|_| rate > 0.0) {
        figures.push(("cpu_ns", json!(cpu * 1e9 / rate)));
    }
    let figures = figures.into_iter();
    figures
        .map(|(name, figure)| (format!("connections_{connections}_{name}"), figure))
        .collect()
}

/// The share of a core that the server used between two moments.
fn share_of_core(readings: &[Reading], from: Instant, to: Instant) -> Option<f64> {
    let mut inside = readings.iter().filter(|(at, _)| (from..=to).contains(at));
    let (first, last) = (inside.next()?, inside.next_back()?);
    let time = (last.0 - first.0).as_secs_f64();
    Some(last.1.cpu().saturating_sub(first.1.cpu()).as_secs_f64() / time)
}
