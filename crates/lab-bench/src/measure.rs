//! Measures both sides of the pairs in blocks: what is chosen, in the time that there is.

pub mod block;
pub mod build_metrics;
pub mod calibration;
pub mod case;
pub mod child;
pub mod jitter_probe;
pub mod machine;
pub mod noise;
mod preflight;
pub mod process;
pub mod simulated;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use serde_json::{Map, Value};

use self::{
    calibration::{Calibration, Calibrations},
    child::Launch,
};
use lab_results::{
    built::is_built,
    query::Wanted,
    result::{Machine, Request, ResultFile, Run},
    settings,
};
use lab_workspace::{
    build::Build,
    environment, hash,
    language::Side,
    programs::{self, Folders},
    project::{CLAIMS, Project},
    run::in_one_line,
};
pub use preflight::Calibrated;

/// No trial, a run of a single sample, takes longer.
pub const CALIBRATION_LIMIT: Duration = Duration::from_mins(2);

/// What the programs are, and what is known of them.
#[derive(Debug)]
pub struct Lab<'a> {
    root: &'a Path,
    folders: Folders,
    /// Hashes of what is compared: the measured programs, and the claims.
    pub hashes: BTreeMap<String, String>,
    trials: Calibrations,
    /// What no toolchain here can build, and why.
    refused: BTreeMap<Build, String>,
    available: u64,
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
            let built = match build {
                Build::Go | Build::GoBefore => programs::build_go_timed(project, build),
                _ => programs::build_timed(project, build),
            };
            match built {
                // Nothing is measured without the usual build; each of the others is one more.
                Err(why) if ![Build::Go, Build::System].contains(&build) => {
                    refused.insert(build, in_one_line(&why));
                }
                built => built?,
            }
        }
        let folders = Folders::of(project);
        let mut lab = Lab {
            root: &project.root,
            trials: Calibrations::open(folders.timed.join("trials.json")),
            folders,
            hashes: BTreeMap::new(),
            refused,
            available: machine::available_bytes(),
        };
        for wanted in chosen {
            let [go, rust] = both_builds(wanted)?;
            let topics = if is_built(wanted) {
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
        self.folders.program(build, topic)
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
        launch(self.program(build, &wanted.topic), build, wanted)
    }

    fn try_once(&mut self, build: Build, launch: &Launch, topic: &str) -> Result<Calibration> {
        let hash = self.hashes[&key(Some(build), topic)].clone();
        self.trials.of(&hash, launch, self.root)
    }

    /// Keeps what the trials told.
    pub fn keep(&self) -> Result<()> {
        self.trials.keep()
    }

    /// Why there is no build of what is wanted, if there is none.
    pub fn refused(&self, wanted: &Wanted) -> Result<Option<String>> {
        let rust = settings::get(Side::Rust, &wanted.rust)?;
        if rust.is_of_glibc() && !environment::host().is_some_and(|host| host.ends_with("-gnu")) {
            return Ok(Some("this is a setting of glibc, and this system has musl".to_owned()));
        }
        let builds = both_builds(wanted)?;
        let why = builds.iter().find_map(|build| self.refused.get(build));
        Ok(why.cloned())
    }

    /// The counts of Rust's allocations, which its timed builds do not make, and in the process's figures
    /// what is simulated of a timed one.
    fn counts(&self, ready: &Calibrated) -> Result<Run> {
        let launch = Launch {
            program: self.program(None, &ready.subject.topic),
            allocator: "counting",
            environment: Vec::new(),
            probed: false,
            ..ready.sides.rust.clone()
        };
        let mut counts = launch.run(self.root, 0)?.run;
        counts.process = if ready.simulated {
            self.simulated(&ready.sides.rust).unwrap_or_default()
        } else {
            Map::new()
        };
        Ok(counts)
    }

    /// What a sample of a process costs where that is simulated; nothing where it cannot be, which whoever
    /// wants the figure says.
    fn simulated(&self, launch: &Launch) -> Option<Map<String, Value>> {
        simulated::valgrind()?;
        let printed = |samples| {
            let launch = Launch {
                samples,
                simulated: true,
                probed: false,
                limit: simulated::SLOWER * launch.limit,
                ..launch.clone()
            };
            Some(launch.run(self.root, 0).ok()?.trace)
        };
        simulated::of_a_sample(&printed(2)?, &printed(1)?)
    }
}

/// A launch of what is wanted, of a single sample, with nothing set.
fn launch(program: PathBuf, build: Option<Build>, wanted: &Wanted) -> Launch {
    Launch {
        program,
        allocator: build.map_or("counting", Build::allocator),
        case: wanted.case.clone(),
        scale: wanted.scale,
        samples: 1,
        environment: Vec::new(),
        one_core: wanted.cores == "one",
        probed: false,
        simulated: false,
        limit: CALIBRATION_LIMIT,
    }
}

/// The builds of both sides' settings.
fn both_builds(wanted: &Wanted) -> Result<[Build; 2]> {
    let go = settings::get(Side::Go, &wanted.go)?.build;
    Ok([go, settings::get(Side::Rust, &wanted.rust)?.build])
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
