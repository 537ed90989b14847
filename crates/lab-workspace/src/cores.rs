//! Which cores there are, work on some of them alone, and their division between a server and its generator.

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

/// The cores of both; where they are the same, they share them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cores {
    /// The server's.
    pub server: Vec<usize>,
    /// The generator's, and of all else that the lab does meanwhile.
    pub generator: Vec<usize>,
}

/// Shares cores out: the generator has the first one, the server the last one or all others.
pub fn share(all: &[usize], one: bool, shared: bool) -> Cores {
    let (server, generator) = match all {
        [first, .., last] if one && !shared => (vec![*last], vec![*first]),
        [first, others @ ..] if !others.is_empty() && !shared => (others.to_vec(), vec![*first]),
        [.., last] if one => (vec![*last], all.to_vec()),
        _ => (all.to_vec(), all.to_vec()),
    };
    Cores { server, generator }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn work_is_done_where_it_should_be() {
        let last = *all().unwrap().last().unwrap();
        assert_eq!(count_whole(&[usize::MAX]), None);
        assert!(count_whole(&[last, last]).is_none_or(|whole| whole == 1));
        assert_eq!(on(&[last], || all().unwrap()).unwrap(), [last]);
    }

    fn shared_out(all: &[usize], one: bool, shared: bool) -> (Vec<usize>, Vec<usize>) {
        let Cores { server, generator } = share(all, one, shared);
        (server, generator)
    }

    #[test]
    fn server_and_generator_have_cores_of_their_own_where_there_are_two() {
        assert_eq!(shared_out(&[0, 1], false, false), (vec![1], vec![0]));
        assert_eq!(shared_out(&[2, 3, 5], false, false), (vec![3, 5], vec![2]));
        assert_eq!(shared_out(&[2, 3, 5], true, false), (vec![5], vec![2]));
        assert_eq!(shared_out(&[4], false, false), (vec![4], vec![4]));
        assert_eq!(shared_out(&[4], true, false), (vec![4], vec![4]));
    }

    #[test]
    fn they_share_all_where_that_is_the_point() {
        assert_eq!(shared_out(&[0, 1], false, true), (vec![0, 1], vec![0, 1]));
        assert_eq!(shared_out(&[0, 1], true, true), (vec![1], vec![0, 1]));
    }
}
