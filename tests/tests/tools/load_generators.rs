//! Our load generator beside oha and wrk, on one running server at a time.
#![cfg(target_os = "linux")]

use std::{
    fmt::{self, Display, Formatter, Write as _},
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::AtomicBool,
    time::Duration,
};

use lab_results::stats;
use lab_workspace::{
    cores::{self, Cores},
    environment, optional_tools,
    toolchain::on_path,
};
use load::{Arrivals, Pace, Plan, Report, Request, percentile};
use serde_json::Value;
use tests::{Pair, project, server::Server};

use crate::agreement::bare;

/// Connections of a server under load.
const CONNECTIONS: usize = 32;

/// Closed loops per generator.
const ROUNDS: usize = 3;

/// Runs of each generator at a rate, in turn. The machine may stop for tens of milliseconds in one of them,
/// which is all of its p99: medians of five hardly move, and five runs of one lie beyond five of the other by
/// chance once in 126 times.
const RUNS: usize = 5;

/// Pairs of runs of our server and a bare one. They are short, since a host's speed changes within seconds.
const BARE_ROUNDS: usize = 40;

/// Requests of a run: twenty lie beyond p99.
const REQUESTS: f64 = 2_100.0;

/// oha's timer steps by a millisecond: whole steps, and two or more of them, lie between two requests. At
/// about a thousand a second its p99 was 1.4 times ours, supposedly for requests that it sent together.
const RATES: [f64; 3] = [100.0, 250.0, 500.0];

/// Capacity of a server; the highest load is a third to a half of it.
const CAPACITY: Range<f64> = 1_000.0..1_500.0;

/// What is compared, in milliseconds.
const PERCENTILES: [(&str, f64); 3] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

/// A missing generator does not prevent other tests, unless all tools are required.
fn tool(name: &str, get: &str) -> Option<PathBuf> {
    let found = on_path(name);
    if found.is_none() {
        assert!(!optional_tools::required(), "{name} is missing: {get}");
        println!("skipped: {name} is missing: {get}");
    }
    found
}

fn oha() -> Option<PathBuf> {
    tool("oha", "cargo install --locked oha")
}

/// The cores of servers and of generators.
fn shared_out() -> Cores {
    let all = cores::all().expect("cores");
    cores::share(&all, false, false)
}

fn server(pair: &Pair, language: &'static str, cores: &Cores, payload: u64) -> Server {
    let payload = payload.to_string();
    let start = || Server::start(pair, language, &["--payload", &payload]);
    cores::on(&cores.server, start).expect("a server on its cores")
}

fn url(server: &Server) -> String {
    format!("http://{}/", server.address)
}

/// A run of ours on the generators' cores.
fn ours(server: &Server, cores: &Cores, pace: Pace, duration: Duration) -> Report {
    run(&url(server), cores, pace, duration)
}

fn run(url: &str, cores: &Cores, pace: Pace, duration: Duration) -> Report {
    let plan = Plan {
        connections: CONNECTIONS,
        duration,
        ..Plan::new(Request::get(url).expect("a request"), pace)
    };
    let run = || load::run(&plan, &AtomicBool::new(false));
    let report = cores::on(&cores.generator, run).expect("cores");
    let report = report.expect("a report");
    assert_eq!(report.failed(), 0, "{:?}", report.errors);
    report
}

fn open(rate: f64) -> Pace {
    Pace::Open {
        rate,
        arrivals: Arrivals::Constant,
    }
}

/// A run of another generator on the same cores.
fn theirs(command: &mut Command, cores: &Cores) -> String {
    let output: Output = cores::on(&cores.generator, || command.output())
        .expect("cores")
        .expect("it starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn oha_command(program: &PathBuf, server: &Server, duration: Duration, more: &[&str]) -> Command {
    let mut command = environment::tool(program);
    command.args(["--no-tui", "--output-format", "json", "-c"]);
    command.arg(CONNECTIONS.to_string());
    command.args(["-z", &format!("{}ms", duration.as_millis())]);
    command.args(more).arg(url(server));
    command
}

fn parse_oha(printed: &str) -> Value {
    serde_json::from_str(printed).unwrap_or_else(|why| panic!("{why}: {printed}"))
}

/// A figure of several runs.
struct Runs {
    median: f64,
    range: RangeInclusive<f64>,
}

impl Runs {
    fn new(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        Some(Runs {
            range: *values.first()?..=*values.last()?,
            median: stats::median(&values),
        })
    }

    fn overlap(&self, other: &Runs) -> bool {
        self.range.start() <= other.range.end() && other.range.start() <= self.range.end()
    }
}

impl Display for Runs {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let (low, high) = (self.range.start(), self.range.end());
        let digits = f.precision().unwrap_or(3);
        let median = self.median;
        write!(f, "{median:.digits$} ({low:.digits$} to {high:.digits$})")
    }
}

