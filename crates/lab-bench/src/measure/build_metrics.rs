//! Build metrics: size of programs and sources, start-up, idle memory, build time.
//!
//! They are measurements of the topic `programs`: the case
//! `smallest` is the smallest program of each language as its usual build leaves it, `smallest_static` the
//! same linked with all that it needs, each topic's name stands for its pair, and `server_static` for the
//! servers linked in that way. Their figures are
//! `wall_ns` from start to end, `idle_bytes` resident, `bytes`, `stripped_bytes`, `cold_build_ns` with
//! nothing built before, `rebuild_ns` after one edit, and `tokens` and `lines` of what is taught.

mod compile;
mod prepare;

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Map, Value};
use tempfile::TempDir;

use self::compile::{BUILDING, Buildable, compile_go, note, sizes};
use lab_results::{
    build_metrics::TOPIC,
    result::{CaseKey, Reject, Run},
    store::Journal,
};
use lab_workspace::{
    cores, environment, folder,
    language::Language,
    process_statistics::idle_bytes,
    project::{Project, Topic},
    toolchain::Go,
};

use crate::{
    measure::block::{Turn, watched},
    scheduler::{BlockResult, Experiment, Share},
};

/// The largest pair linked with all that it needs.
const STATIC: &str = "server_static";

/// Starts of the smallest program in a block, for each language; and the number of blocks.
const STARTS: usize = 10;
const BLOCKS: usize = 20;

/// Blocks with a rebuild after an edit: enough for an interval.
const REBUILDS: usize = 6;

/// One value for each language.
struct Both<T> {
    go: T,
    rust: T,
}

impl<T> Both<T> {
    fn get(&self, language: Language) -> &T {
        match language {
            Language::Go => &self.go,
            Language::Rust => &self.rust,
        }
    }

    fn get_mut(&mut self, language: Language) -> &mut T {
        match language {
            Language::Go => &mut self.go,
            Language::Rust => &mut self.rust,
        }
    }
}

/// The project's sources, and a temporary folder in which they are built.
pub struct Sources<'a> {
    project: &'a Project,
    /// The tokens and the lines of code of a source below the top folder.
    taught: fn(&Path, &Path) -> Result<[usize; 2]>,
    go: Go,
    folder: TempDir,
}

impl<'a> Sources<'a> {
    /// The sources of a project; `taught` counts the tokens and the lines of code of a source.
    pub fn new(
        project: &'a Project,
        taught: fn(&Path, &Path) -> Result<[usize; 2]>,
    ) -> Result<Self> {
        Ok(Sources {
            project,
            taught,
            go: Go::find(project)?,
            folder: tempfile::tempdir()?,
        })
    }

    /// All build metrics, as experiments that go on where a journal ends.
    pub fn share(&'a self, journal: &Journal) -> Share<'a> {
        let topics = self.project.topics.iter();
        let smallest = [("smallest", false), ("smallest_static", true)];
        let smallest = smallest.map(|(case, is_static)| (case, Kind::Smallest { is_static }));
        let pairs = topics.map(|topic| (topic.name.as_str(), Kind::Pair(topic)));
        let all = smallest
            .into_iter()
            .chain(pairs)
            .chain([(STATIC, Kind::Linked)]);
        let experiment = |(case, kind)| {
            let key = CaseKey::plain(TOPIC, case);
            let done = journal.measurement(&key).map_or(0, |m| m.blocks.len());
            let state = State {
                done,
                prepared: None,
            };
            let metrics = Metrics {
                sources: self,
                kind,
                key,
                state: RefCell::new(state),
            };
            Box::new(metrics) as Box<dyn Experiment>
        };
        Share::unlimited(all.map(experiment).collect())
    }

    /// A copy of the sources, made when it is first asked for.
    fn copied(&self) -> Result<PathBuf> {
        let copy = self.folder.path().join("copy");
        if !copy.exists() {
            fs::create_dir_all(&copy)?;
            for part in ["Cargo.toml", "Cargo.lock", "crates", "tests", "go"] {
                folder::copy_all(&self.project.root.join(part), &copy.join(part))?;
            }
        }
        Ok(copy)
    }

    /// The command that builds Go's program of the largest pair.
    fn go_pair(&self, copy: &Path) -> Command {
        let mut command = compile_go(&self.go, self.project, copy);
        command.current_dir(copy.join("go"));
        command.arg("-o").arg(copy.join("program"));
        command.arg(format!("./cmd/{BUILDING}"));
        command
    }
}

/// Build metrics of one program, as an experiment.
struct Metrics<'a> {
    sources: &'a Sources<'a>,
    kind: Kind<'a>,
    key: CaseKey,
    state: RefCell<State>,
}

