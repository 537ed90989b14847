//! `lab point --url`: the reader's own server in place of the two servers of this project.

use std::{
    fmt::Write as _,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::Args;
use lab_bench::load::{
    capacity_rule::Capacity,
    own_server::{OwnServer, Taken},
};
use lab_results::{layout, quantity::quantity};
use lab_workspace::proc;
use load::{PERCENTILES, Pace, Plan, Report, Request, Slo, Trust, percentile};

use super::{Usage, print};
use crate::{progress_bar::Bar, started_as::StartedAs};

/// Load is this share of the capacity, in percent, unless a rate or another share is given.
const SHARE: u32 = 50;

/// Which server, and how it is asked.
#[derive(Args)]
pub struct Own {
    /// Measure your own server at this URL, such as <http://127.0.0.1:8080/>, in place of the two servers of
    /// this project.
    #[arg(long, conflicts_with_all = ["live_objects", "payload", "resume"])]
    pub url: Option<String>,
    /// With --url: load in percent of the server's capacity.
    #[arg(long, value_name = "PERCENT", requires = "url", conflicts_with = "rate", default_value_t = SHARE,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    share: u32,
    /// With --url: duration of each of the two loads.
    #[arg(long, value_name = "TIME", requires = "url", default_value = "10s", value_parser = humantime::parse_duration)]
    duration: Duration,
    /// With --url: number of connections.
    #[arg(long, value_name = "N", requires = "url", default_value_t = 32)]
    connections: usize,
    /// With --url: also report resident memory and CPU time of this process on this machine.
    #[arg(long, requires = "url")]
    pid: Option<u32>,
    /// With --url: trust the authorities in this PEM file in place of the system's.
    #[arg(long, value_name = "FILE", requires = "url")]
    cacert: Option<std::path::PathBuf>,
    /// With --url: accept any certificate.
    #[arg(long, requires = "url", conflicts_with = "cacert")]
    insecure: bool,
}

/// What was found.
struct Found {
    capacity: Capacity,
    rate: f64,
    runs: [Taken; 2],
}

impl Own {
    /// Measures the server at this URL: its capacity, then the same load twice.
    pub fn run(
        &self,
        url: &str,
        rate: Option<u64>,
        slos: &[Slo],
        stopped: &AtomicBool,
    ) -> Result<ExitCode> {
        let server = self
            .server(url)
            .map_err(|error| Usage(format!("{error:#}")))?;
        let found = match self.measure(&server, rate, stopped) {
            Err(_) if stopped.load(Relaxed) => return Ok(ExitCode::from(130)),
            found => found?,
        };
        let text = found.text(self, url, slos);
        print(&format!(
            "{text}\nReproduce: {}",
            StartedAs::find(None).command()
        ))?;
        let is_met = found.runs.iter().all(|run| {
            let met = |slo: &Slo| slo.is_met(&run.report.latency);
            !run.report.is_limited() && slos.iter().all(met)
        });
        Ok(ExitCode::from(u8::from(!is_met)))
    }

    fn server(&self, url: &str) -> Result<OwnServer> {
        let trust = match &self.cacert {
            _ if self.insecure => Trust::Anyone,
            Some(path) => Trust::Authorities(path.clone()),
            None => Trust::System,
        };
        let request = Request::get(url)?.trusting(trust)?;
        let mut plan = Plan::new(request, Pace::Closed);
        plan.connections = self.connections;
        plan.duration = self.duration;
        plan.check()?;
        if let Some(pid) = self.pid {
            proc::stat(pid).with_context(|| format!("there is no process {pid}"))?;
        }
        Ok(OwnServer {
            plan,
            pid: self.pid,
        })
    }

    fn measure(
        &self,
        server: &OwnServer,
        rate: Option<u64>,
        stopped: &AtomicBool,
    ) -> Result<Found> {
        let bar = Bar::new();
        bar.say("capacity: requests as fast as the server answers, up to 15 s");
        let capacity = server.find_capacity(stopped)?;
        let share = f64::from(self.share) / 100.0;
        let rate = rate.map_or(share * capacity.rate, |rate| rate as f64);
        let load = |number: &str| {
            let lasts = humantime::format_duration(self.duration);
            bar.say(&format!(
                "load {number} of 2: {rate:.0} requests a second for {lasts}"
            ));
            server.load(rate, self.duration, stopped)
        };
        let runs = [load("1")?, load("2")?];
        bar.finish();
        Ok(Found {
            capacity,
            rate,
            runs,
        })
    }
}

impl Found {
    fn text(&self, own: &Own, url: &str, slos: &[Slo]) -> String {
        let mut prose = self.cautions();
        let capacity = self.capacity;
        let rate = quantity(capacity.rate, "count");
        let _ = writeln!(
            prose,
            "{url}\nCapacity: {rate} good answers a second over {}; the generator used {:.2} of a core.",
            layout::count(own.connections, "connection"),
            capacity.busy
        );
        let _ = writeln!(
            prose,
            "Load: {} requests a second, {:.0} % of the capacity, for {}; twice, so that the noise is visible.\n",
            quantity(self.rate, "count"),
            self.rate / capacity.rate * 100.0,
            humantime::format_duration(own.duration)
        );
        let mut text = layout::fit(&prose, layout::width()) + &self.table();
        for slo in slos {
            let met = self.runs.iter();
            let met = met.filter(|run| slo.is_met(&run.report.latency)).count();
            let _ = writeln!(
                text,
                "Target {slo}: met in {met} of 2 runs; a failure counts as its timeout."
            );
        }
        text
    }

    /// Reasons to doubt the figures.
    fn cautions(&self) -> String {
        let mut text = String::new();
        for (number, run) in self.runs.iter().enumerate() {
            let number = number + 1;
            if let Some(why) = run.report.limit() {
                let _ = writeln!(
                    text,
                    "Run {number} was limited by the generator and is no evidence: {why}."
                );
            }
            if let Some(why) = run.disturbance.reject() {
                let _ = writeln!(text, "Run {number} was disturbed by the machine: {why}.");
            }
        }
        if !self.capacity.steady {
            text += "The capacity never became steady: the figure below is that of the last two seconds.\n";
        }
        if self.capacity.busy > 0.8 {
            text += "The generator was busy during the search for the capacity: the server may be able to do more.\n";
        }
        text
    }

    /// Both runs side by side.
    fn table(&self) -> String {
        let mut text = format!(
            "{:<22} {:>12} {:>12} {:>13}\n",
            "", "run 1", "run 2", "run 2 ÷ run 1"
        );
        let mut row = |name: &str, unit: &str, value: &dyn Fn(&Taken) -> Option<f64>| {
            let values = [value(&self.runs[0]), value(&self.runs[1])];
            if values == [None, None] {
                return;
            }
            let ratio = match values {
                [Some(one), Some(other)] if one > 0.0 => quantity(other / one, "ratio"),
                _ => "-".to_owned(),
            };
            let [one, other] =
                values.map(|value| value.map_or("-".to_owned(), |v| quantity(v, unit)));
            let _ = writeln!(text, "{name:<22} {one:>12} {other:>12} {ratio:>13}");
        };
        for (name, share) in PERCENTILES {
            let at = |run: &Taken| percentile(&run.report.latency, share).map(|ns| ns as f64);
            row(&format!("latency {name}"), "ns", &at);
        }
        row("latency max", "ns", &|run| {
            Some(run.report.latency.max() as f64)
        });
        row("good answers a second", "count", &|run| {
            Some(run.report.achieved_rate())
        });
        row("failed requests", "count", &|run| {
            Some(run.report.failed() as f64)
        });
        row("resident memory p50", "bytes", &|run| resident(run, 0.5));
        row("resident memory p95", "bytes", &|run| resident(run, 0.95));
        row("CPU time a request", "ns", &cpu_of_a_request);
        row("cores in use", "", &|run| {
            let elapsed = run.report.elapsed.as_secs_f64();
            run.cpu.map(|cpu| cpu.as_secs_f64() / elapsed)
        });
        let failed = self.runs.iter().flat_map(|run| &run.report.first_errors);
        for (kind, why) in failed {
            let _ = writeln!(text, "first {kind}: {why}");
        }
        text
    }
}

fn cpu_of_a_request(run: &Taken) -> Option<f64> {
    let Report { requests, .. } = run.report;
    let cpu = run.cpu?.as_nanos() as f64;
    (requests > 0).then(|| cpu / requests as f64)
}

/// Resident memory that is not exceeded in this share of the time.
fn resident(run: &Taken, share: f64) -> Option<f64> {
    let mut resident: Vec<u64> = run.memory.iter().map(|point| point[1]).collect();
    resident.sort_unstable();
    let last = resident.len().checked_sub(1)? as f64;
    let kibibytes = resident[(share * last).round() as usize];
    Some(kibibytes as f64 * 1024.0)
}
