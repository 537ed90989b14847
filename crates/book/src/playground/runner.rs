//! Runs both programs of a topic within limits, few runs at a time.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::{http::StatusCode, web};
use anyhow::{Context as _, Result, bail};
use lab_verify::difftest::programs::TAKEN;
use lab_workspace::{
    programs::{self, Programs},
    project::Project,
    run_limited::{self, End, Outcome, RunLimits},
    system_limits::{self, NOT_STARTED, SystemLimits},
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use tokio::sync::Semaphore;

use super::{lock, refusal::Refusal, scratch::Scratch};

/// Longest run of a script.
pub const MAX_TIME: Duration = Duration::from_secs(2);

/// Longest run of `contrast`.
const MAX_CONTRAST_TIME: Duration = Duration::from_secs(30);

/// Most bytes on standard output, and on standard error.
pub const MAX_OUTPUT: usize = 1 << 20;

/// Most bytes of address space above what the runtime takes before it reads a script.
pub const MAX_ADDRESSES: u64 = 512 << 20;

/// Lets all threads of a program that uses the system's allocator share one arena: each arena reserves 64 MiB of
/// addresses, and with one a thread the limit would be reached after a few threads.
const ONE_ARENA: (&str, &str) = ("MALLOC_ARENA_MAX", "1");

/// Keeps Go's collector to one processor: the other one is Rust's. A collection of a small heap that waits for a
/// second thread takes several times as long.
const ONE_PROCESSOR: &[(&str, &str)] = &[("GOMAXPROCS", "1")];

/// CPU seconds per second of wall time: a program may use several processors.
const MAX_PROCESSORS: u64 = 4;

/// Runs at a time, each of both programs.
const MAX_RUNS: usize = 2;

/// Runs that wait for others; more are refused.
const MAX_WAITING: usize = 8;

/// Retries when another process took a port of the topic `server`.
const MAX_RETRIES: usize = 3;

/// How both programs are called.
#[derive(Debug, Clone)]
pub struct Call {
    arguments: &'static [&'static str],
    /// Variables of both programs' environment.
    variables: &'static [(&'static str, &'static str)],
    input: Vec<u8>,
    time: Duration,
}

impl Call {
    /// Performs a script.
    pub fn replay(script: String) -> Self {
        Call {
            arguments: &["replay"],
            variables: ONE_PROCESSOR,
            input: script.into_bytes(),
            time: MAX_TIME,
        }
    }

    /// Performs a script and tells what becomes of each value.
    pub fn trace(script: String) -> Self {
        Call {
            arguments: &["replay", "--trace"],
            variables: &[],
            ..Call::replay(script)
        }
    }

    /// Tells the facts that differ between the languages.
    pub fn contrast() -> Self {
        Call {
            arguments: &["contrast"],
            variables: &[],
            input: Vec::new(),
            time: MAX_CONTRAST_TIME,
        }
    }
}

/// What a program printed, and the milliseconds that it took.
pub type Finished = (Outcome, f64);

/// Runs the programs.
pub struct Runner {
    programs: Programs,
    /// The programs' temporary files lie here: those of a stopped program are removed, too.
    scratch: Scratch,
    slots: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// Address space of each program before it reads a script.
    addresses: Mutex<BTreeMap<PathBuf, Option<u64>>>,
}

/// Stops a run when it is dropped, as a request is whose client went away.
struct Stopper(Arc<AtomicBool>);

impl Drop for Stopper {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

impl Runner {
    /// Runs the programs of this project, which have to be built.
    pub fn new(project: &Project) -> Result<Self> {
        Ok(Runner {
            programs: Programs::locate(project),
            scratch: Scratch::new()?,
            slots: Arc::new(Semaphore::new(MAX_RUNS)),
            places: Arc::new(Semaphore::new(MAX_RUNS + MAX_WAITING)),
            addresses: Mutex::default(),
        })
    }

    /// The folder to remove when this process ends.
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// Both programs of a topic, Go's first. Refuses if one is not there.
    pub fn programs_of(&self, topic: &str) -> Result<[PathBuf; 2], Refusal> {
        let folders = [&self.programs.go, &self.programs.rust];
        let paths = folders.map(|folder| programs::program(folder, topic));
        paths.iter().try_for_each(|path| require(path))?;
        Ok(paths)
    }

    /// Measures what the limits of a topic's programs depend on, so that its first script does not wait for it.
    pub fn prepare(&self, topic: &str) -> Result<()> {
        for program in self.programs_of(topic)? {
            self.own_addresses(&program)?;
        }
        Ok(())
    }

    /// Forgets what is known of the programs: they were built again.
    pub fn forget(&self) {
        self.addresses().clear();
    }

