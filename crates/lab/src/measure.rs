//! Measures both sides of the pairs in blocks: what is chosen, in the time that there is.

pub mod block;
pub mod budget;
pub mod built;
pub mod child;
pub mod machine;
pub mod noise;
pub mod outside;
pub mod pilot;
pub mod plan;
mod session;
pub mod store;
pub mod table;
pub mod trial;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;

use self::{
    block::Sides,
    budget::Budget,
    child::{Launch, program},
    trial::{Seen, Trials},
};
use crate::{
    formula::{Side, Wanted},
    hash,
    programs::{self, Programs},
    project::Project,
    result::{Because, LeftOut, Machine, Request, Resident, ResultFile, Run, Subject},
    settings::{self, Build},
};

pub use session::Session;

/// No trial, a run of a single sample, takes longer.
pub const TRIAL_LIMIT: Duration = Duration::from_mins(1);

/// Where the claims stand, from the top folder.
pub const CLAIMS: &str = "crates/lab/claims.toml";

/// Where the programs lie.
#[derive(Debug)]
struct Folders {
    counting: PathBuf,
    go: PathBuf,
    timed: PathBuf,
}

/// What the programs are, and what is known of them.
#[derive(Debug)]
pub struct Lab<'a> {
    root: &'a Path,
    folders: Folders,
    /// Hashes of what is compared: the measured programs, and the claims.
    pub hashes: BTreeMap<String, String>,
    trials: Trials,
    /// What no toolchain here can build, and why.
    refused: BTreeMap<Build, String>,
    available: u64,
}

/// A subject that can be measured.
#[derive(Debug, Clone)]
pub struct Ready {
    /// What it is.
    pub subject: Subject,
    /// Whether it is at the case's own size.
    pub own_scale: bool,
    /// Whether anything is judged by it; what is only shown gets fewer blocks.
    pub judged: bool,
    /// Both of its processes.
    pub sides: Sides,
    /// The memory of both, as the trials saw it.
    pub resident: Resident,
    /// What a block of it takes.
    pub cost: Duration,
    /// What a further sample of one process takes.
    sample: Duration,
}

impl Ready {
    /// Lets each process take so many samples at least.
    pub fn take(&mut self, samples: u64) {
        let more = samples.saturating_sub(self.sides.go.samples);
        let time = self.sample * more as u32;
        self.cost += 3 * time;
        for side in [&mut self.sides.go, &mut self.sides.rust] {
            side.samples += more;
            side.limit += 10 * time;
        }
    }
}

/// How a run is told about while it runs.
pub trait Listener {
    /// It has so many steps from now on.
    fn steps(&self, steps: usize);
    /// One of them is done; what comes next, and what is known of it.
    fn step(&self, done: &str);
}

impl<'a> Lab<'a> {
    /// Builds what these subjects need, and looks at what was built.
    pub fn open(project: &'a Project, chosen: &[Wanted]) -> Result<Self> {
        let mut builds: Vec<Build> = Vec::new();
        for wanted in chosen {
            builds.extend(both_builds(wanted)?);
        }
        builds.sort();
        builds.dedup();
        let mut refused = BTreeMap::new();
        for &build in &builds {
            match build {
                // It told which cases there are.
                Build::Go => {}
                Build::GoBefore => {
                    if let Err(why) = programs::build_go_set(project, build) {
                        refused.insert(build, format!("{why:#}"));
                    }
                }
                _ => programs::build_timed(project, build)?,
            }
        }
        let Programs { rust: counting, go } = Programs::of(project);
        let timed = programs::timed(project);
        let mut lab = Lab {
            root: &project.root,
            trials: Trials::open(timed.join("trials.json")),
            folders: Folders {
                counting,
                go,
                timed,
            },
            hashes: BTreeMap::new(),
            refused,
            available: machine::available_bytes(),
        };
        for wanted in chosen {
            let [go, rust] = both_builds(wanted)?;
            let topics = if built::is_built(wanted) {
                project.names()
            } else {
                vec![wanted.topic.as_str()]
            };
            for topic in topics {
                for build in [Some(go), Some(rust), None] {
                    if build.is_none_or(|build| !lab.refused.contains_key(&build)) {
                        lab.hash(build, topic)?;
                    }
                }
            }
        }
        let claims = project.root.join(CLAIMS);
        if claims.is_file() {
            lab.hashes
                .insert(CLAIMS.to_owned(), hash::of_file(&claims)?);
        }
        Ok(lab)
    }

    /// The program of a topic in a build; the counting one if none is named.
    pub fn program(&self, build: Option<Build>, topic: &str) -> PathBuf {
        let folder = match build {
            None => self.folders.counting.clone(),
            Some(build @ (Build::Go | Build::GoBefore)) => {
                self.folders.go.with_file_name(build.name())
            }
            Some(build) => self.folders.timed.join(build.name()),
        };
        program(&folder, topic)
    }

