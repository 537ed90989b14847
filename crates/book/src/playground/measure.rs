//! Measures one case for a page: the lab measures, and its journal tells the progress.

use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use actix_web::http::StatusCode;
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use lab_judge::reference;
use lab_results::{
    block_ratios, quantity,
    result::{Measurement, ResultFile},
    stats, store, table,
};
use lab_workspace::{
    environment,
    project::Project,
    run_limited::{self, End, RunLimits},
    system_limits,
};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    expected::{self, BLOCKS},
    lock,
    refusal::Refusal,
};

/// Longest measurement, including the building of the lab and of the measured programs.
const MAX_TIME: Duration = Duration::from_mins(15);

/// Most bytes that the lab may print.
const MAX_OUTPUT: usize = 1 << 20;

/// Newest results that are read.
const MAX_RESULTS: usize = 16;

/// Measures one case at a time.
pub struct Measuring {
    project: Project,
    job: Mutex<Job>,
    /// A measurement and the writing of the book disturb each other: one of them at a time.
    turn: Arc<Semaphore>,
    is_stopped: AtomicBool,
    /// Expected seconds of the cases of the reference, by topic and case.
    expected: OnceLock<BTreeMap<[String; 2], f64>>,
}

/// The measurement that runs, or the last one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Job {
    topic: String,
    case: String,
    state: JobState,
    /// Blocks that are measured.
    blocks: usize,
    /// Blocks to measure in all.
    of: usize,
    /// Estimated seconds until the end.
    left: Option<f64>,
    /// Why it failed.
    why: Option<String>,
    figures: Option<Figures>,
    /// When it began, in seconds since 1970.
    #[serde(skip)]
    began: u64,
    /// When the first block was seen, and how many there were.
    #[serde(skip)]
    first: Option<(Instant, usize)>,
}

/// The state of a measurement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// There was no measurement yet.
    #[default]
    None,
    /// No block is measured yet: the lab and the programs are built and tried.
    Building,
    /// Blocks are measured.
    Measuring,
    /// It succeeded.
    Done,
    /// It failed or was stopped.
    Failed,
}

impl Job {
    fn is_running(&self) -> bool {
        matches!(self.state, JobState::Building | JobState::Measuring)
    }
}

/// The figures of a case, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Figures {
    go: String,
    rust: String,
    ratio: String,
    control: String,
}

impl Measuring {
    /// Measures the cases of this project.
    pub fn new(project: &Project) -> Self {
        Measuring {
            project: project.clone(),
            job: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
            is_stopped: AtomicBool::new(false),
            expected: OnceLock::new(),
        }
    }

    /// Whether a measurement runs: nothing else may run beside it.
    pub fn is_running(&self) -> bool {
        self.lock().is_running()
    }

    /// The measurement that runs, or the last one.
    pub fn job(&self) -> Job {
        self.update();
        self.lock().clone()
    }

    /// Stops the measurement.
    pub fn stop(&self) {
        self.is_stopped.store(true, Relaxed);
    }

