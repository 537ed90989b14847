//! One run: a fresh server finds its capacity, stands under load at a share of it, and shows its capacity
//! again.

use std::sync::atomic::AtomicBool;

use anyhow::{Result, ensure};
use load::{Arrivals, Pace, Plan, Report, Request};
use serde_json::{Map, Value, json};

use lab_results::{
    points::{Buffers, Point, Purpose},
    result::Caution,
};
use lab_workspace::{
    cores, proc,
    process_statistics::{Curve, Watch},
    server::{Server, Spec},
};

use crate::{
    load::{
        ask::{TIMEOUT, capacity, request},
        attack, attribution,
        capacity::{Capacity, moved},
        connections,
        effort::{Effort, Rate},
        figures::{self, Driven, pairs, resident},
        mixed,
        server_probes::Probes,
        soak,
    },
    measure::noise::{Noise, watch},
};

/// A generator that is later than this at its 99.9th percentile was disturbed by the machine.
const LATE: u64 = 5_000_000;

/// Starts a server and takes one run of it, asking from the cores on which this thread is.
pub fn drive(
    spec: &Spec,
    point: Point,
    effort: &Effort,
    rate: Rate,
    padding: usize,
    stopped: &AtomicBool,
) -> Result<Driven> {
    let server = spec.start(padding)?;
    let cores = in_use(&spec.cores)?;
    let before = capacity(&server, point.connections, effort.search, stopped)?;
    if point.purpose == Purpose::Connections {
        return connections::drive(&server, effort, before, &cores, padding, stopped);
    }
    let rate = match rate {
        Rate::Share(share) => share * before.rate,
        Rate::Fixed(rate) => rate,
    };
    ensure!(rate > 0.0, "the server answered nothing");
    let plan = plan(request(&server)?, point, effort, rate, padding);
    let load = || Stretch::of(&server, &cores, &plan, stopped);
    let calm = point.attacked.then(load).transpose()?;
    let probes =
        (point.purpose == Purpose::Watch).then(|| Probes::start(server.pid(), &spec.cores));
    let probes = probes.transpose()?;
    let (stats, cpu) = (server.stats()?, server.cpu()?);
    let (stretch, bad_clients) = if calm.is_some() {
        attack::during(server.address, load)?
    } else {
        (load(), 0)
    };
    let Stretch {
        report,
        noise,
        memory,
    } = stretch?;
    let seen = probes.map(Probes::end);
    let cpu = server.cpu()?.saturating_sub(cpu);
    let now = server.stats()?;
    let grown = figures::grown(&stats, now.clone());
    let mixed = if point.buffers == Buffers::Mixed {
        mixed::figures(&server.times()?, figures::figure(&grown, "requests"))?
    } else {
        Map::new()
    };
    let floor = effort.floor.then(|| floor(&server, &plan, stopped));
    let floor = floor.transpose()?;
    let after = if effort.again {
        Some(capacity(
            &server,
            point.connections,
            effort.search,
            stopped,
        )?)
    } else {
        None
    };
    let mut rejected = noise.reject();
    let mut cautions = cautions(&report, before, after);
    let mut run = figures::of(&report, before, after, &memory, cpu, grown);
    run.samples[0].extend(mixed);
    if let Some(kib) = proc::peak_kib(server.pid()) {
        run.process
            .insert("peak_bytes".to_owned(), (kib * 1024).into());
    }
    if let Some(floor) = floor {
        let latency = json!(pairs(&floor.latency));
        run.samples[0].insert("floor_ns".to_owned(), latency);
    }
    if let Some(calm) = calm {
        rejected = rejected.or(calm.noise.reject());
        cautions.extend(self::cautions(&calm.report, before, None));
        run.samples[0].extend(calm.undisturbed());
        run.samples[0].insert("bad_clients".to_owned(), bad_clients.into());
    }
    if point.purpose == Purpose::Soak {
        run.samples[0].extend(soak::figures(&report.records, report.elapsed, &memory));
    }
    if let Some(seen) = seen {
        let collections = attribution::collections(&server.said()?, &now);
        run.samples[0].extend(attribution::figures(&report, &collections, &seen));
    }
    if matches!(point.purpose, Purpose::Soak | Purpose::Watch) {
        // Nothing is judged by it: it is shown as it is.
        rejected = None;
        cautions.clear();
    }
    Ok(Driven {
        run,
        memory,
        rejected,
        cautions,
        steal: noise.steal,
    })
}

/// The cores of a server and of the generator, which this thread is.
fn in_use(server: &[usize]) -> Result<Vec<usize>> {
    let mut all = [server, &cores::all()?].concat();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// A stretch of load, watched.
struct Stretch {
    report: Report,
    noise: Noise,
    memory: Curve,
}

impl Stretch {
    fn of(server: &Server, cores: &[usize], plan: &Plan, stopped: &AtomicBool) -> Result<Self> {
        let memory = Watch::start(server.pid());
        let (report, noise) = watch(cores, || load::run(plan, stopped));
        let memory = memory.end();
        let report = report?;
        ensure!(!report.interrupted, "it was stopped");
        Ok(Stretch {
            report,
            noise,
            memory,
        })
    }

    /// The figures that stand beside those of the same load under attack.
    fn undisturbed(&self) -> Map<String, Value> {
        let mut figures = resident(&self.memory, "undisturbed_resident");
        let latency = json!(pairs(&self.report.latency));
        figures.insert("undisturbed_latency_ns".to_owned(), latency);
        let errors = self.report.failed().into();
        figures.insert("undisturbed_errors".to_owned(), errors);
        figures
    }
}

/// The same load of requests that do nothing: the latency that the machine makes by itself.
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

fn plan(request: Request, point: Point, effort: &Effort, rate: f64, padding: usize) -> Plan {
    let arrivals = if point.poisson {
        // Chance made the padding, another one for each run.
        Arrivals::Poisson {
            seed: padding as u64,
        }
    } else {
        Arrivals::Constant
    };
    let mut plan = Plan::new(request, Pace::Open { rate, arrivals });
    plan.connections = point.connections;
    plan.duration = effort.load(rate);
    plan.records = true;
    plan.timeout = TIMEOUT;
    plan
}

/// Doubts about a run; the latency that it measured is none of the reasons.
fn cautions(report: &Report, before: Capacity, after: Option<Capacity>) -> Vec<Caution> {
    let late = report.limit().is_some() || report.late.value_at_quantile(0.999) > LATE;
    let unsteady = !before.steady || after.is_some_and(|after| !after.steady);
    let moved = after.is_some_and(|after| moved(before.rate, after.rate));
    [
        (late, Caution::GeneratorLate),
        (unsteady, Caution::NotSteady),
        (moved, Caution::Moved),
    ]
    .into_iter()
    .filter_map(|(is, caution)| is.then_some(caution))
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
            let plan = plan(request, Point::default(), &effort, rate, 0);
            plan.duration.as_secs()
        };
        assert_eq!([lasts(100_000.0), lasts(1000.0), lasts(1.0)], [5, 20, 120]);
    }

    #[test]
    fn a_point_says_how_many_ask_and_whether_they_know_of_each_other() {
        let plan = |name: &str| {
            let request = Request::get("http://127.0.0.1:1/").unwrap();
            plan(request, Point::parse(name).unwrap(), &Effort::QUICK, 9.0, 7)
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
