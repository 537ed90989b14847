//! Limits that the system holds a program to, and programs that end with this process.
//!
//! This executable starts itself: it takes the limits, then becomes the program. So its `main` has to call
//! [`take_over`] first.

use std::{
    convert::Infallible,
    env,
    ffi::OsString,
    io,
    os::unix::process::{CommandExt as _, parent_id},
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Error, Result, bail, ensure};
use nix::sys::{
    resource::{Resource, getrlimit, setrlimit},
    signal::Signal,
};

use crate::{environment, proc, process_group::ProcessGroup};

/// The word before the parent, two limits and a program.
const LIMITED: &str = "--limited";

/// The word before the parent and a program.
const BOUND: &str = "--bound";

/// The exit code of a process that could not become the program that it was started for. No program of a pair has it.
pub const NOT_STARTED: u8 = 127;

/// The largest file that a limited program may write, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// A program whose address space is measured waits for its input by then.
const START_LIMIT: Duration = Duration::from_secs(5);

/// How often in a row a program has to be asleep to count as waiting for its input.
const MIN_ASLEEP: usize = 5;

/// What the system lets a program have.
#[derive(Debug, Clone, Copy)]
pub struct SystemLimits {
    /// Bytes of address space; unlimited if `None`.
    pub addresses: Option<u64>,
    /// Seconds of CPU time.
    pub seconds: u64,
}

/// A command for a program in limits. The system kills the program when this process ends.
pub fn command(program: &Path, limits: SystemLimits) -> io::Result<Command> {
    let mut command = environment::program(own_executable()?);
    let addresses = limits.addresses.unwrap_or(u64::MAX);
    command
        .arg(LIMITED)
        .arg(process::id().to_string())
        .args([addresses, limits.seconds].map(|limit| limit.to_string()))
        .arg(program);
    Ok(command)
}

/// The same command, whose program is asked to end (SIGTERM) when this process ends.
///
/// Only for commands that [`environment`] made: they inherit no variable.
pub fn bound(command: &Command) -> io::Result<Command> {
    let mut bound = Command::new(own_executable()?);
    let variables = command.get_envs();
    bound
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .arg(BOUND)
        .arg(process::id().to_string())
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    Ok(bound)
}

/// The file of this process, even if a newer one was built in its place.
fn own_executable() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        Ok("/proc/self/exe".into())
    } else {
        env::current_exe()
    }
}

/// Becomes the program that this process was started for, if any. Returns only with the reason why that failed.
pub fn take_over() -> Option<Error> {
    let mut words = env::args_os().skip(1);
    match words.next()?.to_str()? {
        LIMITED => become_limited(words).err(),
        BOUND => become_bound(words).err(),
        _ => None,
    }
}

fn become_limited(mut words: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let mut number = || -> Option<u64> { words.next()?.to_str()?.parse().ok() };
    let (Some(parent), Some(addresses), Some(seconds)) = (number(), number(), number()) else {
        bail!("{LIMITED} is for the book's own use");
    };
    end_with(parent, Signal::SIGKILL)?;
    for (resource, limit) in [
        (Resource::RLIMIT_AS, addresses),
        (Resource::RLIMIT_CPU, seconds),
        (Resource::RLIMIT_FSIZE, MAX_FILE),
        (Resource::RLIMIT_CORE, 0),
    ] {
        let (_, hard) = getrlimit(resource)?;
        let limit = limit.min(hard);
        setrlimit(resource, limit, limit)?;
    }
    execute(words)
}

fn become_bound(mut words: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let parent = words.next().and_then(|word| word.to_str()?.parse().ok());
    let parent = parent.with_context(|| format!("{BOUND} is for the book's own use"))?;
    end_with(parent, Signal::SIGTERM)?;
    execute(words)
}

/// Lets the system send this process a signal when its parent ends.
fn end_with(parent: u64, signal: Signal) -> Result<()> {
    let check = || {
        ensure!(
            u64::from(parent_id()) == parent,
            "the process that started this one has ended"
        );
        Ok(())
    };
    check()?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(signal)?;
    #[cfg(not(target_os = "linux"))]
    let _ = signal;
    // A parent that ended before that call sends nothing.
    check()
}

fn execute(mut words: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let program = words.next().context("no program is named")?;
    let error = Command::new(&program).args(words).exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

/// Bytes of address space that a program has before it reads its input; `None` where the system does not say.
pub fn measure_addresses(program: &Path, arguments: &[&str]) -> io::Result<Option<u64>> {
    let mut command = environment::program(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let group = ProcessGroup::start(&mut command)?;
    let pid = group.child.id();
    let deadline = Instant::now() + START_LIMIT;
    let mut asleep = 0;
    // A runtime that starts sleeps for a moment, too.
    while asleep < MIN_ASLEEP && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(2));
        match proc::is_asleep(pid) {
            Some(true) => asleep += 1,
            Some(false) => asleep = 0,
            None => return Ok(None),
        }
    }
    Ok(proc::peak_addresses_kib(pid).map(|kibibytes| kibibytes << 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    fn words(all: &[&str]) -> impl Iterator<Item = OsString> {
        let all: Vec<OsString> = all.iter().map(OsString::from).collect();
        all.into_iter()
    }

    #[test]
    fn a_call_by_hand_is_refused() {
        let refused = |all: &[&str]| format!("{:#}", become_limited(words(all)).unwrap_err());
        assert_eq!(refused(&["x"]), "--limited is for the book's own use");
        // 0 is the parent of no test.
        let why = "the process that started this one has ended";
        assert_eq!(refused(&["0", "2", "3"]), why);
        let refused = |all: &[&str]| format!("{:#}", become_bound(words(all)).unwrap_err());
        assert_eq!(refused(&["x"]), "--bound is for the book's own use");
        assert_eq!(refused(&["0", "true"]), why);
    }

    #[test]
    fn a_bound_command_keeps_program_arguments_variables_and_folder() {
        let mut command = environment::program("tool");
        command.arg("--word").env("NAME", "value").current_dir("/");
        let bound = bound(&command).unwrap();
        let arguments: Vec<_> = bound.get_args().skip(2).collect();
        assert_eq!(arguments, ["tool", "--word"]);
        let name = (OsStr::new("NAME"), Some(OsStr::new("value")));
        assert!(bound.get_envs().any(|variable| variable == name));
        assert_eq!(bound.get_current_dir(), Some(Path::new("/")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_address_space_of_a_program_that_waits_is_measured() {
        let measured = measure_addresses(Path::new("/bin/cat"), &[]).unwrap();
        assert!(measured > Some(1 << 20), "{measured:?}");
    }
}