    fn hash(&mut self, build: Option<Build>, topic: &str) -> Result<()> {
        let key = key(build, topic);
        if !self.hashes.contains_key(&key) {
            let hash = hash::of_file(&self.program(build, topic))?;
            self.hashes.insert(key, hash);
        }
        Ok(())
    }

    fn launch(&self, build: Option<Build>, wanted: &Wanted) -> Launch {
        Launch {
            program: self.program(build, &wanted.topic),
            allocator: build.map_or("counting", Build::allocator),
            case: wanted.case.clone(),
            scale: wanted.scale,
            samples: 1,
            environment: Vec::new(),
            one_core: wanted.cores == "one",
            limit: TRIAL_LIMIT,
        }
    }

    fn try_once(&mut self, build: Build, launch: &Launch, topic: &str) -> Result<Seen> {
        let hash = self.hashes[&key(Some(build), topic)].clone();
        self.trials.of(&hash, launch, self.root)
    }

    /// Keeps what the trials told.
    pub fn keep(&self) -> Result<()> {
        self.trials.keep()
    }

    /// Both sides' launches of what is wanted, of a single sample each.
    pub fn launches(&mut self, wanted: &Wanted) -> Result<Sides> {
        let go_setting = settings::get(Side::Go, &wanted.go)?;
        let rust_setting = settings::get(Side::Rust, &wanted.rust)?;
        let mut go = self.launch(Some(go_setting.build), wanted);
        let live = if go_setting.needs_live_size() {
            let traced = Launch {
                environment: trial::traced(),
                ..go.clone()
            };
            self.try_once(go_setting.build, &traced, &wanted.topic)?
                .live_bytes
        } else {
            0
        };
        go.environment = go_setting.environment(live);
        let mut rust = self.launch(Some(rust_setting.build), wanted);
        rust.environment = rust_setting.environment(0);
        Ok(Sides { go, rust })
    }

    /// Tries both sides of what is wanted: their answers, their memory and their time decide whether
    /// and how it can be measured.
    pub fn ready(&mut self, wanted: &Wanted, budget: &Budget) -> Result<Result<Ready, LeftOut>> {
        let refuse = |because, why| {
            Ok(Err(LeftOut {
                subject: wanted.to_string(),
                because,
                why,
            }))
        };
        if let Some(why) = self.refused(wanted)? {
            return refuse(Because::Toolchain, why);
        }
        if let Some((because, why)) = self.too_much(wanted, budget)? {
            return refuse(because, why);
        }
        let sides = match self.launches(wanted) {
            Ok(sides) => sides,
            Err(error) => return Ok(Err(left_out(wanted, &error))),
        };
        let [go_build, rust_build] = both_builds(wanted)?;
        let mut seen = Vec::new();
        for (build, launch) in [(go_build, &sides.go), (rust_build, &sides.rust)] {
            match self.try_once(build, launch, &wanted.topic) {
                Ok(one) => seen.push(one),
                Err(error) => return Ok(Err(left_out(wanted, &error))),
            }
        }
        let (go, rust) = (&seen[0], &seen[1]);
        if go.answer != rust.answer || go.scale != rust.scale {
            let why = format!(
                "the answers differ: {} in Go, {} in Rust; {} and {} show it",
                go.answer,
                rust.answer,
                sides.go.shown(self.root),
                sides.rust.shown(self.root),
            );
            return refuse(Because::Answers, why);
        }
        let peak = go.peak_bytes.max(rust.peak_bytes);
        if let Some(why) = self.over_memory(peak) {
            return refuse(Because::Memory, why);
        }
        let wall = u64::midpoint(go.wall_ns, rust.wall_ns);
        if let Some(why) = too_slow(go.wall_ns.max(rust.wall_ns), budget) {
            return refuse(Because::Budget, why);
        }
        let samples = if settings::get(Side::Go, &wanted.go)?.never_collects() {
            1
        } else {
            budget.samples(wall)
        };
        let work = wall / 2;
        let limit = |seen: &Seen| {
            TRIAL_LIMIT + Duration::from_nanos(10 * seen.wall_ns.saturating_mul(samples))
        };
        let sized = |launch: &Launch, seen: &Seen| Launch {
            samples,
            scale: Some(seen.scale),
            limit: limit(seen),
            ..launch.clone()
        };
        let subject = Subject {
            topic: wanted.topic.clone(),
            case: wanted.case.clone(),
            scale: go.scale,
            go: wanted.go.clone(),
            rust: wanted.rust.clone(),
            cores: wanted.cores.clone(),
        };
        Ok(Ok(Ready {
            subject,
            own_scale: wanted.scale.is_none(),
            judged: true,
            sides: Sides {
                go: sized(&sides.go, go),
                rust: sized(&sides.rust, rust),
            },
            resident: Resident {
                go: go.resident.clone(),
                rust: rust.resident.clone(),
            },
            cost: 3 * Duration::from_nanos(wall + (samples - 1) * work),
            sample: Duration::from_nanos(match (go.sample_ns, rust.sample_ns) {
                (Some(go), Some(rust)) => u64::midpoint(go, rust),
                _ => work,
            }),
        }))
    }

