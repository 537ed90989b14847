//! One run: a fresh server finds its capacity, stands under load at a share of it, and shows its capacity
//! again.

use std::{sync::atomic::AtomicBool, time::Duration};

use anyhow::{Result, ensure};
use load::{Arrivals, Pace, Plan, Report, Request};
use serde_json::{Map, Value, json};

use lab_results::{
    result::Caution,
    scenario::{Buffers, Purpose, Scenario},
};
use lab_workspace::{
    cores, proc,
    process_statistics::{Curve, Watch},
    server::{Server, Spec},
};

use crate::{
    load::{
        attack, attribution,
        capacity_rule::{Capacity, moved},
        connections,
        effort::{Effort, Rate},
        figures::{self, Driven, pairs, resident},
        find_capacity::{TIMEOUT, find_capacity, request},
        mixed,
        server_probes::{Probed, Probes},
        soak,
    },
    measure::rejection::{Disturbance, watch},
};

/// Largest lateness of the generator at p99.9, in nanoseconds: beyond it the machine disturbed the generator.
const MAX_LATE: u64 = 5_000_000;

/// Starts a server and takes one run of it; requests come from this thread's cores.
pub fn drive(
    spec: &Spec,
    scenario: Scenario,
    effort: &Effort,
    rate: Rate,
    padding: usize,
    stopped: &AtomicBool,
) -> Result<Driven> {
    let server = spec.start(padding)?;
    let before = find_capacity(&server, scenario.connections, effort.search, stopped)?;
    if scenario.purpose == Purpose::Connections {
        let cores = in_use(&spec.cores)?;
        return connections::drive(&server, effort, before, &cores, padding, stopped);
    }
    let rate = match rate {
        Rate::Share(share) => share * before.rate,
        Rate::Fixed(rate) => rate,
    };
    ensure!(rate > 0.0, "the server answered nothing");
    let plan = plan(request(&server)?, scenario, effort, rate, padding);
    let loaded = Loaded::measure(&server, spec, scenario, &plan, stopped)?;
    let mut figures = Map::new();
    if scenario.buffers == Buffers::Mixed {
        let requests = figures::figure(&loaded.grown, "requests");
        figures.extend(mixed::figures(&server.times()?, requests)?);
    }
    if effort.floor {
        let floor = floor(&server, &plan, stopped)?;
        figures.insert("floor_ns".to_owned(), json!(pairs(&floor.latency)));
    }
    let search = || find_capacity(&server, scenario.connections, effort.search, stopped);
    let after = effort.again.then(search).transpose()?;
    if let Some(probed) = &loaded.probed {
        let collections = attribution::collections(&server.stderr()?, &loaded.stats);
        let report = &loaded.stretch.report;
        figures.extend(attribution::figures(report, &collections, probed));
    }
    let mut driven = loaded.driven(scenario, before, after);
    driven.run.samples[0].extend(figures);
    if let Some(kib) = proc::peak_kib(server.pid()) {
        let peak = (kib * 1024).into();
        driven.run.process.insert("peak_bytes".to_owned(), peak);
    }
    Ok(driven)
}

/// A server's load, and what was watched meanwhile.
struct Loaded {
    /// The same load without bad clients, where they attack.
    calm: Option<Stretch>,
    stretch: Stretch,
    bad_clients: usize,
    probed: Option<Probed>,
    /// CPU time of the server.
    cpu: Duration,
    /// The server's own figures after the load.
    stats: Map<String, Value>,
    /// The same figures, by how much they grew.
    grown: Map<String, Value>,
}

impl Loaded {
    /// Puts the server under load.
    fn measure(
        server: &Server,
        spec: &Spec,
        scenario: Scenario,
        plan: &Plan,
        stopped: &AtomicBool,
    ) -> Result<Self> {
        let cores = in_use(&spec.cores)?;
        let load = || Stretch::measure(server, &cores, plan, stopped);
        let calm = scenario.attacked.then(load).transpose()?;
        let is_watched = scenario.purpose == Purpose::Watch;
        let probes = is_watched.then(|| Probes::start(server.pid(), &spec.cores));
        let probes = probes.transpose()?;
        let (before, cpu) = (server.stats()?, server.cpu()?);
        let (stretch, bad_clients) = if calm.is_some() {
            attack::during(server.address, load)?
        } else {
            (load(), 0)
        };
        let stretch = stretch?;
        let lateness = probes.map(Probes::end);
        let cpu = server.cpu()?.saturating_sub(cpu);
        let stats = server.stats()?;
        Ok(Loaded {
            calm,
            stretch,
            bad_clients,
            probed: lateness,
            cpu,
            grown: figures::grown(&before, stats.clone()),
            stats,
        })
    }

