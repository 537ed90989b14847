use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, SystemTime},
};

use anyhow::{Result, bail};
use clap::Args;
use lab::{
    formula::Wanted,
    judge::ledger::quantity,
    load::{
        Job, Session,
        drive::Effort,
        points::{self, Pace, Point},
        table::{self, Compared, compared, spread},
    },
    measure::{
        Lab, machine,
        store::{self, Store},
    },
    project::Project,
    result::{Block, Measurement, Request, ResultFile, Run, SCHEMA},
};

use super::{
    Usage,
    measure::{Bar, again, became, stopped},
    print,
};

/// The blocks of a point that somebody asks for.
pub const BLOCKS: usize = 5;

/// What each side's engineer would set first.
const TUNED: (&str, &str) = ("gogc400", "mimalloc");

/// Measures your own point on both servers, and says whether the language matters there.
#[derive(Args)]
pub struct OnePoint {
    /// Long-lived objects in memory.
    #[arg(long, value_name = "N")]
    live_objects: u64,
    /// Requests a second.
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: u64,
    /// What a request touches, such as 64KiB.
    #[arg(long, value_name = "SIZE", value_parser = points::payload)]
    payload: u64,
    /// The latency that has to be kept, such as p99=20ms.
    #[arg(long, value_name = "PERCENTILE=TIME")]
    slo: Option<Slo>,
    /// Goes on with the newest such run that was stopped.
    #[arg(long)]
    resume: bool,
    /// The folder of the results.
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,
}

/// A latency that has to be kept.
#[derive(Debug, Clone, PartialEq)]
struct Slo {
    /// As formulas call it: `p99`, `p999`.
    percentile: &'static str,
    /// The share of requests below it.
    share: f64,
    limit: Duration,
}

impl FromStr for Slo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "PERCENTILE=TIME is wanted, such as p99=20ms (p50, p90, p99, p99.9)".to_owned();
        let (name, time) = text.split_once('=').ok_or_else(wrong)?;
        let (percentile, share) = match name {
            "p50" => ("p50", 0.5),
            "p90" => ("p90", 0.9),
            "p99" => ("p99", 0.99),
            "p99.9" => ("p999", 0.999),
            _ => return Err(wrong()),
        };
        let limit = humantime::parse_duration(time).map_err(|_| wrong())?;
        Ok(Slo {
            percentile,
            share,
            limit,
        })
    }
}