    /// Whether a size that somebody asked for would take too much memory or time: two smaller sizes
    /// tell it before anything so large is started.
    fn too_much(&mut self, wanted: &Wanted, budget: &Budget) -> Result<Option<(Because, String)>> {
        let Some(scale) = wanted.scale else {
            return Ok(None);
        };
        let mut told = [[None, None], [None, None]];
        for (place, size) in trial::smaller(scale).into_iter().enumerate() {
            let small = Wanted {
                scale: Some(size),
                ..wanted.clone()
            };
            let sides = self.launches(&small)?;
            let [go, rust] = both_builds(wanted)?;
            for (side, (build, launch)) in [(go, &sides.go), (rust, &sides.rust)]
                .into_iter()
                .enumerate()
            {
                // What fails when it is small fails when it is large too, and says why there.
                let Ok(seen) = self.try_once(build, launch, &wanted.topic) else {
                    return Ok(None);
                };
                told[side][place] = Some(seen);
            }
            let slow = told
                .iter()
                .filter_map(|side| side[place].as_ref())
                .map(|seen| seen.wall_ns);
            if let Some(why) = slow.max().and_then(|wall| too_slow(wall, budget)) {
                return Ok(Some((Because::Budget, why)));
            }
        }
        for side in &told {
            let [Some(small), Some(next)] = side else {
                continue;
            };
            let of = |figure: fn(&Seen) -> u64| {
                trial::expected(
                    [(small.scale, figure(small)), (next.scale, figure(next))],
                    scale,
                )
            };
            if let Some(why) = self.over_memory(of(|seen| seen.peak_bytes)) {
                return Ok(Some((Because::Memory, why)));
            }
            if let Some(why) = too_slow(of(|seen| seen.wall_ns), budget) {
                return Ok(Some((Because::Budget, why)));
            }
        }
        Ok(None)
    }

    /// Why there is no build of what is wanted, if there is none.
    pub fn refused(&self, wanted: &Wanted) -> Result<Option<String>> {
        let builds = both_builds(wanted)?;
        let why = builds.iter().find_map(|build| self.refused.get(build));
        Ok(why.cloned())
    }

    /// Why so much memory is too much, if it is.
    pub fn over_memory(&self, peak: u64) -> Option<String> {
        over(peak, self.available)
    }

    /// The counts of Rust's allocations, which its timed builds do not make.
    fn counts(&self, ready: &Ready) -> Result<Run> {
        let launch = Launch {
            program: self.program(None, &ready.subject.topic),
            allocator: "counting",
            environment: Vec::new(),
            ..ready.sides.rust.clone()
        };
        Ok(launch.run(self.root, 0)?.run)
    }
}

/// The builds of both sides' settings.
fn both_builds(wanted: &Wanted) -> Result<[Build; 2]> {
    let go = settings::get(Side::Go, &wanted.go)?.build;
    Ok([go, settings::get(Side::Rust, &wanted.rust)?.build])
}

/// Why a subject cannot be measured, by the error that it made: a size that a case does not have is no
/// failure.
fn left_out(subject: &impl fmt::Display, error: &anyhow::Error) -> LeftOut {
    let text = format!("{error:#}");
    let (because, why) = match text.split_once("exit 2: error: --scale: ") {
        Some((_, says)) => (Because::Scale, format!("the case has no such size: {says}")),
        None if text.contains("the answers of") => (Because::Answers, text),
        None => (Because::Failed, text),
    };
    LeftOut {
        subject: subject.to_string(),
        because,
        why,
    }
}

/// Whether memory does not suffice: half of what is available has to be left.
fn over(peak: u64, available: u64) -> Option<String> {
    let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
    (peak > available / 2).then(|| {
        format!(
            "it takes {} MiB, more than half of the {} MiB that are available",
            mebibytes(peak),
            mebibytes(available)
        )
    })
}

fn too_slow(wall_ns: u64, budget: &Budget) -> Option<String> {
    let wall = Duration::from_nanos(wall_ns);
    (wall > budget.slowest).then(|| {
        format!(
            "one run of it takes {:.0} s, and none may take more than {} s",
            wall.as_secs_f64(),
            budget.slowest.as_secs()
        )
    })
}

/// How the result calls a program.
fn key(build: Option<Build>, topic: &str) -> String {
    let build = build.map_or("counting", Build::name);
    format!("{build}/{topic}")
}

/// Whether a result answers the same question about the same programs on the same machine.
pub fn fits(
    found: &ResultFile,
    request: &Request,
    hashes: &BTreeMap<String, String>,
    machine: &Machine,
) -> Result<(), &'static str> {
    if found.request != *request {
        return Err("it measured something else");
    }
    if found.machine != *machine {
        return Err("it comes from another machine");
    }
    if found.hashes != *hashes {
        return Err("the programs or the claims are no longer the same");
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