    /// Runs Go's program and Rust's at the same time. Stops both when nobody waits for them any more.
    pub async fn run(self: Arc<Self>, topic: String, call: Call) -> Result<[Finished; 2], Refusal> {
        let busy = |_| {
            let why = "Too many scripts are running: try again in a moment.";
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, why)
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let cancelled = Arc::new(AtomicBool::new(false));
        let _stopper = Stopper(Arc::clone(&cancelled));
        let run = move || {
            // Held until both programs have ended, also if nobody waits for them.
            let _held = (place, slot);
            self.run_both(&topic, &call, &cancelled)
        };
        let finished = web::block(run).await.context("no thread can be started");
        Ok(finished??)
    }

    fn run_both(&self, topic: &str, call: &Call, cancelled: &AtomicBool) -> Result<[Finished; 2]> {
        let paths = self.programs_of(topic)?;
        thread::scope(|scope| {
            let [go, rust] = paths
                .each_ref()
                .map(|path| scope.spawn(move || self.run_one(path, call, cancelled)));
            let [go, rust] = [go, rust].map(|run| run.join().expect("a run does not panic"));
            Ok([go?, rust?])
        })
    }

    fn run_one(&self, program: &Path, call: &Call, cancelled: &AtomicBool) -> Result<Finished> {
        let mut retries = 0;
        loop {
            let finished = self
                .run_once(program, call, cancelled)
                .with_context(|| format!("cannot run {}", program.display()))?;
            let (Outcome { end, stderr, .. }, _) = &finished;
            if *end == End::Exit(NOT_STARTED.into()) {
                require(program)?;
                bail!("{}", run_limited::last_words(stderr));
            }
            let is_port_taken = *end == End::Exit(1) && stderr == TAKEN;
            if !is_port_taken || retries == MAX_RETRIES {
                return Ok(finished);
            }
            retries += 1;
        }
    }

    fn run_once(&self, program: &Path, call: &Call, cancelled: &AtomicBool) -> Result<Finished> {
        // The folder is removed with all files that a stopped program leaves in it.
        let (input, folder) = self.scratch.prepare(&call.input)?;
        let own = self.own_addresses(program)?;
        let limits = SystemLimits {
            addresses: own.map(|own| own + MAX_ADDRESSES),
            seconds: call.time.as_secs() * MAX_PROCESSORS,
        };
        let mut command = system_limits::command(program, limits)?;
        command
            .args(call.arguments)
            .envs([ONE_ARENA])
            .envs(call.variables.iter().copied())
            .stdin(Stdio::from(input))
            .env("TMPDIR", folder.path())
            .current_dir(folder.path());
        let limits = RunLimits {
            time: call.time,
            output: MAX_OUTPUT,
            cancelled: Some(cancelled),
        };
        let begun = Instant::now();
        let mut outcome = run_limited::run_limited(&mut command, &limits, |_| ())?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
        if matches!(
            outcome.end,
            End::Cancelled | End::Signal(SIGHUP | SIGINT | SIGTERM)
        ) {
            bail!("the run was stopped");
        }
        outcome.stdout.truncate(MAX_OUTPUT);
        outcome.stderr.truncate(MAX_OUTPUT);
        Ok((outcome, milliseconds))
    }

    /// Address space that a program takes before it reads a script: Go reserves more than it uses.
    fn own_addresses(&self, program: &Path) -> Result<Option<u64>> {
        let mut known = self.addresses();
        if let Some(&own) = known.get(program) {
            return Ok(own);
        }
        let own = system_limits::measure_addresses(program, &["replay"])?;
        known.insert(program.to_owned(), own);
        Ok(own)
    }

    fn addresses(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Option<u64>>> {
        lock(&self.addresses)
    }
}

/// Refuses to run a program that is not there.
fn require(program: &Path) -> Result<(), Refusal> {
    if program.is_file() {
        return Ok(());
    }
    let name = program.file_name().unwrap_or_default().display();
    let why = format!(
        "The programs of {name} are gone, as after cargo clean. The server builds them again; \
         its terminal says if that fails."
    );
    Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_are_gone_are_told_and_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let runner = Runner {
            programs: Programs {
                rust: path.clone(),
                go: path,
            },
            scratch: Scratch::new().unwrap(),
            slots: Arc::new(Semaphore::new(1)),
            places: Arc::new(Semaphore::new(1)),
            addresses: Mutex::default(),
        };
        let call = Call::replay(String::new());
        let gone = runner.run_both("cycles", &call, &AtomicBool::new(false));
        let refusal = Refusal::from(gone.unwrap_err());
        assert_eq!(refusal.status, StatusCode::SERVICE_UNAVAILABLE);
        let says = "The programs of cycles are gone, as after cargo clean.";
        assert!(refusal.why.starts_with(says), "{}", refusal.why);
        let refusal = Refusal::from(runner.prepare("cycles").unwrap_err());
        assert!(refusal.why.starts_with(says), "{}", refusal.why);
    }
}
