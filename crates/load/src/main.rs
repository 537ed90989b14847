//! The command `load`.
#![forbid(unsafe_code)]

use std::{
    fs::{self, File},
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::{Args, Command, CommandFactory, FromArgMatches, Parser, ValueEnum, error::ErrorKind};
use hdrhistogram::Histogram;
use load::{Arrivals, Pace, Plan, Request, log, log::Log, text};
use serde_json::Value;
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

#[derive(Args)]
struct Output {
    /// Prints one JSON object and nothing else on stdout
    #[arg(long)]
    json: bool,
    /// Writes an interval log, which `merge` and other tools of `HdrHistogram` read
    #[arg(long, value_name = "FILE")]
    hlog: Option<PathBuf>,
    /// Writes the distribution of latencies, which the plotter of `HdrHistogram` reads
    #[arg(long, value_name = "FILE")]
    hgrm: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Spread {
    Constant,
    Poisson,
}

fn main() -> ExitCode {
    let matches = command().get_matches();
    let done = match matches.subcommand() {
        Some((_, merge)) => Merge::from_arg_matches(merge).map(|merge| merge.run()),
        None => Run::from_arg_matches(&matches).map(|run| run.run()),
    };
    let done = done.unwrap_or_else(|error| error.exit());
    done.unwrap_or_else(|error| {
        let pipe = error.downcast_ref::<io::Error>();
        if pipe.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        eprintln!("error: {error:#}");
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
        if !self.output.json && io::stderr().is_terminal() {
            let length = humantime::format_duration(plan.warmup + plan.duration);
            eprintln!("this takes {length}; Ctrl-C ends it earlier");
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
            eprintln!("error: no request had a good answer");
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

impl Output {
    /// Says early what cannot be written in the end.
    fn check(&self) -> Result<()> {
        for path in self.hlog.iter().chain(&self.hgrm) {
            File::options()
                .append(true)
                .create(true)
                .open(path)
                .with_context(|| cannot_write(path))?;
        }
        Ok(())
    }

    fn files(&self, log: &Log, latency: &Histogram<u64>) -> Result<()> {
        if let Some(path) = &self.hlog {
            write_to(path, |file| log.write(file))?;
        }
        if let Some(path) = &self.hgrm {
            write_to(path, |file| log::write_distribution(latency, file))?;
        }
        Ok(())
    }

    fn print(&self, json: &Value, text: impl FnOnce() -> String) -> Result<()> {
        let said = if self.json {
            format!("{json:#}\n")
        } else {
            text()
        };
        io::stdout().write_all(said.as_bytes())?;
        Ok(())
    }
}

fn write_to(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let file = File::create(path).with_context(|| cannot_write(path))?;
    let mut file = BufWriter::new(file);
    write(&mut file)
        .and_then(|()| file.flush())
        .with_context(|| cannot_write(path))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
