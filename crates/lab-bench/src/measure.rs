//! Measures cases: calibration runs, blocks of processes, build metrics.

pub mod block;
pub mod build_metrics;
pub mod cachegrind;
pub mod calibration;
pub mod case;
pub mod child;
pub mod jitter_probe;
pub mod machine;
mod measurable;
pub mod process;
pub mod rejection;

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
    build_metrics::is_build_metric,
    query::Query,
    result::{Machine, Request, ResultFile, Run},
    settings,
};
use lab_workspace::{
    build_variant::BuildVariant,
    environment, hash,
    language::Language,
    programs::{self, Folders},
    project::Project,
    run_limited::in_one_line,
};
pub use measurable::Calibrated;

/// Time limit of a calibration run, which takes a single sample.
pub const CALIBRATION_LIMIT: Duration = Duration::from_mins(2);

/// The measured programs, and what calibration has found about them.
#[derive(Debug)]
pub struct Lab<'a> {
    root: &'a Path,
    folders: Folders,
    /// Hashes of the measured programs, and of the claims.
    pub hashes: BTreeMap<String, String>,
    calibrations: Calibrations,
    /// Builds that no toolchain here can make, and why.
    refused: BTreeMap<BuildVariant, String>,
    available: u64,
}

impl<'a> Lab<'a> {
    /// Builds the programs of these queries.
    pub fn open(project: &'a Project, queries: &[Query]) -> Result<Self> {
        let mut builds: Vec<BuildVariant> = Vec::new();
        for query in queries {
            builds.extend(both_builds(query)?);
        }
        builds.sort();
        builds.dedup();
        let mut refused = BTreeMap::new();
        for &build in &builds {
            let built = match build {
                BuildVariant::Go | BuildVariant::GoOldCollector => {
                    programs::build_go_timed(project, build)
                }
                _ => programs::build_timed(project, build),
            };
            match built {
                // Nothing is measured without the usual builds; the others are optional.
                Err(why) if ![BuildVariant::Go, BuildVariant::System].contains(&build) => {
                    refused.insert(build, in_one_line(&why));
                }
                built => built?,
            }
        }
        let folders = Folders::locate(project);
        let mut lab = Lab {
            root: &project.root,
            calibrations: Calibrations::open(folders.timed.join("trials.json")),
            folders,
            hashes: BTreeMap::new(),
            refused,
            available: machine::available_bytes(),
        };
        for query in queries {
            let [go, rust] = both_builds(query)?;
            let topics = if is_build_metric(query) {
                project.names()
            } else {
                vec![query.topic.as_str()]
            };
            for topic in topics {
                for build in [Some(go), Some(rust), None] {
                    if build.is_none_or(|build| !lab.refused.contains_key(&build)) {
                        lab.hash(build, topic)?;
                    }
                }
            }
        }
        for (_, path) in project.claims() {
            if path.is_file() {
                let name = path.strip_prefix(&project.root).unwrap_or(&path);
                let hash = hash::of_file(&path)?;
                lab.hashes.insert(name.display().to_string(), hash);
            }
        }
        Ok(lab)
    }

    /// The program of a topic in a build; the counting one if none is named.
    pub fn program(&self, build: Option<BuildVariant>, topic: &str) -> PathBuf {
        self.folders.program(build, topic)
    }

    fn hash(&mut self, build: Option<BuildVariant>, topic: &str) -> Result<()> {
        let key = key(build, topic);
        if !self.hashes.contains_key(&key) {
            let hash = hash::of_file(&self.program(build, topic))?;
            self.hashes.insert(key, hash);
        }
        Ok(())
    }

    fn launch(&self, build: Option<BuildVariant>, query: &Query) -> Launch {
        launch(self.program(build, &query.topic), build, query)
    }

    /// The calibration of a launch.
    fn calibration(
        &mut self,
        build: BuildVariant,
        launch: &Launch,
        topic: &str,
    ) -> Result<Calibration> {
        let hash = self.hashes[&key(Some(build), topic)].clone();
        self.calibrations.get(&hash, launch, self.root)
    }

    /// Writes the calibrations to disk.
    pub fn keep(&self) -> Result<()> {
        self.calibrations.keep()
    }

    /// Why a query cannot be built, if it cannot.
    pub fn refused(&self, query: &Query) -> Result<Option<String>> {
        let rust = settings::get(Language::Rust, &query.rust)?;
        if rust.is_of_glibc() && !environment::host().is_some_and(|host| host.ends_with("-gnu")) {
            return Ok(Some(
                "this is a setting of glibc, and this system has musl".to_owned(),
            ));
        }
        let builds = both_builds(query)?;
        let why = builds.iter().find_map(|build| self.refused.get(build));
        Ok(why.cloned())
    }

    /// The counts of Rust's allocations, which its timed builds do not make; among the process's figures those of a
    /// simulated timed run.
    fn counts(&self, ready: &Calibrated) -> Result<Run> {
        let launch = Launch {
            program: self.program(None, &ready.key.topic),
            allocator: "counting",
            environment: Vec::new(),
            probed: false,
            ..ready.launches.rust.clone()
        };
        let mut counts = launch.run(self.root, 0)?.run;
        counts.process = if ready.simulated {
            self.simulated(&ready.launches.rust).unwrap_or_default()
        } else {
            Map::new()
        };
        Ok(counts)
    }

    /// The simulated cost of a sample; `None` where it cannot be simulated.
    fn simulated(&self, launch: &Launch) -> Option<Map<String, Value>> {
        cachegrind::valgrind()?;
        let printed = |samples| {
            let launch = Launch {
                samples,
                simulated: true,
                probed: false,
                limit: cachegrind::SLOWER * launch.limit,
                ..launch.clone()
            };
            Some(launch.run(self.root, 0).ok()?.trace)
        };
        cachegrind::of_a_sample(&printed(2)?, &printed(1)?)
    }
}

/// A launch of a query: a single sample, with nothing set.
fn launch(program: PathBuf, build: Option<BuildVariant>, query: &Query) -> Launch {
    Launch {
        program,
        allocator: build.map_or("counting", BuildVariant::allocator),
        case: query.case.clone(),
        scale: query.scale,
        samples: 1,
        environment: Vec::new(),
        one_core: query.cores == "one",
        probed: false,
        simulated: false,
        limit: CALIBRATION_LIMIT,
    }
}

/// The builds of both languages' settings.
fn both_builds(query: &Query) -> Result<[BuildVariant; 2]> {
    let go = settings::get(Language::Go, &query.go)?.build;
    Ok([go, settings::get(Language::Rust, &query.rust)?.build])
}

/// The name of a program in a result.
fn key(build: Option<BuildVariant>, topic: &str) -> String {
    let build = build.map_or("counting", BuildVariant::name);
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
