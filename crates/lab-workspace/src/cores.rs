//! Which cores there are, and work on some of them alone.

use std::{collections::BTreeSet, fs};

#[cfg(target_os = "linux")]
use anyhow::Context as _;
use anyhow::{Result, bail};

/// The cores that this process may use.
#[cfg(target_os = "linux")]
pub fn all() -> Result<Vec<usize>> {
    use nix::{
        sched::{CpuSet, sched_getaffinity},
        unistd::Pid,
    };
    let set =
        sched_getaffinity(Pid::from_raw(0)).context("cannot determine the processor cores")?;
    let all: Vec<usize> = (0..CpuSet::count())
        .filter(|&core| set.is_set(core).unwrap_or(false))
        .collect();
    if all.is_empty() {
        bail!("cannot determine the processor cores");
    }
    Ok(all)
}

/// How many of these cores are whole ones: of two halves of one core only one counts. None where the system does not
/// say.
pub fn count_whole(cores: &[usize]) -> Option<usize> {
    let halves = |core| {
        let path = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
        fs::read_to_string(path).ok()
    };
    let whole: Option<BTreeSet<String>> = cores.iter().map(halves).collect();
    whole.map(|whole| whole.len())
}

/// Does work on a thread that has these cores; what it starts inherits them.
#[cfg(target_os = "linux")]
pub fn on<T: Send>(cores: &[usize], work: impl FnOnce() -> T + Send) -> Result<T> {
    use std::thread;

    use nix::{
        sched::{CpuSet, sched_setaffinity},
        unistd::Pid,
    };
    let pinned = || {
        let mut set = CpuSet::new();
        for &core in cores {
            set.set(core)?;
        }
        sched_setaffinity(Pid::from_raw(0), &set)?;
        nix::Result::Ok(work())
    };
    let worked = thread::scope(|scope| scope.spawn(pinned).join());
    match worked {
        Ok(worked) => worked.with_context(|| format!("cannot run on the cores {cores:?}")),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

#[cfg(not(target_os = "linux"))]
pub fn all() -> Result<Vec<usize>> {
    bail!("processor cores can be determined on Linux only")
}

#[cfg(not(target_os = "linux"))]
pub fn on<T: Send>(_: &[usize], _: impl FnOnce() -> T + Send) -> Result<T> {
    bail!("processor cores can be chosen on Linux only")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_where_it_should_be() {
        let last = *all().unwrap().last().unwrap();
        assert_eq!(count_whole(&[usize::MAX]), None);
        assert!(count_whole(&[last, last]).is_none_or(|whole| whole == 1));
        assert_eq!(on(&[last], || all().unwrap()).unwrap(), [last]);
    }
}
