//! A program in limits that the system enforces.
//!
//! What starts it is this same executable: it takes the limits, then becomes the program. So its `main` has
//! to call [`take_over`] first.

use std::{
    convert::Infallible,
    env,
    ffi::OsString,
    io,
    os::unix::process::{CommandExt as _, parent_id},
    path::Path,
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Error, Result, bail};
use nix::sys::resource::{Resource, setrlimit};

use crate::{environment, group::Group, proc};

/// The word with which this executable is started to become another program.
const WORD: &str = "--limited";

/// The largest file that a program may write.
const MAX_FILE: u64 = 16 << 20;

/// A program that is asked for its address space waits for its input by then.
const START_LIMIT: Duration = Duration::from_secs(5);

/// What the system lets a program have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of address space; as many as it likes if none are named.
    pub addresses: Option<u64>,
    /// Seconds of CPU time.
    pub seconds: u64,
}

/// The command for a program in limits. It is killed at the latest when this process ends.
pub fn command(program: &Path, limits: Limits) -> io::Result<Command> {
    // This file, even if a newer one has been built in its place.
    let own = if cfg!(target_os = "linux") {
        "/proc/self/exe".into()
    } else {
        env::current_exe()?
    };
    let mut command = environment::program(own);
    let addresses = limits.addresses.unwrap_or(u64::MAX);
    command
        .arg(WORD)
        .arg(process::id().to_string())
        .args([addresses, limits.seconds].map(|limit| limit.to_string()))
        .arg(program);
    Ok(command)
}

/// Becomes the program that this process was started for, if it was; returns only to tell why it could not.
pub fn take_over() -> Option<Error> {
    let mut words = env::args_os().skip(1);
    if words.next()? == WORD {
        become_program(words).err()
    } else {
        None
    }
}

fn become_program(mut words: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let mut number = || -> Option<u64> { words.next()?.to_str()?.parse().ok() };
    let (Some(parent), Some(addresses), Some(seconds)) = (number(), number(), number()) else {
        bail!("{WORD} is for the book's own use");
    };
    let program = words.next().context("no program is named")?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    // A parent that ended before that call sends nothing.
    if u64::from(parent_id()) != parent {
        bail!("nobody waits for {}", program.display());
    }
    for (resource, limit) in [
        (Resource::RLIMIT_AS, addresses),
        (Resource::RLIMIT_CPU, seconds),
        (Resource::RLIMIT_FSIZE, MAX_FILE),
        (Resource::RLIMIT_CORE, 0),
    ] {
        setrlimit(resource, limit, limit)?;
    }
    let error = Command::new(&program).args(words).exec();
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

/// Bytes of address space that a program has before it reads its input; none where the system does not say.
pub fn addresses(program: &Path, arguments: &[&str]) -> io::Result<Option<u64>> {
    let mut command = environment::program(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let group = Group::start(&mut command)?;
    let pid = group.child.id();
    let deadline = Instant::now() + START_LIMIT;
    let mut asleep = 0;
    // It may wait for a moment before, too.
    while asleep < 5 && Instant::now() < deadline {
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

    #[test]
    fn who_calls_it_by_hand_is_told_why_not() {
        let told = |words: &[&str]| {
            let words = words.iter().map(OsString::from);
            format!("{:#}", become_program(words).unwrap_err())
        };
        assert_eq!(told(&["x"]), "--limited is for the book's own use");
        let words = ["1", "2", "3"];
        assert_eq!(told(&words), "no program is named");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_addresses_of_a_program_that_waits_are_told() {
        let told = addresses(Path::new("/bin/cat"), &[]).unwrap();
        assert!(told > Some(1 << 20), "{told:?}");
    }
}
