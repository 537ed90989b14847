//! The servers under load: cases that no program measures by itself, because a process apart has to ask.
//!
//! A block runs both servers and the control once each, in random order. Each is a fresh process that
//! finds its capacity, stands under load at a share of it, and shows its capacity again. Blocks, journal
//! and results are those of all other cases.

pub mod attack;
pub mod capacity;
pub mod cores;
mod cost;
pub mod drive;
pub mod points;
pub mod server;
mod session;
pub mod table;

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::Duration,
};

use anyhow::{Context as _, Result};

use self::{
    cores::Cores,
    drive::{Effort, Rate, capacity, drive},
    points::{Buffers, Pace, Point},
    server::Spec,
};
use crate::{
    formula::{Side, Wanted},
    measure::{Lab, block::in_order, plan::OUTSIDE},
    result::{Because, Block, LeftOut, Run, Subject},
    settings::{self, Build, DEFAULT},
};

pub use session::Session;

/// A live object takes less, with its place in the table of all.
const LIVE_BYTES: u64 = 128;

/// What a server takes besides.
const BASE_BYTES: u64 = 256 << 20;

/// One point in one setting, ready to be measured.
#[derive(Debug, Clone)]
pub struct Job {
    /// What it is.
    pub subject: Subject,
    /// Whether a claim names it; what none names is shown.
    pub judged: bool,
    /// How many blocks are wanted.
    pub blocks: usize,
    point: Point,
    effort: Effort,
    cores: Cores,
    go: Sided,
    rust: Sided,
}

/// A side's server, with its setting and with nothing set.
#[derive(Debug, Clone)]
struct Sided {
    set: Spec,
    plain: Spec,
}

impl Job {
    /// What is wanted, so many blocks of it with so much effort, with the program of each build.
    pub fn new(
        program: impl Fn(Build) -> PathBuf,
        wanted: &Wanted,
        effort: Effort,
        blocks: usize,
    ) -> Result<Self> {
        let point = Point::parse(&wanted.case)?;
        let live = wanted.scale.unwrap_or(points::LIVE);
        let mut cores = cores::share(&cores::all()?, wanted.cores == "one", point.shared);
        if wanted.cores == "two" {
            cores.server.truncate(2);
        }
        let spec = |build: Build| Spec {
            program: program(build),
            environment: Vec::new(),
            live,
            point,
            cores: cores.server.clone(),
        };
        let go_setting = settings::get(Side::Go, &wanted.go)?;
        let rust_setting = settings::get(Side::Rust, &wanted.rust)?;
        let go = spec(go_setting.build);
        let held = if go_setting.needs_live_size() {
            held(&go)?
        } else {
            0
        };
        let set = |spec: Spec, environment| Spec {
            environment,
            ..spec
        };
        Ok(Job {
            subject: subject(wanted, live),
            judged: false,
            blocks,
            point,
            effort,
            cores: cores.clone(),
            go: Sided {
                set: set(go.clone(), go_setting.environment(held)),
                plain: go,
            },
            rust: Sided {
                set: set(spec(rust_setting.build), rust_setting.environment(0)),
                plain: spec(Build::System),
            },
        })
    }

    /// Whether it has as many live objects as a claim means that names no number.
    pub fn own_scale(&self) -> bool {
        self.subject.scale == points::LIVE
    }

    /// About how long a block takes, as long as none has told.
    pub fn cost(&self) -> Duration {
        cost::of_block(&self.subject, self.point, &self.effort)
    }

    /// The commands of both servers, as one would type them in the top folder.
    pub fn shown(&self, root: &Path) -> [String; 2] {
        [self.go.set.shown(root), self.rust.set.shown(root)]
    }

    /// Runs a block, and tells why it is no evidence, if it is none.
    pub fn block(
        &self,
        seed: u64,
        number: usize,
        stopped: &AtomicBool,
    ) -> Result<(Block, Option<String>)> {
        let block = || self.block_here(seed, number, stopped);
        cores::on(&self.cores.generator, block)?
            .with_context(|| format!("measuring failed: {}", self.subject))
    }

    fn block_here(
        &self,
        seed: u64,
        number: usize,
        stopped: &AtomicBool,
    ) -> Result<(Block, Option<String>)> {
        let share = |spec: &Spec, percent: u32| -> Result<f64> {
            let found = capacity(&spec.start(0)?, self.effort.search, stopped)?;
            Ok(found.rate * f64::from(percent) / 100.0)
        };
        let even = match self.point.pace {
            Pace::Even(percent) => {
                let [go, rust] = [&self.go.set, &self.rust.set];
                share(go, percent)?.min(share(rust, percent)?)
            }
            _ => 0.0,
        };
        let (mut unfit, mut steal) = (None, 0.0_f64);
        let mut block = in_order(&self.subject, seed, number, |side, padding| {
            let sided = match side {
                Side::Go => &self.go,
                Side::Rust => &self.rust,
            };
            if idle(&self.subject, self.point, side) {
                return Ok(Run {
                    answer: drive::ANSWER.to_owned(),
                    ..Run::default()
                });
            }
            let rate = match self.point.pace {
                Pace::Own(percent) => Rate::Share(f64::from(percent) / 100.0),
                Pace::Plain => Rate::Fixed(share(&sided.plain, points::SHARE)?),
                Pace::Even(_) => Rate::Fixed(even),
                Pace::Fixed(rate) => Rate::Fixed(rate as f64),
            };
            let driven = drive(&sided.set, &self.effort, rate, padding, stopped)?;
            unfit = unfit.take().or(driven.unfit);
            steal = steal.max(driven.steal);
            Ok(driven.run)
        })?;
        block.steal = steal;
        Ok((block, unfit))
    }
}

