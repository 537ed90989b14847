//! What a server can do over few connections and over many, all of them on one process, in an order that
//! chance makes.

use std::{
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use load::{Pace, Plan, Report};
use nix::sys::resource::{Resource, getrlimit};
use serde_json::{Map, Value, json};

use lab_results::{points::COUNTS, result::Run};
use lab_workspace::server::Server;

use crate::{
    load::{
        ask::request,
        capacity::Capacity,
        effort::Effort,
        figures::{ANSWER, Driven},
        server_probes::{Reading, Readings},
    },
    measure::noise::watch,
};

/// Descriptors that a process needs besides.
const OTHERS: u64 = 64;

/// Of ten thousand connections the last waits for all others.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How often CPU time is read.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Asks over each number of connections as fast as the server answers, and half as long before that counts.
pub fn drive(
    server: &Server,
    effort: &Effort,
    before: Capacity,
    cores: &[usize],
    padding: usize,
    stopped: &AtomicBool,
) -> Result<Driven> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let mut counts = COUNTS.to_vec();
    counts.retain(|&count| count as u64 + OTHERS <= most);
    fastrand::Rng::with_seed(padding as u64).shuffle(&mut counts);
    let (figures, noise) = watch(cores, || -> Result<Map<String, Value>> {
        let mut busy = before.busy;
        let mut figures = Map::new();
        for count in counts {
            let (report, readings) = asked(server, count, effort.load, stopped)?;
            busy = busy.max(report.cpu_share);
            figures.extend(told(count, &report, &readings));
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
        // Nothing is judged by it: it is shown as it is.
        rejected: None,
        cautions: Vec::new(),
        steal: noise.steal,
    })
}

fn asked(
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

/// Answers a second, the server's CPU time for each, and how many requests failed.
fn told(connections: usize, report: &Report, readings: &[Reading]) -> Map<String, Value> {
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

/// CPU time over time, between two moments.
fn share_of_core(readings: &[Reading], from: Instant, to: Instant) -> Option<f64> {
    let mut inside = readings.iter().filter(|(at, _)| (from..=to).contains(at));
    let (first, last) = (inside.next()?, inside.next_back()?);
    let time = (last.0 - first.0).as_secs_f64();
    Some(last.1.cpu().saturating_sub(first.1.cpu()).as_secs_f64() / time)
}