/// The programs that are measured.
#[derive(Clone, Copy)]
enum Kind<'a> {
    /// The smallest program of each language.
    Smallest { is_static: bool },
    /// The programs of a topic.
    Pair(&'a Topic),
    /// The largest pair, linked with all that it needs.
    Linked,
}

/// The state that blocks leave for later ones.
struct State {
    /// The blocks that count.
    done: usize,
    prepared: Option<Prepared>,
}

/// Programs that were built, ready to be measured.
struct Prepared {
    /// Figures that are the same in every block.
    figures: Both<Map<String, Value>>,
    /// The smallest program, and the one that idles.
    starts: Option<Both<[PathBuf; 2]>>,
    edited: Option<Both<Buildable>>,
    cold: Option<Both<Duration>>,
}

impl Experiment for Metrics<'_> {
    fn key(&self) -> &CaseKey {
        &self.key
    }

    fn blocks(&self) -> usize {
        match self.kind {
            Kind::Smallest { .. } => BLOCKS,
            Kind::Pair(topic) if topic.name == BUILDING => REBUILDS,
            Kind::Pair(_) | Kind::Linked => 1,
        }
    }

    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult> {
        let mut state = self.state.borrow_mut();
        let State { done, prepared } = &mut *state;
        let prepared = match prepared {
            Some(prepared) => prepared,
            None => prepared.insert(self.prepare()?),
        };
        let is_timed = prepared.starts.is_some() || prepared.edited.is_some();
        let folder = self.sources.folder.path();
        let run = |turn: Turn| prepared.run(turn.language, *done, folder);
        let mut result = watched(&self.key, seed, number, &cores::all()?, run)?;
        // A compiler keeps all cores busy, so a late probe says nothing about the host.
        let is_reason = |reject: &Reject| is_timed && *reject == Reject::Stolen;
        result.rejected = result.rejected.filter(is_reason);
        *done += usize::from(result.rejected.is_none());
        Ok(result)
    }
}

impl Prepared {
    /// One language's run of a block, after `done` blocks that count.
    fn run(&mut self, language: Language, done: usize, folder: &Path) -> Result<Run> {
        let mut figures = self.figures.get(language).clone();
        let mut samples = Vec::new();
        if let Some(starts) = &self.starts {
            let [smallest, idle] = starts.get(language);
            figures.append(&mut sizes(smallest, folder)?);
            note(&mut figures, "idle_bytes", idle_bytes(idle)?);
            for _ in 0..STARTS {
                let begun = Instant::now();
                let ended = environment::program(smallest).status();
                ended.context("cannot start a program just built")?;
                let mut sample = Map::new();
                sample.insert("wall_ns".to_owned(), nanoseconds(begun.elapsed()));
                samples.push(sample);
            }
        } else {
            samples.push(Map::new());
        }
        if let (0, Some(cold)) = (done, &self.cold) {
            figures.insert("cold_build_ns".to_owned(), nanoseconds(*cold.get(language)));
        }
        if let Some(edited) = self.edited.as_mut().filter(|_| done < REBUILDS) {
            let time = edited.get_mut(language).rebuild()?;
            figures.insert("rebuild_ns".to_owned(), nanoseconds(time));
        }
        samples[0].append(&mut figures);
        Ok(Run {
            samples,
            ..Run::default()
        })
    }
}

fn nanoseconds(time: Duration) -> Value {
    (time.as_nanos() as u64).into()
}