/// A server that can do [`CAPACITY`], by how much a request touches.
fn slow_enough(pair: &Pair, language: &'static str, cores: &Cores) -> Server {
    let mut payload = 1_u64 << 20;
    let (mut too_small, mut too_large) = (0, u64::MAX);
    let middle = f64::midpoint(CAPACITY.start, CAPACITY.end);
    let mut tried = String::new();
    for _ in 0..20 {
        let server = server(pair, language, cores, payload);
        let second = Duration::from_secs(1);
        ours(&server, cores, Pace::Closed, second);
        let capacity = ours(&server, cores, Pace::Closed, 2 * second).achieved_rate();
        let line = format!("{language}: {capacity:.0} a second, {payload} bytes a request");
        if CAPACITY.contains(&capacity) {
            println!("{line}");
            return server;
        }
        let _ = writeln!(tried, "{line}");
        if capacity > CAPACITY.end {
            too_small = payload;
        } else {
            too_large = payload;
        }
        payload = (payload as f64 * capacity / middle) as u64;
        // An allocator may take other ways from some size on: from there the rate is not in proportion.
        if payload <= too_small || payload >= too_large {
            payload = u64::midpoint(too_small, too_large);
        }
    }
    panic!("no payload slows {language} down to {CAPACITY:?} requests a second:\n{tried}");
}

