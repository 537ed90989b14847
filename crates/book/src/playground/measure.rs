//! Measures one case from the page: the lab does it, and its journal tells how far it is.

use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::http::StatusCode;
use anyhow::{Context as _, Result, bail};
use lab_results::{
    query::Case,
    result::Measurement,
    stats,
    store::{self, replay},
    table,
};
use lab_workspace::{
    environment,
    project::Project,
    run::{self, End},
};
use serde::Serialize;

use super::refusal::Refusal;

/// The fewest blocks that give a 95 % interval.
const BLOCKS: usize = 6;

/// Nothing that a page measures takes longer, the building of the lab and of what it times included.
const LIMIT: Duration = Duration::from_mins(15);

/// The longest that the lab has to say.
const MAX_OUTPUT: usize = 1 << 20;

/// The one measurement that may run, and what became of the last one.
pub struct Lab {
    project: Project,
    job: Mutex<Job>,
    stopped: AtomicBool,
}

/// A measurement, as a page shows it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Job {
    topic: String,
    case: String,
    state: State,
    /// Blocks that are measured.
    blocks: usize,
    /// Blocks that will be.
    of: usize,
    /// Seconds that it will still take, as far as the blocks tell.
    left: Option<f64>,
    /// Why it failed.
    said: Option<String>,
    figures: Option<Figures>,
    #[serde(skip)]
    first: Option<Instant>,
}

/// Where a measurement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// There was none yet.
    #[default]
    None,
    /// The lab and what it times are built, and the first block is measured.
    Building,
    /// Blocks are measured.
    Measuring,
    /// It is over.
    Done,
    /// It came to nothing.
    Failed,
}

/// What was measured, in words.
#[derive(Debug, Clone, Serialize)]
struct Figures {
    go: String,
    rust: String,
    ratio: String,
    control: String,
}

impl Lab {
    /// The lab of a project.
    pub fn new(project: &Project) -> Self {
        Lab {
            project: project.clone(),
            job: Mutex::default(),
            stopped: AtomicBool::new(false),
        }
    }

    /// Whether something is being measured, which nothing may disturb.
    pub fn is_busy(&self) -> bool {
        matches!(self.job().state, State::Building | State::Measuring)
    }

    /// What is measured, or was measured last.
    pub fn told(&self) -> Job {
        self.look();
        self.job().clone()
    }

    /// Stops what is measured.
    pub fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    /// Begins to measure a case, unless another one is being measured.
    pub fn begin(self: &Arc<Self>, case: &Case) -> Result<(), Refusal> {
        let mut job = self.job();
        if matches!(job.state, State::Building | State::Measuring) {
            let why = format!(
                "{}/{} is being measured: one at a time.",
                job.topic, job.case
            );
            return Err(Refusal::new(StatusCode::CONFLICT, why));
        }
        *job = Job {
            topic: case.topic.clone(),
            case: case.name.clone(),
            state: State::Building,
            of: BLOCKS,
            ..Job::default()
        };
        drop(job);
        self.stopped.store(false, Relaxed);
        let (lab, name) = (Arc::clone(self), format!("{}/{}", case.topic, case.name));
        thread::spawn(move || {
            let done = lab.measure(&name);
            let mut job = lab.job();
            match done {
                Ok(figures) => {
                    (job.state, job.blocks) = (State::Done, job.of);
                    job.figures = Some(figures);
                }
                Err(error) => {
                    job.state = State::Failed;
                    job.said = Some(format!("{error:#}"));
                }
            }
        });
        Ok(())
    }

    fn job(&self) -> MutexGuard<'_, Job> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder of what pages measure: a single case is no result that the book is judged by.
    fn folder(&self) -> PathBuf {
        self.project.target().join("playground-results")
    }

    fn measure(&self, name: &str) -> Result<Figures> {
        let mut cargo = environment::cargo();
        cargo
            .current_dir(&self.project.root)
            .args(["run", "--quiet", "--release", "--package", "lab", "--"])
            .args([
                "measure",
                "--fresh",
                "--only",
                name,
                "--blocks",
                &BLOCKS.to_string(),
            ])
            .arg("--results")
            .arg(self.folder())
            .stdin(Stdio::null());
        let limits = run::Limits {
            time: LIMIT,
            output: MAX_OUTPUT,
            cancelled: Some(&self.stopped),
        };
        let done = run::run_limited(&mut cargo, &limits, |_| ()).context("cannot start cargo")?;
        match done.end {
            End::Exit(0) => {}
            End::Cancelled => bail!("stopped"),
            End::Exit(_) => bail!("{}", run::last_words(&done.stderr)),
            end => bail!("the lab {end}"),
        }
        let path = store::newest(&self.folder())?.context("the lab left no result")?;
        let found = store::read(&path)?;
        let measurement = found.measurements.first().context("nothing was measured")?;
        figures(measurement).context("too few blocks count: the machine was disturbed")
    }

    /// Looks into the journal of the run.
    fn look(&self) {
        if !self.is_busy() {
            return;
        }
        let Ok(text) = fs::read(self.folder().join(store::JOURNAL)) else {
            return;
        };
        let found = replay(&text).found;
        let blocks = found.map_or(0, |found| {
            found.measurements.iter().map(|m| m.blocks.len()).sum()
        });
        let mut job = self.job();
        if !matches!(job.state, State::Building | State::Measuring) || blocks == 0 {
            return;
        }
        job.state = State::Measuring;
        job.blocks = blocks.min(job.of);
        let first = *job.first.get_or_insert_with(Instant::now);
        let passed = job.blocks - 1;
        let missing = job.of - job.blocks;
        let elapsed = first.elapsed().as_secs_f64();
        job.left = (passed > 0).then(|| elapsed / passed as f64 * missing as f64);
    }
}

fn figures(measurement: &Measurement) -> Option<Figures> {
    let wall = |run| table::time(run, "wall_ns");
    let blocks = &measurement.blocks;
    let pairs: Vec<(f64, f64)> = blocks
        .iter()
        .filter_map(|block| Some((wall(&block.go)?, wall(&block.rust)?)))
        .collect();
    let ratio = stats::ratio(&pairs)?;
    let [value, low, high] = [ratio.value, ratio.low, ratio.high].map(table::short);
    let controls = table::controls(blocks);
    let control = table::middle(controls.iter().map(|(over, under)| over / under).collect())?;
    let side = |times: Vec<f64>| {
        table::middle(times).map(|time| lab_results::quantity::quantity(time, "ns"))
    };
    let (go, rust) = pairs.into_iter().unzip();
    Some(Figures {
        go: side(go)?,
        rust: side(rust)?,
        ratio: format!("Go took {value}× as long as Rust, 95 % interval [{low}, {high}]"),
        control: format!(
            "control: a program took {}× as long as itself",
            table::short(control)
        ),
    })
}
