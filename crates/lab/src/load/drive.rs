//! One run: a fresh server finds its capacity, stands under load at a share of it, and shows its capacity
//! again.

use std::{sync::atomic::AtomicBool, time::Duration};

use anyhow::{Result, ensure};
use load::{Arrivals, Pace, Plan, Record, Report, Request};
use serde_json::{Map, Value, json};

use super::{
    attack,
    capacity::{Capacity, Search, Second, moved},
    cores,
    server::{Server, Spec},
};
use crate::{
    measure::{
        noise::{Noise, watch},
        outside::Watch,
    },
    result::Run,
};

/// Connections, for capacity as for load.
pub const CONNECTIONS: usize = 32;

/// What starts so many nanoseconds apart belongs to two episodes.
const APART: u64 = 10_000_000;

/// How the reasons begin against a server that never stood still, and one that became another.
pub(super) const NOT_STEADY: &str = "not steady";
pub(super) const MOVED: &str = "moved";

/// What a server answers, in both languages.
pub(super) const ANSWER: &str = "OK";

/// No load lasts longer, however slow a server is.
const LONGEST: Duration = Duration::from_mins(2);

/// After so long a request has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A generator that is later than this at its 99.9th percentile was disturbed by the machine.
const LATE: u64 = 5_000_000;

/// How much is put into one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How capacity is looked for.
    pub search: Search,
    /// Whether it is looked for again after the load.
    pub again: bool,
    /// Load lasts at least so long.
    pub load: Duration,
    /// And until so many requests were meant to start.
    pub requests: u64,
    /// But no longer than this, however slow a server is.
    pub most: Duration,
}

/// How fast requests come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// This share of what the process itself can do.
    Share(f64),
    /// So many a second.
    Fixed(f64),
}

/// What a run found, and why it is no evidence, if it is none.
#[derive(Debug)]
pub struct Driven {
    /// Its figures.
    pub run: Run,
    /// The first reason against it.
    pub unfit: Option<String>,
    /// The share of time that was lost to the host.
    pub steal: f64,
}

impl Effort {
    /// That of a quick run and of one's own point.
    pub const QUICK: Effort = Effort {
        search: Search::For(Duration::from_secs(2)),
        again: false,
        load: Duration::from_secs(3),
        requests: 0,
        most: LONGEST,
    };

    /// That of a map with many points: as many requests as p99 needs, where there is time for them.
    pub const MAP: Effort = Effort {
        search: Search::For(Duration::from_secs(1)),
        again: false,
        load: Duration::from_millis(1500),
        requests: 2100,
        most: Duration::from_secs(4),
    };

    /// What counts: capacity that stands still, before and after.
    pub const WHOLE: Effort = Effort {
        search: Search::UntilSteady(15),
        again: true,
        load: Duration::from_secs(5),
        requests: 0,
        most: LONGEST,
    };

    /// How long load lasts at so many requests a second.
    pub fn load(&self, rate: f64) -> Duration {
        let wanted = Duration::from_secs_f64(self.requests as f64 / rate);
        self.load.max(wanted).min(self.most)
    }
}

/// Finds what a server can do, by asking as fast as it answers.
pub fn capacity(server: &Server, search: Search, stopped: &AtomicBool) -> Result<Capacity> {
    let mut plan = Plan::new(request(server)?, Pace::Closed);
    plan.connections = CONNECTIONS;
    plan.duration = search.slice();
    plan.timeout = TIMEOUT;
    let mut slices = Vec::new();
    loop {
        let watch = Watch::start(server.pid());
        let report = load::run(&plan, stopped);
        let curve = watch.end();
        let report = report?;
        ensure!(!report.interrupted, "it was stopped");
        answered(&report)?;
        let collections = figure(&server.stats()?, "collections");
        slices.push(Second {
            rate: report.achieved_rate(),
            busy: report.cpu_share,
            resident: curve.iter().map(|point| point[1]).max().unwrap_or(0),
            collections,
        });
        if let Some(told) = search.told(&slices) {
            return Ok(told);
        }
    }
}

/// Starts a server and takes one run of it, asking from the cores on which this thread is.
pub fn drive(
    spec: &Spec,
    effort: &Effort,
    rate: Rate,
    padding: usize,
    stopped: &AtomicBool,
) -> Result<Driven> {
    let server = spec.start(padding)?;
    let before = capacity(&server, effort.search, stopped)?;
    let rate = match rate {
        Rate::Share(share) => share * before.rate,
        Rate::Fixed(rate) => rate,
    };
    ensure!(rate > 0.0, "the server answered nothing");
    let plan = plan(request(&server)?, effort, rate);
    let load = || Stretch::of(&server, &plan, stopped);
    let calm = spec.point.attacked.then(load).transpose()?;
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
    let cpu = server.cpu()?.saturating_sub(cpu);
    let stats = grown(&stats, server.stats()?);
    let after = if effort.again {
        Some(capacity(&server, effort.search, stopped)?)
    } else {
        None
    };
    let mut unfit = noise.disturbed().or_else(|| unfit(&report, before, after));
    let mut run = figures(&report, before, after, &memory, cpu, stats);
    if let Some(calm) = calm {
        unfit = unfit.or_else(|| calm.unfit(before));
        run.samples[0].extend(calm.undisturbed());
        run.samples[0].insert("bad_clients".to_owned(), bad_clients.into());
    }
    for (name, count) in [
        ("server_cores", spec.cores.len()),
        ("generator_cores", cores::all()?.len()),
    ] {
        run.process.insert(name.to_owned(), count.into());
    }
    Ok(Driven {
        run,
        unfit,
        steal: noise.steal,
    })
}