#[test]
#[ignore = "takes twelve minutes; cargo make deep runs it"]
fn percentiles_are_those_of_oha() {
    let Some(oha) = oha() else { return };
    let (pair, cores) = (Pair::of("server"), shared_out());
    let mut wrong = String::new();
    for language in ["Go", "Rust"] {
        let server = slow_enough(&pair, language, &cores);
        for rate in RATES {
            let duration = Duration::from_secs_f64(REQUESTS / rate);
            let rate_text = rate.to_string();
            let more = ["--latency-correction", "-q", &rate_text];
            let by_oha = || {
                let mut command = oha_command(&oha, &server, duration, &more);
                let report = parse_oha(&theirs(&mut command, &cores));
                let latency = &report["latencyPercentiles"];
                PERCENTILES.map(|(name, _)| 1e3 * latency[name].as_f64().expect("seconds"))
            };
            let by_ours = || {
                let report = ours(&server, &cores, open(rate), duration);
                PERCENTILES
                    .map(|(_, at)| percentile(&report.latency, at).expect("enough") as f64 / 1e6)
            };
            let (mut of_oha, mut of_ours) = (Vec::new(), Vec::new());
            for _ in 0..RUNS {
                of_oha.push(by_oha());
                of_ours.push(by_ours());
            }
            for (place, (name, _)) in PERCENTILES.into_iter().enumerate() {
                let of_oha = Runs::new(of_oha.iter().map(|run| run[place])).expect("runs");
                let of_ours = Runs::new(of_ours.iter().map(|run| run[place])).expect("runs");
                let ratio = of_ours.median / of_oha.median;
                let line = format!(
                    "{language:4} {rate:5}/s {name}: ours {of_ours:.3} ms, oha {of_oha:.3} ms, ratio {ratio:.2}"
                );
                println!("{line}");
                if ratio.ln().abs() > 1.1_f64.ln() && !of_ours.overlap(&of_oha) {
                    let _ = writeln!(wrong, "{line}");
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "more than a tenth apart, every run of one beyond all of the other:\n{wrong}"
    );
}

#[test]
#[ignore = "needs a machine of its own; cargo make deep runs it"]
fn a_closed_loop_is_no_slower_than_that_of_oha_or_wrk() {
    let Some(oha) = oha() else { return };
    let wrk = tool("wrk", "your distribution has it");
    let (pair, cores) = (Pair::of("server"), shared_out());
    for language in ["Go", "Rust"] {
        let server = server(&pair, language, &cores, 1024);
        let duration = Duration::from_secs(4);
        ours(&server, &cores, Pace::Closed, duration);
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            rates[0].push(ours(&server, &cores, Pace::Closed, duration).achieved_rate());
            let printed = theirs(&mut oha_command(&oha, &server, duration, &[]), &cores);
            let rate = &parse_oha(&printed)["summary"]["requestsPerSec"];
            rates[1].push(rate.as_f64().expect("a rate"));
            if let Some(wrk) = &wrk {
                let mut command = environment::tool(wrk);
                command.args(["-t1", &format!("-c{CONNECTIONS}"), "-d4s"]);
                let printed = theirs(command.arg(url(&server)), &cores);
                let rate = printed
                    .lines()
                    .find_map(|line| line.strip_prefix("Requests/sec:"));
                let rate = rate.and_then(|rate| rate.trim().parse().ok());
                rates[2].push(rate.unwrap_or_else(|| panic!("no rate: {printed}")));
            }
        }
        let [ours, oha, wrk] = rates.map(|rates| Runs::new(rates.into_iter()));
        let ours = ours.expect("runs");
        println!("{language:4} ours: {ours:.0} a second");
        for (name, theirs) in [("oha", oha), ("wrk", wrk)] {
            let Some(theirs) = theirs else { continue };
            println!("{language:4} {name}: {theirs:.0} a second");
            assert!(
                ours.range.end() >= theirs.range.start(),
                "{language}: ours {ours:.0}, {name} {theirs:.0} a second"
            );
        }
    }
}

/// The bare server of a language, built as ours is.
fn bare_server(language: &str, folder: &Path) -> PathBuf {
    if language == "Go" {
        return bare("server.go", folder);
    }
    let build = ["build", "--quiet", "--release", "--package", "tests"];
    let mut cargo = environment::cargo();
    cargo.args(build).args(["--example", "bare_server"]);
    cargo.args(["--features", "bare", "--target-dir"]);
    let status = cargo.arg(folder).current_dir(&project().root).status();
    assert!(status.expect("cargo starts").success());
    folder.join("release/examples/bare_server")
}

#[test]
#[ignore = "needs a machine of its own; cargo make deep runs it"]
fn limits_cost_a_server_at_most_a_twentieth_of_its_rate() {
    let (pair, cores) = (Pair::of("server"), shared_out());
    let folder = tempfile::tempdir().expect("a folder");
    let mut slow = String::new();
    for language in ["Go", "Rust"] {
        let program = bare_server(language, folder.path());
        let start = || Server::start_program(language, &program, &[]);
        let bare = cores::on(&cores.server, start).expect("a server on its cores");
        let ours = server(&pair, language, &cores, 1 << 20);
        for path in ["/", "/health"] {
            let rate = |server: &Server| {
                let url = format!("http://{}{path}", server.address);
                let short = Duration::from_millis(400);
                run(&url, &cores, Pace::Closed, short).achieved_rate()
            };
            let round = |number: usize| {
                if number.is_multiple_of(2) {
                    return (rate(&ours), rate(&bare));
                }
                let bare = rate(&bare);
                (rate(&ours), bare)
            };
            round(0);
            let rates: Vec<_> = (0..BARE_ROUNDS).map(round).collect();
            let ratio = stats::ratio(&rates).expect("enough rounds");
            let line = format!(
                "{language:4} {path}: {:.2} of a bare server's rate, from {:.2} to {:.2}",
                ratio.value, ratio.low, ratio.high
            );
            println!("{line}");
            if ratio.value < 0.95 {
                let _ = writeln!(slow, "{line}");
            }
        }
    }
    assert!(slow.is_empty(), "slower than without limits:\n{slow}");
}

#[test]
#[ignore = "takes a minute and a machine of its own; cargo make deep runs it"]
fn twenty_thousand_a_second_are_held_for_a_minute() {
    let (pair, cores) = (Pair::of("server"), shared_out());
    let server = server(&pair, "Rust", &cores, 1024);
    let report = ours(&server, &cores, open(20_000.0), Duration::from_mins(1));
    let late = [0.5, 0.99, 0.999].map(|at| percentile(&report.late, at).expect("enough"));
    println!(
        "late by {:.0?} µs at p50, p99 and p99.9; {:.2} of a core; {:.0} answers a second",
        late.map(|late| late as f64 / 1e3),
        report.cpu_share,
        report.achieved_rate()
    );
    assert_eq!(report.requests, 1_200_000);
    assert!(
        report.achieved_rate() > 19_990.0,
        "{}",
        report.achieved_rate()
    );
    assert!(report.cpu_share < 1.0, "{}", report.cpu_share);
}