fn subject(wanted: &Wanted, scale: u64) -> Subject {
    Subject {
        topic: wanted.topic.clone(),
        case: wanted.case.clone(),
        scale,
        go: wanted.go.clone(),
        rust: wanted.rust.clone(),
        cores: wanted.cores.clone(),
    }
}

/// Whether a side is left out: where one side alone is set, the dose is that side's, and the other would
/// do what it does at the main point.
fn idle(subject: &Subject, point: Point, side: Side) -> bool {
    let (own, other) = match side {
        Side::Go => (&subject.go, &subject.rust),
        Side::Rust => (&subject.rust, &subject.go),
    };
    point.pace == Pace::Plain && own == DEFAULT && other != DEFAULT
}

/// How much lives in a Go server that has answered nothing yet.
fn held(go: &Spec) -> Result<u64> {
    let stats = go.start(0)?.stats()?;
    let live = stats.get("live_bytes").and_then(serde_json::Value::as_u64);
    live.context("the Go server tells no live_bytes in /stats")
}

/// About how much memory a point takes at most.
fn memory(wanted: &Wanted, live: u64) -> u64 {
    let percent = wanted.go.strip_prefix("gogc").map_or(Ok(100), str::parse);
    let times = 1 + percent.unwrap_or(100_u64).div_ceil(100);
    times * (live * LIVE_BYTES + (32 << 20)) + BASE_BYTES
}

/// The efforts and blocks of a mode: what claims name gets ten blocks and, where they ask for p99.9, so
/// many requests that twenty lie beyond it; what is only shown gets three.
fn effort(mode: &str, point: Point, live: u64, judged: bool) -> (Effort, usize) {
    if !matches!(mode, "load" | "thorough" | OUTSIDE) {
        return (Effort::QUICK, 3);
    }
    if mode == OUTSIDE {
        // Small requests over nothing alive: their capacity stands still at once.
        return (Effort::QUICK, if judged { 10 } else { 3 });
    }
    if !judged {
        return (Effort::WHOLE, 3);
    }
    // Dose and response are read at p99.
    let requests = if point.pace == Pace::Plain { 0 } else { 20_000 };
    // On the article's own server memory is watched for ten seconds.
    let swings = live == 0 && point.buffers == Buffers::Fresh && matches!(point.pace, Pace::Own(_));
    let load = Duration::from_secs(if swings { 10 } else { 5 });
    let whole = Effort {
        load,
        requests,
        ..Effort::WHOLE
    };
    (whole, 10)
}

/// How many blocks of it a mode takes, and about how long one is.
pub fn planned(mode: &str, wanted: &Wanted, judged: bool) -> Result<(usize, Duration)> {
    let point = Point::parse(&wanted.case)?;
    let live = wanted.scale.unwrap_or(points::LIVE);
    let (effort, blocks) = effort(mode, point, live, judged);
    let subject = subject(wanted, live);
    Ok((blocks, cost::of_block(&subject, point, &effort)))
}

/// Whether a verdict rests on it.
pub fn is_judged(wanted: &Wanted, judged: &[Wanted]) -> bool {
    let own = |w: &Wanted| Wanted {
        scale: w.scale.or(Some(points::LIVE)),
        ..w.clone()
    };
    judged.iter().any(|judged| own(judged) == own(wanted))
}

/// How long all load of a mode may take.
pub fn budget(mode: &str) -> Duration {
    match mode {
        "load" | "thorough" => Duration::from_mins(89),
        OUTSIDE => Duration::from_mins(15),
        _ => Duration::from_secs(58),
    }
}

/// Why a point cannot be measured here, if it cannot.
pub fn refused(lab: &Lab, wanted: &Wanted) -> Result<Option<LeftOut>> {
    let live = wanted.scale.unwrap_or(points::LIVE);
    let refused = lab.refused(wanted)?.map(|why| (Because::Toolchain, why));
    let over = || Some((Because::Memory, lab.over_memory(memory(wanted, live))?));
    Ok(refused.or_else(over).map(|(because, why)| LeftOut {
        subject: wanted.to_string(),
        because,
        why,
    }))
}

