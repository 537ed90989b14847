//! The command `load`.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod output;

use std::{
    fs,
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::{Command, CommandFactory, FromArgMatches, Parser, ValueEnum, error::ErrorKind};
use load::{Arrivals, Pace, Plan, Request, log::Log, text};
use output::{Output, note};
use signal_hook::{consts::TERM_SIGNALS, flag};

/// The exit code of a program that ended because it was told to.
const STOPPED: i32 = 130;

/// Puts an HTTP server under load on a schedule that does not wait for answers.
#[derive(Parser)]
#[command(
    name = "cargo load",
    bin_name = "cargo load",
    version,
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Latency counts from the time a request was meant to start, service time from the time it was \
                  given to a connection. A request that fails counts as its timeout, never as less."
)]
struct Run {
    /// What to ask for, such as <http://127.0.0.1:8080/>
    url: String,
    /// Requests a second, sent whether answers come or not
    #[arg(long, required_unless_present = "closed")]
    rate: Option<f64>,
    /// Each connection asks again when it has its answer, as fast as it goes
    #[arg(long, conflicts_with_all = ["rate", "arrivals", "seed"])]
    closed: bool,
    /// How long to measure
    #[arg(long, default_value = "10s", value_parser = duration)]
    duration: Duration,
    /// How many connections; of the free ones the longest free is taken
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How long to put load on before anything is measured
    #[arg(long, default_value = "0s", value_parser = duration)]
    warmup: Duration,
    /// How long after its intended start a request has failed
    #[arg(long, default_value = "10s", value_parser = duration)]
    timeout: Duration,
    /// At equal distances, or independently of each other as from many users
    #[arg(long, default_value = "constant")]
    arrivals: Spread,
    /// The same seed makes the same schedule
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// GET, POST, …
    #[arg(long, default_value = "GET")]
    method: String,
    /// A field of the request's head, such as 'Accept: text/plain'
    #[arg(long = "header", value_name = "FIELD")]
    fields: Vec<String>,
    /// What the request brings, or @FILE
    #[arg(long)]
    body: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// Adds the interval logs of several machines or runs without loss
#[derive(Parser)]
#[command(name = "merge")]
struct Merge {
    /// Logs that --hlog wrote
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, ValueEnum)]
enum Spread {
    Constant,
    Poisson,
}

fn main() -> ExitCode {
    let done = command().try_get_matches().and_then(|matches| {
        Ok(match matches.subcommand() {
            Some((_, merge)) => Merge::from_arg_matches(merge)?.run(),
            None => Run::from_arg_matches(&matches)?.run(),
        })
    });
    done.unwrap_or_else(|error| output::explain(&error))
        .unwrap_or_else(|error| {
            note(&format!("error: {error:#}"));
            ExitCode::FAILURE
        })
}

fn command() -> Command {
    Run::command().subcommand(Merge::command())
}

/// Ends as clap does when it is used wrongly.
fn usage(message: &str) -> ! {
    command().error(ErrorKind::ValueValidation, message).exit()
}

/// A duration with its unit, or seconds.
fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    }
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 10s or 1m"))
}

impl Run {
    fn run(&self) -> Result<ExitCode> {
        let plan = self
            .plan()
            .unwrap_or_else(|error| usage(&format!("{error:#}")));
        self.output
            .check()
            .unwrap_or_else(|error| usage(&format!("{error:#}")));
        let stop = Arc::new(AtomicBool::new(false));
        for &signal in TERM_SIGNALS {
            flag::register_conditional_shutdown(signal, STOPPED, Arc::clone(&stop))
                .and_then(|_| flag::register(signal, Arc::clone(&stop)))
                .context("cannot listen for signals")?;
        }
        if !self.output.is_json() && io::stderr().is_terminal() {
            let length = humantime::format_duration(plan.warmup + plan.duration);
            note(&format!("this takes {length}; Ctrl-C ends it earlier"));
        }
        let report = load::run(&plan, &stop)?;
        self.output.files(&Log::of(&report), &report.latency)?;
        self.output.print(&report.json(), || {
            self.headline(&plan) + &text::report(&report)
        })?;
        if report.interrupted {
            return Ok(ExitCode::from(STOPPED as u8));
        }
        if report.requests == report.failed() {
            note("error: no request had a good answer");
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn plan(&self) -> Result<Plan> {
        let body = match self
            .body
            .as_deref()
            .map(|body| (body, body.strip_prefix('@')))
        {
            None => Vec::new(),
            Some((_, Some(file))) => {
                fs::read(file).with_context(|| format!("cannot read {file}"))?
            }
            Some((body, None)) => body.as_bytes().to_vec(),
        };
        let request = Request::new(&self.method, &self.url, &self.fields, &body)?;
        let pace = self.rate.map_or(Pace::Closed, |rate| Pace::Open {
            rate,
            arrivals: match self.arrivals {
                Spread::Constant => Arrivals::Constant,
                Spread::Poisson => Arrivals::Poisson { seed: self.seed },
            },
        });
        let plan = Plan {
            connections: self.connections,
            warmup: self.warmup,
            duration: self.duration,
            timeout: self.timeout,
            ..Plan::new(request, pace)
        };
        plan.check()?;
        Ok(plan)
    }

    /// What was done.
    fn headline(&self, plan: &Plan) -> String {
        let pace = match plan.pace {
            Pace::Closed => "closed loop".to_owned(),
            Pace::Open { rate, arrivals } => match arrivals {
                Arrivals::Constant => format!("{rate} a second"),
                Arrivals::Poisson { seed } => format!("{rate} a second, Poisson with seed {seed}"),
            },
        };
        let [length, warmup] = [plan.duration, plan.warmup].map(humantime::format_duration);
        let (method, url, connections) = (&self.method, &self.url, plan.connections);
        format!(
            "{method} {url}: {pace} for {length} after {warmup} of warm-up, \
             {connections} connections, first in, first out\n\n"
        )
    }
}

impl Merge {
    fn run(&self) -> Result<ExitCode> {
        let mut logs = Vec::new();
        for path in &self.logs {
            let log = fs::read_to_string(path).map_err(Into::into);
            let log = log.and_then(|text| Log::read(&text));
            match log.with_context(|| format!("cannot read {}", path.display())) {
                Ok(log) => logs.push(log),
                Err(error) => usage(&format!("{error:#}")),
            }
        }
        self.output
            .check()
            .unwrap_or_else(|error| usage(&format!("{error:#}")));
        let log = Log::merge(logs).unwrap_or_else(|error| usage(&format!("{error:#}")));
        let latency = log.latency();
        self.output.files(&log, &latency)?;
        self.output.print(&log.json(), || {
            let rate = log.achieved_rate();
            let requests = text::failures(latency.len(), log.errors(), None);
            let table = text::table(&latency, &log.service());
            format!("{table}{requests}rate       {rate:.1} good answers a second\n")
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