impl OnePoint {
    pub fn run(&self) -> Result<ExitCode> {
        let stopped = stopped()?;
        let project = Project::find()?;
        let point = Point {
            pace: Pace::Fixed(self.rate),
            payload: self.payload,
            ..Point::default()
        };
        let plain = points::wanted(&point.to_string(), self.live_objects);
        let tuned = Wanted {
            go: TUNED.0.to_owned(),
            rust: TUNED.1.to_owned(),
            ..plain.clone()
        };
        // So many that a percentile has its twenty requests beyond it in each block.
        let share = self.slo.as_ref().map_or(0.99, |slo| slo.share.max(0.99));
        let requests = (21.0 / (1.0 - share)) as u64;
        let effort = Effort {
            requests,
            ..Effort::QUICK
        };
        let asked = Asked {
            mode: "point",
            wanted: vec![plain, tuned],
            partition: None,
            effort,
            resume: self.resume,
            results: &self.results,
        };
        let Some((found, path)) = asked.measured(&project, &stopped)? else {
            return Ok(ExitCode::from(130));
        };
        let [plain, tuned] = &found.measurements[..] else {
            bail!(
                "no block of this point could be measured; see {}",
                path.display()
            );
        };
        print(&told(plain, tuned, self.slo.as_ref()))?;
        print(&format!("Result: {}", path.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What a point showed, whether the language matters first.
fn told(plain: &Measurement, tuned: &Measurement, slo: Option<&Slo>) -> String {
    let p99 = compared(&plain.blocks, "p99(latency_ns)");
    let mut text = first(&p99);
    text.push('\n');
    if p99.differs() {
        for (setting, closed) in [
            (TUNED.0, closed(&plain.blocks, &tuned.blocks, true)),
            (TUNED.1, closed(&plain.blocks, &tuned.blocks, false)),
        ] {
            let _ = writeln!(
                text,
                "{setting} closes {closed} of the gap, 1 being all of it."
            );
        }
    }
    let memory = compared(&plain.blocks, "resident_p50_bytes");
    let _ = writeln!(
        text,
        "Resident memory, Go over Rust: {}, a server over itself {}.",
        spread(&memory.ratios),
        spread(&memory.controls)
    );
    for (measurement, names) in [
        (plain, ["Go", "Rust"]),
        (tuned, ["Go, gogc400,", "Rust, mimalloc,"]),
    ] {
        let sides: [fn(&Block) -> &Run; 2] = [|block| &block.go, |block| &block.rust];
        for (side, name) in sides.into_iter().zip(names) {
            let runs: Vec<&Run> = measurement.blocks.iter().map(side).collect();
            text += &kept(name, &runs, slo);
        }
    }
    let _ = write!(
        text,
        "In brackets is the range over {} blocks; of five it covers a median 94 times in 100.\n{}",
        plain.blocks.len(),
        table::table(&[plain.clone(), tuned.clone()])
    );
    text
}

/// Whether the difference is larger than that of a server from itself.
fn first(p99: &Compared) -> String {
    let (ratio, control) = (spread(&p99.ratios), spread(&p99.controls));
    if p99.differs() {
        format!(
            "The language matters here: p99 in Go is {ratio} times that in Rust, more than a server\n\
             differs from itself ({control})."
        )
    } else {
        format!(
            "The language does not matter here as far as can be told: p99 in Go is {ratio} times that\n\
             in Rust, and a server differs from itself by as much ({control})."
        )
    }
}

/// How much of the gap goes away with a side's setting, block by block.
fn closed(plain: &[Block], tuned: &[Block], go: bool) -> String {
    let p99 = |run: &Run| table::figure(run, "p99(latency_ns)");
    let shares = plain.iter().zip(tuned).filter_map(|(plain, tuned)| {
        let gap = (p99(&plain.go)? / p99(&plain.rust)?).ln();
        let left = if go {
            p99(&tuned.go)? / p99(&plain.rust)?
        } else {
            p99(&plain.go)? / p99(&tuned.rust)?
        };
        Some(1.0 - left.ln() / gap)
    });
    let mut shares: Vec<f64> = shares.filter(|share| share.is_finite()).collect();
    shares.sort_by(f64::total_cmp);
    match (&shares[..], shares.len()) {
        ([low, .., high], _) => {
            let [middle, low, high] =
                [shares[shares.len() / 2], *low, *high].map(|share| quantity(share, ""));
            format!("{middle} [{low}, {high}]")
        }
        _ => "an unknown share".to_owned(),
    }
}

/// Whether a server kept what it has to, and whether it kept up at all.
fn kept(name: &str, runs: &[&Run], slo: Option<&Slo>) -> String {
    let mut text = String::new();
    let behind =
        |run: &&&Run| table::figure(run, "achieved_share").is_some_and(|share| share < 0.99);
    let behind = runs.iter().filter(behind).count();
    if behind > 0 {
        let _ = writeln!(
            text,
            "{name} did not keep up in {behind} of {} blocks.",
            runs.len()
        );
    }
    let Some(slo) = slo else {
        return text;
    };
    let limit = slo.limit.as_nanos() as f64;
    let times = runs.iter().filter_map(|run| {
        let enough = table::figure(run, "count(latency_ns)")? * (1.0 - slo.share) >= 20.0;
        let time = table::figure(run, &format!("{}(latency_ns)", slo.percentile))?;
        enough.then_some(time)
    });
    let times: Vec<f64> = times.collect();
    let within = times.iter().filter(|&&time| time <= limit).count();
    let most = times.iter().copied().fold(0.0, f64::max);
    let _ = writeln!(
        text,
        "{name} keeps {} within {} in {within} of {} blocks; the worst was {}.",
        slo.percentile.replace("999", "99.9"),
        humantime::format_duration(slo.limit),
        times.len(),
        quantity(most, "ns")
    );
    text
}

/// Points that somebody asks for, measured in blocks of one effort.
pub struct Asked<'a> {
    pub mode: &'static str,
    pub wanted: Vec<Wanted>,
    pub partition: Option<[usize; 2]>,
    pub effort: Effort,
    pub resume: bool,
    pub results: &'a Path,
}

impl Asked<'_> {
    /// Measures them; what was found and where it lies, or nothing if somebody stopped it.
    pub fn measured(
        &self,
        project: &Project,
        stopped: &AtomicBool,
    ) -> Result<Option<(ResultFile, PathBuf)>> {
        let bar = Bar::new();
        bar.say("building");
        let lab = Lab::open(project, &self.wanted)?;
        let mut jobs = Vec::new();
        for wanted in &self.wanted {
            let program = |build| lab.program(Some(build), points::TOPIC);
            jobs.push(Job::new(program, wanted, self.effort, BLOCKS)?);
        }
        let store = Store::open(&project.root.join(self.results))?;
        for line in became(project, &store.recover()?) {
            eprintln!("{line}");
        }
        let mut journal = store.begin(self.begun(project, &lab)?)?;
        let session = Session {
            budget: None,
            stopped,
            listener: &bar,
        };
        session.run(&jobs, &mut journal)?;
        bar.finish();
        journal.found.complete = !stopped.load(Relaxed);
        let found = journal.found.clone();
        let path = store.end(journal)?;
        let path = path.strip_prefix(&project.root).unwrap_or(&path).to_owned();
        for left in &found.left_out {
            eprintln!("{}: not measured: {}", left.subject, left.why);
        }
        if !found.complete {
            let shown = path.display();
            eprintln!("Stopped: what was measured is kept in {shown}; --resume goes on.");
            return Ok(None);
        }
        Ok(Some((found, path)))
    }

    /// An empty result, or the one that goes on.
    fn begun(&self, project: &Project, lab: &Lab) -> Result<ResultFile> {
        let request = Request {
            mode: self.mode.to_owned(),
            only: self.wanted.iter().map(ToString::to_string).collect(),
            settings: Vec::new(),
            scale: None,
            blocks: Some(BLOCKS),
            partition: self.partition,
        };
        if self.resume {
            let folder = project.root.join(self.results);
            for (path, found) in store::each(&folder, |why| eprintln!("{why}"))? {
                if found.request == request && !found.complete {
                    if found.hashes != lab.hashes {
                        let shown = path.display();
                        let why = format!("cannot go on with {shown}: the programs changed since");
                        return Err(Usage(why).into());
                    }
                    return Ok(found);
                }
            }
            bail!(
                "there is no such run to go on with in {}",
                self.results.display()
            );
        }
        let seed = fastrand::u64(..1 << 32);
        Ok(ResultFile {
            schema: SCHEMA,
            command: again(seed),
            request,
            complete: false,
            began: SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)?
                .as_secs(),
            seed,
            machine: machine::machine(project),
            commit: machine::commit(project),
            hashes: lab.hashes.clone(),
            measurements: Vec::new(),
            left_out: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_percentile_and_a_time() {
        let slo: Slo = "p99=20ms".parse().unwrap();
        assert_eq!((slo.percentile, slo.limit.as_millis()), ("p99", 20));
        assert_eq!("p99.9=1s".parse::<Slo>().unwrap().percentile, "p999");
        for wrong in ["", "p99", "p98=1ms", "p99=fast", "=1ms"] {
            assert!(wrong.parse::<Slo>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_sentence_says_whether_the_language_matters() {
        let controls = vec![0.9, 1.1, 1.0, 1.05, 0.95];
        let of = |ratio: f64| {
            first(&Compared {
                ratios: vec![ratio; 5],
                controls: controls.clone(),
            })
        };
        assert!(of(3.0).starts_with("The language matters here: p99 in Go is 3.00"));
        assert!(of(1.05).starts_with("The language does not matter here"));
    }
}