    /// The turn to write the book; `None` while a case is measured.
    pub fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turn).try_acquire_owned().ok()
    }

    /// Begins to measure a case. Refuses if another one is being measured, or the book is being written.
    pub fn begin(self: &Arc<Self>, topic: &str, case: &str) -> Result<(), Refusal> {
        let mut job = self.lock();
        let Some(turn) = self.turn() else {
            let why = if job.is_running() {
                format!(
                    "{}/{} is being measured: one at a time.",
                    job.topic, job.case
                )
            } else {
                "The book is being written again: try again in a moment.".to_owned()
            };
            return Err(Refusal::new(StatusCode::CONFLICT, why));
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        *job = Job {
            topic: topic.to_owned(),
            case: case.to_owned(),
            state: JobState::Building,
            of: BLOCKS,
            began: now.unwrap_or_default().as_secs(),
            ..Job::default()
        };
        drop(job);
        self.is_stopped.store(false, Relaxed);
        let (own, topic, case) = (Arc::clone(self), topic.to_owned(), case.to_owned());
        thread::spawn(move || {
            // A job that panics has failed, or it would hold its turn for ever.
            let measured = catch_unwind(AssertUnwindSafe(|| own.measure(&topic, &case)));
            let measured =
                measured.unwrap_or_else(|_| Err(anyhow!("measuring {topic}/{case} broke off")));
            let mut job = own.lock();
            drop(turn);
            match measured {
                Ok(figures) => {
                    (job.state, job.blocks) = (JobState::Done, job.of);
                    job.figures = Some(figures);
                }
                Err(error) => {
                    job.state = JobState::Failed;
                    job.why = Some(format!("{error:#}"));
                }
            }
        });
        Ok(())
    }

    /// Expected seconds of each case of a topic, from earlier results. Building takes longer the first time.
    pub fn expected(&self, topic: &str) -> BTreeMap<String, f64> {
        let reference = self.expected.get_or_init(|| {
            let files = reference::files(&self.project).unwrap_or_default();
            expected::seconds(&files)
        });
        let mut all = reference.clone();
        // What this machine took counts more.
        all.extend(expected::seconds(&self.results()));
        let own = all.into_iter().filter(|([other, _], _)| other == topic);
        own.map(|([_, case], seconds)| (case, seconds)).collect()
    }

    /// The results of measurements that pages began, the oldest first.
    pub fn results(&self) -> Vec<ResultFile> {
        let paths = store::list(&self.folder()).unwrap_or_default();
        let newest = paths.iter().take(MAX_RESULTS).rev();
        newest.filter_map(|path| store::read(path).ok()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Job> {
        lock(&self.job)
    }

    /// The folder of these results. The book is not judged by them: each is of a single case.
    fn folder(&self) -> PathBuf {
        self.project.target().join("playground-results")
    }

    fn measure(&self, topic: &str, case: &str) -> Result<Figures> {
        let mut cargo = environment::cargo();
        cargo
            .current_dir(&self.project.root)
            .args(["run", "--quiet", "--release", "--package", "lab", "--"])
            .args(["measure", "--fresh", "--only", &format!("{topic}/{case}")])
            .args(["--blocks", &BLOCKS.to_string(), "--results"])
            .arg(self.folder());
        let limits = RunLimits {
            time: MAX_TIME,
            output: MAX_OUTPUT,
            cancelled: Some(&self.is_stopped),
        };
        let mut command = system_limits::bound(&cargo)?;
        let finished = run_limited::run_limited(command.stdin(Stdio::null()), &limits, |_| ());
        let finished = finished.context("cannot start cargo")?;
        match finished.end {
            End::Exit(0) => {}
            End::Cancelled => bail!("it was stopped"),
            End::Exit(_) => bail!("{}", run_limited::last_words(&finished.stderr)),
            end => bail!("the lab {end}"),
        }
        let path = store::list(&self.folder())?.into_iter().next();
        let result = store::read(&path.context("the lab left no result")?)?;
        let measurement = result.measurements.first();
        let measurement = measurement.context("the result holds no measurement")?;
        let key = &measurement.key;
        ensure!(
            (key.topic.as_str(), key.case.as_str()) == (topic, case),
            "the newest result is of {}/{}",
            key.topic,
            key.case
        );
        figures(measurement).context("too few blocks count: the machine was disturbed")
    }

    /// Reads the progress from the journal of the run.
    fn update(&self) {
        if !self.is_running() {
            return;
        }
        let Ok(text) = fs::read(self.folder().join(store::JOURNAL)) else {
            return;
        };
        let Some((began, blocks @ 1..)) = store::progress(&text) else {
            return;
        };
        let mut job = self.lock();
        // A run that was killed may have left its journal.
        if !job.is_running() || began < job.began {
            return;
        }
        job.state = JobState::Measuring;
        job.blocks = blocks.min(job.of);
        let (first, blocks_then) = *job.first.get_or_insert((Instant::now(), blocks));
        let passed = job.blocks.saturating_sub(blocks_then);
        let missing = job.of - job.blocks;
        job.left =
            (passed > 0).then(|| first.elapsed().as_secs_f64() / passed as f64 * missing as f64);
    }
}

/// The figures of a measurement; `None` if its blocks give no interval.
fn figures(measurement: &Measurement) -> Option<Figures> {
    let blocks = &measurement.blocks;
    let pairs = block_ratios::pairs(blocks, "wall_ns");
    let ratio = stats::ratio(&pairs)?;
    let controls = block_ratios::controls(blocks);
    let control =
        block_ratios::middle(controls.iter().map(|(over, under)| over / under).collect())?;
    let median = |times| block_ratios::middle(times).map(|time| quantity::plain(time, "ns"));
    let (go, rust) = pairs.into_iter().unzip();
    let [value, low, high] = [ratio.value, ratio.low, ratio.high].map(table::short);
    let control = table::short(control);
    Some(Figures {
        go: median(go)?,
        rust: median(rust)?,
        ratio: format!("Go took {value}× as long as Rust, 95 % interval [{low}, {high}]"),
        control: format!("control: a program took {control}× as long as itself"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::result;
    use std::path::Path;

    #[test]
    fn nothing_is_measured_while_the_book_is_written() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let measuring = Arc::new(Measuring::new(&Project::at(&top).unwrap()));
        let turn = measuring.turn();
        assert!(turn.is_some() && measuring.turn().is_none());
        let refusal = measuring.begin("cycles", "tree").unwrap_err();
        assert_eq!(refusal.status, StatusCode::CONFLICT);
        assert!(refusal.why.starts_with("The book is being written"));
        assert!(!measuring.is_running());
        drop(turn);
        assert!(measuring.turn().is_some());
    }

    #[test]
    fn a_measurement_shows_figure_interval_and_control() {
        let measured = |blocks| figures(&result(&[("list", 2.0, blocks)]).measurements[0]);
        let expected = Figures {
            go: "2 ms".to_owned(),
            rust: "1 ms".to_owned(),
            ratio: "Go took 2.00× as long as Rust, 95 % interval [2.00, 2.00]".to_owned(),
            control: "control: a program took 1.00× as long as itself".to_owned(),
        };
        assert_eq!(measured(stats::MIN_VALUES), Some(expected));
        assert_eq!(measured(stats::MIN_VALUES - 1), None);
    }
}
