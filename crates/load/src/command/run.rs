//! `load URL`: runs a load and prints its report.

use std::{
    fs,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use load::{
    Arrivals, Gauge, MAX_DURATION, Pace, Plan, Report, Request, Trust, UnknownHost, log::Log,
    report_text,
};

use super::{
    Usage,
    output::{Output, note},
    progress::Progress,
    signals::{self, STOPPED},
};

/// Duration of the measurement by default.
const DEFAULT_DURATION: Duration = Duration::from_secs(10);

/// Puts an HTTP server under load, on a schedule that does not wait for answers.
#[derive(Parser)]
#[command(
    name = "cargo load",
    bin_name = "cargo load",
    version,
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Latency counts from the intended start of a request, service time from the moment at which a \
                  connection takes it. A request that fails counts as its timeout, never as less.\n\n\
                  HTTP/1.1 only, one request at a time on a connection: no HTTP/2, no pipelining, no proxies, no \
                  cookies, no decompression. Redirects count as answers and are not followed.\n\n\
                  Exit code 0: measured. 1: no good answer, a missed latency target, limited by the generator, \
                  or the run failed. 2: wrong usage. 130: interrupted."
)]
pub struct Run {
    /// The URL to request, such as <http://127.0.0.1:8080/> or <https://example.org/?q=1>
    url: String,
    /// Requests a second, sent without waiting for answers
    #[arg(long, required_unless_present = "closed")]
    rate: Option<f64>,
    /// No schedule: each connection sends its next request after an answer, as fast as possible
    #[arg(long, conflicts_with_all = ["rate", "arrivals", "seed"])]
    closed: bool,
    /// How long to measure [default: 10s without -n]
    #[arg(long, value_parser = duration)]
    duration: Option<Duration>,
    /// How many requests to measure; with --duration, whichever ends first
    #[arg(short = 'n', long = "requests", value_name = "N")]
    requests: Option<u64>,
    /// Number of connections; a request takes the one that has been free longest
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How long to put on load before the measurement
    #[arg(long, default_value = "0s", value_parser = duration)]
    warmup: Duration,
    /// Time after its intended start at which a request fails
    #[arg(long, default_value = "10s", value_parser = duration)]
    timeout: Duration,
    /// Equal distances between requests, or random ones as from many independent users
    #[arg(long, default_value = "constant")]
    arrivals: Spread,
    /// Seed of random arrivals: the same seed makes the same schedule
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Method of the request, such as POST
    #[arg(long, default_value = "GET")]
    method: String,
    /// A header of the request, such as 'Accept: text/plain'. Repeatable
    #[arg(long = "header", value_name = "FIELD")]
    fields: Vec<String>,
    /// Body of the request: text, or @FILE to read a file
    #[arg(long)]
    body: Option<String>,
    /// If the server had closed a kept connection, repeat requests that are not idempotent too, such as POST
    #[arg(long)]
    retry_any: bool,
    /// For HTTPS: trust the authorities in this PEM file in place of the system's
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// For HTTPS: accept any certificate
    #[arg(long, conflicts_with = "cacert")]
    insecure: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, ValueEnum)]
enum Spread {
    Constant,
    Poisson,
}

/// A duration with its unit, or seconds.
fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    }
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 10s or 1m"))
}

impl Run {
    /// Runs the load and prints its report.
    pub fn run(&self) -> Result<ExitCode> {
        let plan = self.plan().map_err(|error| Usage::from_error(&error))?;
        let stop = signals::stop_flag()?;
        let gauge = Arc::new(Gauge::default());
        let progress = Progress::show(&plan, &gauge);
        let report = load::run_watched(&plan, &stop, &gauge);
        drop(progress);
        // From now on Ctrl-C ends the program at once.
        stop.store(true, Relaxed);
        let report = report.map_err(|error| match error.downcast_ref() {
            Some(UnknownHost { .. }) => Usage::from_error(&error),
            None => error,
        })?;
        self.output
            .files(&Log::from_report(&report), &report.latency)?;
        let text =
            || report_text::limit(&report) + &self.headline(&plan) + &report_text::report(&report);
        self.output.print(report.json(), text, &report.latency)?;
        Ok(ExitCode::from(self.exit_code(&report)))
    }

    /// The exit code; prints its reason to standard error.
    fn exit_code(&self, report: &Report) -> u8 {
        if report.interrupted {
            return STOPPED;
        }
        let why = if report.is_limited() {
            "the generator was limited, so this is no evidence about the server"
        } else if report.requests == 0 {
            "no request was due during the measurement: raise --rate or --duration"
        } else if report.requests == report.failed() {
            "no request had a good answer"
        } else if !self.output.is_met(&report.latency) {
            "a latency target is missed"
        } else {
            return 0;
        };
        note(&format!("error: {why}"));
        1
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
        let trust = match &self.cacert {
            _ if self.insecure => Trust::Anyone,
            Some(path) => Trust::Authorities(path.clone()),
            None => Trust::System,
        };
        let request = Request::new(&self.method, &self.url, &self.fields, &body)?;
        let request = request.trusting(trust)?;
        let pace = self.rate.map_or(Pace::Closed, |rate| Pace::Open {
            rate,
            arrivals: match self.arrivals {
                Spread::Constant => Arrivals::Constant,
                Spread::Poisson => Arrivals::Poisson { seed: self.seed },
            },
        });
        let default = self.requests.map_or(DEFAULT_DURATION, |_| MAX_DURATION);
        let plan = Plan {
            connections: self.connections,
            warmup: self.warmup,
            duration: self.duration.unwrap_or(default),
            requests: self.requests,
            timeout: self.timeout,
            retry_any: self.retry_any,
            ..Plan::new(request, pace)
        };
        plan.check()?;
        for slo in &self.output.slos {
            ensure!(
                slo.limit <= plan.timeout,
                "the target {slo} is longer than the timeout of {:?}, and failures count as the timeout: raise --timeout",
                plan.timeout
            );
        }
        self.output.check()?;
        Ok(plan)
    }

    /// The first line of the report: the request, its pace and the duration.
    fn headline(&self, plan: &Plan) -> String {
        let pace = match plan.pace {
            Pace::Closed => "closed loop".to_owned(),
            Pace::Open { rate, arrivals } => match arrivals {
                Arrivals::Constant => format!("{rate} a second"),
                Arrivals::Poisson { seed } => format!("{rate} a second, Poisson with seed {seed}"),
            },
        };
        let length = match plan.requests {
            Some(requests) => format!("{requests} requests"),
            None => humantime::format_duration(plan.duration).to_string(),
        };
        let warmup = humantime::format_duration(plan.warmup);
        let (method, url, connections) = (&self.method, &self.url, plan.connections);
        format!(
            "{method} {url}: {pace} for {length} after {warmup} of warm-up, \
             {connections} connections, first in, first out\n\n"
        )
    }
}