    /// The run's figures, and what speaks against it.
    fn driven(self, scenario: Scenario, before: Capacity, after: Option<Capacity>) -> Driven {
        let Stretch {
            report,
            disturbance,
            memory,
        } = self.stretch;
        let mut rejected = disturbance.reject();
        let mut cautions = cautions(&report, before, after);
        let mut run = figures::from_report(&report, before, after, &memory, self.cpu, self.grown);
        let sample = &mut run.samples[0];
        if let Some(calm) = self.calm {
            rejected = rejected.or(calm.disturbance.reject());
            cautions.extend(self::cautions(&calm.report, before, None));
            sample.extend(calm.undisturbed());
            sample.insert("bad_clients".to_owned(), self.bad_clients.into());
        }
        if scenario.purpose == Purpose::Soak {
            sample.extend(soak::figures(&report.records, report.elapsed, &memory));
        }
        if matches!(scenario.purpose, Purpose::Soak | Purpose::Watch) {
            // Nothing is judged by it: it is shown with all its disturbances.
            rejected = None;
            cautions.clear();
        }
        Driven {
            run,
            memory,
            rejected,
            cautions,
            steal: disturbance.steal,
        }
    }
}

/// The cores of a server, and those of the generator, which is this thread.
fn in_use(server: &[usize]) -> Result<Vec<usize>> {
    let mut all = [server, &cores::all()?].concat();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// A stretch of load, with the disturbance and the server's memory meanwhile.
struct Stretch {
    report: Report,
    disturbance: Disturbance,
    memory: Curve,
}

impl Stretch {
    fn measure(
        server: &Server,
        cores: &[usize],
        plan: &Plan,
        stopped: &AtomicBool,
    ) -> Result<Self> {
        let memory = Watch::start(server.pid());
        let (report, disturbance) = watch(cores, || load::run(plan, stopped));
        let memory = memory.end();
        let report = report?;
        ensure!(!report.interrupted, "it was stopped");
        Ok(Stretch {
            report,
            disturbance,
            memory,
        })
    }

    /// The figures without an attack, for comparison with those under attack.
    fn undisturbed(&self) -> Map<String, Value> {
        let mut figures = resident(&self.memory, "undisturbed_resident");
        let latency = json!(pairs(&self.report.latency));
        figures.insert("undisturbed_latency_ns".to_owned(), latency);
        let errors = self.report.failed().into();
        figures.insert("undisturbed_errors".to_owned(), errors);
        figures
    }
}

/// The same load of requests that do nothing: the machine's own latency.
fn floor(server: &Server, plan: &Plan, stopped: &AtomicBool) -> Result<Report> {
    let plan = Plan {
        request: Request::get(&format!("http://{}/health", server.address))?,
        records: false,
        ..plan.clone()
    };
    let report = load::run(&plan, stopped)?;
    ensure!(!report.interrupted, "it was stopped");
    Ok(report)
}

fn plan(request: Request, scenario: Scenario, effort: &Effort, rate: f64, padding: usize) -> Plan {
    let arrivals = if scenario.poisson {
        // The padding is random, another one for each run.
        Arrivals::Poisson {
            seed: padding as u64,
        }
    } else {
        Arrivals::Constant
    };
    let mut plan = Plan::new(request, Pace::Open { rate, arrivals });
    plan.connections = scenario.connections;
    plan.duration = effort.load(rate);
    plan.records = true;
    plan.timeout = TIMEOUT;
    plan
}

/// Doubts about a run. The latency that it measured is never a reason.
fn cautions(report: &Report, before: Capacity, after: Option<Capacity>) -> Vec<Caution> {
    let late = report.limit().is_some() || report.late.value_at_quantile(0.999) > MAX_LATE;
    let unsteady = !before.steady || after.is_some_and(|after| !after.steady);
    let moved = after.is_some_and(|after| moved(before.rate, after.rate));
    [
        (late, Caution::GeneratorLate),
        (unsteady, Caution::NotSteady),
        (moved, Caution::Moved),
    ]
    .into_iter()
    .filter_map(|(applies, caution)| applies.then_some(caution))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_lasts_until_its_requests_are_made_and_no_longer_than_it_may() {
        let effort = Effort {
            requests: 20_000,
            ..Effort::WHOLE
        };
        let lasts = |rate| {
            let request = Request::get("http://127.0.0.1:1/").unwrap();
            let plan = plan(request, Scenario::default(), &effort, rate, 0);
            plan.duration.as_secs()
        };
        assert_eq!([lasts(100_000.0), lasts(1000.0), lasts(1.0)], [5, 20, 120]);
    }

    #[test]
    fn a_point_says_how_many_ask_and_whether_they_know_of_each_other() {
        let plan = |name: &str| {
            let request = Request::get("http://127.0.0.1:1/").unwrap();
            plan(
                request,
                Scenario::parse(name).unwrap(),
                &Effort::QUICK,
                9.0,
                7,
            )
        };
        let open = |arrivals| Pace::Open {
            rate: 9.0,
            arrivals,
        };
        let usual = plan("load");
        assert_eq!(
            (usual.connections, usual.pace),
            (32, open(Arrivals::Constant))
        );
        let users = plan("load_100c_poisson");
        let poisson = open(Arrivals::Poisson { seed: 7 });
        assert_eq!((users.connections, users.pace), (100, poisson));
    }
}
