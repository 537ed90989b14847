//! Runs both programs of a topic, in limits and few at a time.

use std::{
    collections::BTreeMap,
    io::{Seek as _, Write as _},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::{http::StatusCode, web};
use anyhow::{Context as _, Result, bail};
use lab_workspace::{
    limited,
    programs::{self, Programs},
    project::Project,
    run::{self, End, Outcome},
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use tempfile::TempDir;
use tokio::sync::Semaphore;

use super::refusal::Refusal;

/// No program runs longer for a script.
pub const MAX_TIME: Duration = Duration::from_secs(2);

/// No program prints more.
pub const MAX_OUTPUT: usize = 1 << 20;

/// No program has more address space beside what its runtime takes before it begins.
pub const MAX_ADDRESSES: u64 = 512 << 20;

/// Both programs may work on more than one processor, so a run takes more CPU time than time.
const MAX_PROCESSORS: u64 = 4;

/// Runs at a time, each of both programs.
const MAX_RUNS: usize = 2;

/// Runs that wait for others; more are refused.
const MAX_WAITING: usize = 8;

/// What both programs are called with.
#[derive(Debug, Clone)]
pub struct Call {
    /// Their arguments.
    pub arguments: Vec<String>,
    /// Their input.
    pub input: Vec<u8>,
    /// For how long they may run.
    pub time: Duration,
}

impl Call {
    /// A call that performs a script.
    pub fn replay(script: String) -> Self {
        Call {
            arguments: vec!["replay".to_owned()],
            input: script.into_bytes(),
            time: MAX_TIME,
        }
    }

    /// A call that tells what becomes of each value of a script.
    pub fn trace(script: String) -> Self {
        let mut call = Call::replay(script);
        call.arguments.push("--trace".to_owned());
        call
    }

    /// A call that tells the facts that differ.
    pub fn contrast() -> Self {
        Call {
            arguments: vec!["contrast".to_owned()],
            input: Vec::new(),
            time: CONTRAST_TIME,
        }
    }
}

/// No program tells its facts for longer.
const CONTRAST_TIME: Duration = Duration::from_secs(30);

/// An answer and how long it took, in milliseconds.
pub type Timed = (Outcome, f64);

/// Runs programs.
pub struct Runner {
    programs: Programs,
    /// Temporary files of the programs lie here, so that none stay of a program that was stopped.
    scratch: TempDir,
    slots: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// What each program takes of address space before it begins.
    addresses: Mutex<BTreeMap<PathBuf, Option<u64>>>,
}

/// Stops a run when nobody waits for it any more.
struct Stopper(Arc<AtomicBool>);

impl Drop for Stopper {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

impl Runner {
    /// Runs the programs of this project, which are built before.
    pub fn new(project: &Project) -> Result<Self> {
        let scratch = tempfile::Builder::new().prefix("playground-").tempdir();
        Ok(Runner {
            programs: Programs::of(project),
            scratch: scratch.context("cannot make a temporary folder")?,
            slots: Arc::new(Semaphore::new(MAX_RUNS)),
            places: Arc::new(Semaphore::new(MAX_RUNS + MAX_WAITING)),
            addresses: Mutex::default(),
        })
    }

    /// The folder that has to be removed when this process ends.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// What Go's program and Rust's answer. They are stopped when nobody waits for the answer any more.
    pub async fn ask(self: Arc<Self>, topic: String, call: Call) -> Result<[Timed; 2], Refusal> {
        let busy = |_| {
            let why = "Too many scripts are running: try again in a moment.";
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, why)
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let cancelled = Arc::new(AtomicBool::new(false));
        let _stopper = Stopper(Arc::clone(&cancelled));
        let run = move || {
            // Held until both programs have ended, whoever waits.
            let _held = (place, slot);
            self.ask_both(&topic, &call, &cancelled)
        };
        let answers = web::block(run).await.context("no thread can be started");
        Ok(answers??)
    }

    fn ask_both(&self, topic: &str, call: &Call, cancelled: &AtomicBool) -> Result<[Timed; 2]> {
        let sides = [&self.programs.go, &self.programs.rust];
        let sides = sides.map(|folder| programs::program(folder, topic));
        thread::scope(|scope| {
            let [go, rust] = sides
                .each_ref()
                .map(|program| scope.spawn(|| self.ask_one(program, call, cancelled)));
            let [go, rust] = [go, rust].map(|side| side.join().expect("a run does not panic"));
            Ok([go?, rust?])
        })
    }

    fn ask_one(&self, program: &Path, call: &Call, cancelled: &AtomicBool) -> Result<Timed> {
        let shown = || format!("cannot run {}", program.display());
        let mut input = tempfile::tempfile_in(self.scratch.path()).with_context(shown)?;
        input.write_all(&call.input).with_context(shown)?;
        input.rewind().with_context(shown)?;
        // Removed with all that a program leaves in it that is stopped.
        let folder = tempfile::tempdir_in(self.scratch.path()).with_context(shown)?;
        let own = self.own_addresses(program)?;
        let limits = limited::Limits {
            addresses: own.map(|own| own + MAX_ADDRESSES),
            seconds: call.time.as_secs() * MAX_PROCESSORS,
        };
        let mut command = limited::command(program, limits).with_context(shown)?;
        command.args(&call.arguments).stdin(Stdio::from(input));
        command
            .env("TMPDIR", folder.path())
            .current_dir(folder.path());
        let limits = run::Limits {
            time: call.time,
            output: MAX_OUTPUT,
            cancelled: Some(cancelled),
        };
        let begun = Instant::now();
        let mut outcome = run::run_limited(&mut command, &limits, |_| ()).with_context(shown)?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
        if matches!(
            outcome.end,
            End::Cancelled | End::Signal(SIGHUP | SIGINT | SIGTERM)
        ) {
            bail!("The run was stopped.");
        }
        outcome.stdout.truncate(MAX_OUTPUT);
        outcome.stderr.truncate(MAX_OUTPUT);
        Ok((outcome, milliseconds))
    }

    /// What a program takes of address space before it reads its input: Go reserves more than it uses.
    fn own_addresses(&self, program: &Path) -> Result<Option<u64>> {
        let mut known = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(&own) = known.get(program) {
            return Ok(own);
        }
        let own = limited::addresses(program, &["replay"])
            .with_context(|| format!("cannot run {}", program.display()))?;
        known.insert(program.to_owned(), own);
        Ok(own)
    }
}