/// The jobs that are wanted, those that claims name first.
pub fn jobs(
    lab: &Lab,
    wanted: &[Wanted],
    judged: &[Wanted],
    mode: &str,
    blocks: Option<usize>,
) -> Result<(Vec<Job>, Vec<LeftOut>)> {
    let (mut jobs, mut left_out): (Vec<Job>, Vec<LeftOut>) = (Vec::new(), Vec::new());
    // With two cores the server has one anyway.
    let few = cores::all()?.len() <= 2;
    for wanted in wanted.iter().filter(|w| !(few && w.cores == "one")) {
        // What another source says of two cores for the server is only shown where it has one.
        let is_judged = is_judged(wanted, judged) && !(few && mode == OUTSIDE);
        let live = wanted.scale.unwrap_or(points::LIVE);
        let (effort, usual) = effort(mode, Point::parse(&wanted.case)?, live, is_judged);
        if let Some(left) = refused(lab, wanted)? {
            left_out.push(left);
            continue;
        }
        let program = |build| lab.program(Some(build), points::TOPIC);
        let new = Job::new(program, wanted, effort, blocks.unwrap_or(usual))?;
        if !jobs.iter().any(|old| old.subject == new.subject) {
            jobs.push(Job {
                judged: is_judged,
                ..new
            });
        }
    }
    jobs.sort_by_key(|job| !job.judged);
    Ok((jobs, left_out))
}

/// Whether Rust's server gives the memory of its requests back to the system, unless that cannot be told,
/// and what was seen.
pub fn gives_back(program: &Path) -> Result<(bool, String)> {
    const REQUESTS: u64 = 8;
    let point = Point::default();
    let server = Spec {
        program: program.to_owned(),
        environment: Vec::new(),
        live: 0,
        point,
        cores: cores::all()?,
    }
    .start(0)?;
    let resident = || {
        let stats = server.stats()?;
        let bytes = stats
            .get("resident_bytes")
            .and_then(serde_json::Value::as_u64);
        bytes.context("the server tells no resident_bytes in /stats")
    };
    let before = resident()?;
    for _ in 0..REQUESTS {
        server::ask(server.address, "/")?;
    }
    let kept = resident()?.saturating_sub(before);
    let seen = format!(
        "{REQUESTS} requests of {} left {} KiB resident",
        points::size(point.payload),
        kept >> 10
    );
    Ok((kept < point.payload / 2, seen))
}

/// Whether a wanted measurement is one of load.
pub fn is_load(wanted: &Wanted) -> bool {
    points::is_load(&wanted.topic, &wanted.case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_claims_name_gets_ten_blocks_and_enough_requests() {
        let of = |mode, name, judged| effort(mode, Point::parse(name).unwrap(), 0, judged);
        let (whole, blocks) = of("load", "load", true);
        assert_eq!(
            (blocks, whole.requests, whole.load.as_secs()),
            (10, 20_000, 10)
        );
        let (dose, blocks) = of("thorough", "load_plain", true);
        assert_eq!((blocks, dose.requests, dose.load.as_secs()), (10, 0, 5));
        assert_eq!(of("load", "load_75", false), (Effort::WHOLE, 3));
        assert_eq!(of("quick", "load", true), (Effort::QUICK, 3));
        let blocks = |judged| of(OUTSIDE, "load_even75_1k", judged).1;
        assert_eq!([blocks(true), blocks(false)], [10, 3]);
    }

    #[test]
    fn a_quick_run_fits_into_its_minute() {
        let (blocks, cost) = planned("quick", &points::quick(), true).unwrap();
        assert!(blocks as u32 * cost <= budget("quick"), "{cost:?}");
    }

    #[test]
    fn a_dose_is_taken_of_the_side_that_is_set() {
        let of = |text: &str, side| {
            let wanted = Wanted::parse(text).unwrap();
            let point = Point::parse(&wanted.case).unwrap();
            idle(&subject(&wanted, 0), point, side)
        };
        assert!(of("server/load_plain go=gogc400", Side::Rust));
        assert!(!of("server/load_plain go=gogc400", Side::Go));
        assert!(!of("server/load_plain", Side::Rust), "nothing is set");
        assert!(!of("server/load go=gogc400", Side::Rust), "another pace");
    }

    #[test]
    fn the_equal_rates_of_another_source_fit_into_their_quarter_of_an_hour() {
        let wanted = Wanted::parse("server/load_even75_1k@0").unwrap();
        let (blocks, cost) = planned(OUTSIDE, &wanted, true).unwrap();
        assert!(4 * blocks as u32 * cost <= budget(OUTSIDE));
    }

    #[test]
    fn a_higher_gogc_takes_more_memory() {
        let of = |text: &str| memory(&Wanted::parse(text).unwrap(), 1_000_000);
        assert!(of("server/load go=gogc1600") > 5 * of("server/load"));
        assert!(of("server/load go=gogcoff") == of("server/load"));
    }
}