/// A stretch of load, watched.
struct Stretch {
    report: Report,
    noise: Noise,
    memory: Vec<[u64; 2]>,
}

impl Stretch {
    fn of(server: &Server, plan: &Plan, stopped: &AtomicBool) -> Result<Self> {
        let memory = Watch::start(server.pid());
        let (report, noise) = watch(|| load::run(plan, stopped));
        let memory = memory.end();
        let report = report?;
        ensure!(!report.interrupted, "it was stopped");
        Ok(Stretch {
            report,
            noise,
            memory,
        })
    }

    fn unfit(&self, before: Capacity) -> Option<String> {
        let unfit = || unfit(&self.report, before, None);
        self.noise.disturbed().or_else(unfit)
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

/// Resident memory that is seldom, usually and almost always not exceeded.
fn resident(memory: &[[u64; 2]], name: &str) -> Map<String, Value> {
    let mut resident: Vec<u64> = memory.iter().map(|point| point[1] * 1024).collect();
    resident.sort_unstable();
    let at = |percent: usize| {
        let last = resident.len().saturating_sub(1) as f64;
        let bytes = resident.get((percent as f64 / 100.0 * last).round() as usize);
        Some((format!("{name}_p{percent}_bytes"), (*bytes?).into()))
    };
    [5, 50, 95].into_iter().filter_map(at).collect()
}

fn request(server: &Server) -> Result<Request> {
    Request::get(&format!("http://{}/", server.address))
}

fn plan(request: Request, effort: &Effort, rate: f64) -> Plan {
    let arrivals = Arrivals::Constant;
    let mut plan = Plan::new(request, Pace::Open { rate, arrivals });
    plan.connections = CONNECTIONS;
    plan.duration = effort.load(rate);
    plan.records = true;
    plan.timeout = TIMEOUT;
    plan
}

/// A server that refuses what it is asked has no capacity.
fn answered(report: &Report) -> Result<()> {
    let failed = report.errors.iter().next();
    ensure!(
        failed.is_none(),
        "{} of {} requests failed: {}",
        report.failed(),
        report.requests,
        failed.map_or(String::new(), |(kind, _)| kind.to_string())
    );
    Ok(())
}

/// Why a run is no evidence; the latency that it measured is none of the reasons.
fn unfit(report: &Report, before: Capacity, after: Option<Capacity>) -> Option<String> {
    if let Some(why) = report.limit() {
        return Some(format!("the generator limits what is seen: {why}"));
    }
    let late = report.late.value_at_quantile(0.999);
    if late > LATE {
        let late = late as f64 / 1e6;
        return Some(format!("the generator was {late:.1} ms late at p99.9"));
    }
    if !before.steady || after.is_some_and(|after| !after.steady) {
        return Some(format!(
            "{NOT_STEADY}: capacity or memory never stood still"
        ));
    }
    let after = after?;
    moved(before.rate, after.rate).then(|| {
        format!(
            "{MOVED}: capacity was {:.0} a second before the load, {:.0} after it",
            before.rate, after.rate
        )
    })
}

/// What a run's figures are called in formulas. For the table that all cases have, `wall_ns` is the time
/// of a request at full capacity and `cpu_ns` the server's CPU time for one under load.
fn figures(
    report: &Report,
    before: Capacity,
    after: Option<Capacity>,
    memory: &[[u64; 2]],
    cpu: Duration,
    runtime: Map<String, Value>,
) -> Run {
    let capacity = after.map_or(before.rate, |after| f64::midpoint(before.rate, after.rate));
    let intended = report.intended_rate().unwrap_or_default();
    let achieved = report.achieved_rate();
    let all = json!({
        "latency_ns": pairs(&report.latency),
        "service_ns": pairs(&report.service),
        "late_ns": pairs(&report.late),
        "wall_ns": 1e9 / capacity,
        "cpu_ns": cpu.as_nanos() as f64 / report.requests.max(1) as f64,
        "episodes_p99": episodes(&report.records, 0.99),
        "episodes_p999": episodes(&report.records, 0.999),
        "requests": report.requests,
        "errors": report.failed(),
        "intended_rate": intended,
        "achieved_rate": achieved,
        "achieved_share": achieved / intended,
        "capacity_rate": before.rate,
        "capacity_after_rate": after.map(|after| after.rate),
        "capacity_share": intended / capacity,
        "capacity_generator_share": after.map_or(before.busy, |after| after.busy.max(before.busy)),
        "generator_cpu_share": report.cpu_share,
    });
    let Value::Object(mut sample) = all else {
        unreachable!("an object was written just above");
    };
    sample.retain(|_, figure| !figure.is_null());
    sample.extend(resident(memory, "resident"));
    Run {
        answer: ANSWER.to_owned(),
        samples: vec![sample],
        runtime,
        ..Run::default()
    }
}

/// In how many stretches of time the requests were meant to start that lie beyond a percentile: a single
/// stall makes many of them.
fn episodes(records: &[Record], share: f64) -> usize {
    let mut times: Vec<u64> = records.iter().map(|record| record.latency).collect();
    times.sort_unstable();
    let place = (share * times.len() as f64) as usize;
    let Some(&least) = times.get(place) else {
        return 0;
    };
    let beyond = records.iter().filter(|record| record.latency >= least);
    let mut starts: Vec<u64> = beyond.map(|record| record.intended).collect();
    starts.sort_unstable();
    let gaps = starts.windows(2).filter(|two| two[1] - two[0] >= APART);
    gaps.count() + 1
}

/// A histogram as pairs of nanoseconds and how often, each time rounded up by less than 1 %: finer ones
/// would make a result of a hundred blocks too large to read.
fn pairs(histogram: &hdrhistogram::Histogram<u64>) -> Vec<[u64; 2]> {
    let mut pairs: Vec<[u64; 2]> = Vec::new();
    for step in histogram.iter_recorded() {
        let (time, count) = (rounded(step.value_iterated_to()), step.count_at_value());
        match pairs.last_mut() {
            Some(last) if last[0] == time => last[1] += count,
            _ => pairs.push([time, count]),
        }
    }
    pairs
}

/// The largest number with the same eight leading bits.
fn rounded(time: u64) -> u64 {
    let bits = u64::BITS - time.leading_zeros();
    time | ((1 << bits.saturating_sub(8)) - 1)
}

fn figure(stats: &Map<String, Value>, name: &str) -> u64 {
    stats.get(name).and_then(Value::as_u64).unwrap_or(0)
}

/// The figures that count from the beginning, by how much they grew; the others as they are now.
fn grown(before: &Map<String, Value>, mut now: Map<String, Value>) -> Map<String, Value> {
    for name in [
        "requests",
        "collections",
        "paused_nanoseconds",
        "allocated_bytes",
        "freed_bytes",
        "gc_cpu_ns",
    ] {
        if let Some(grown) = now.get(name).and_then(Value::as_u64) {
            let grown = grown.saturating_sub(figure(before, name));
            now.insert(name.to_owned(), grown.into());
        }
    }
    // Pauses are a tally of the whole life, the capacity's too: nothing of the load alone.
    now.remove("pauses_ns");
    now.retain(|_, figure| !figure.is_null());
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn only_what_the_load_added_is_told() {
        let before = object(&json!({"collections": 7, "live_bytes": 100, "gc_cpu_ns": null}));
        let now = object(&json!({"collections": 9, "live_bytes": 90, "gc_cpu_ns": null}));
        let told = grown(&before, now);
        assert_eq!(told, object(&json!({"collections": 2, "live_bytes": 90})));
    }

    #[test]
    fn requests_that_one_stall_made_slow_are_one_episode() {
        let record = |ms: u64, slow: bool| Record {
            intended: ms * 1_000_000,
            latency: if slow { 50 } else { 1 },
            service: None,
            failure: None,
        };
        let of = |slow: &[u64]| {
            let records: Vec<Record> = (0..2000).map(|ms| record(ms, slow.contains(&ms))).collect();
            episodes(&records, 0.99)
        };
        let stall: Vec<u64> = (100..120).collect();
        assert_eq!(of(&stall), 1);
        let spread: Vec<u64> = (1..21).map(|n| n * 90).collect();
        assert_eq!(of(&spread), 20);
        assert_eq!(episodes(&[], 0.99), 0);
    }

    #[test]
    fn times_are_kept_to_less_than_a_percent() {
        let mut times = hdrhistogram::Histogram::new(3).unwrap();
        for time in [255, 1_000_000, 1_000_100, 123_456_789] {
            times.record(time).unwrap();
        }
        let pairs = pairs(&times);
        assert_eq!(
            pairs.iter().map(|pair| pair[1]).collect::<Vec<_>>(),
            [1, 2, 1]
        );
        for ([kept, _], time) in pairs.into_iter().zip([255.0, 1e6, 123_456_789.0]) {
            assert!(
                (time..time * 1.01).contains(&(kept as f64)),
                "{kept} for {time}"
            );
        }
    }

    #[test]
    fn load_lasts_until_its_requests_are_made_and_no_longer_than_it_may() {
        let effort = Effort {
            requests: 20_000,
            ..Effort::WHOLE
        };
        let lasts = |rate| {
            let request = Request::get("http://127.0.0.1:1/").unwrap();
            plan(request, &effort, rate).duration.as_secs()
        };
        assert_eq!([lasts(100_000.0), lasts(1000.0), lasts(1.0)], [5, 20, 120]);
    }
}
