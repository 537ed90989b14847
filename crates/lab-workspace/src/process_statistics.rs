//! What the system tells of a process from outside, alike for both languages.

use std::{
    path::Path,
    process::Stdio,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeVal,
};

use crate::{environment, proc, process_group::ProcessGroup};

/// Resident memory over time: pairs of microseconds since the process began, and KiB.
pub type Curve = Vec<[u64; 2]>;

/// A curve has fewer points than this, however long the process runs; odd, so that the last one stays
/// when every other one goes.
const POINTS: usize = 201;

/// The time between the first points.
const PERIOD: Duration = Duration::from_millis(1);

/// The time between two readings of an idle process, and how many there are at most.
const IDLE: Duration = Duration::from_millis(20);
const IDLE_READINGS: usize = 20;

/// CPU time in user mode and in the kernel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cpu {
    /// In user mode.
    pub user: Duration,
    /// In the kernel.
    pub system: Duration,
}

impl Cpu {
    /// That of all children that have ended.
    pub fn of_children() -> Self {
        let time =
            |part: TimeVal| Duration::new(part.tv_sec() as u64, part.tv_usec() as u32 * 1000);
        getrusage(UsageWho::RUSAGE_CHILDREN).map_or(Cpu::default(), |usage| Cpu {
            user: time(usage.user_time()),
            system: time(usage.system_time()),
        })
    }

    /// What came after an earlier reading.
    pub fn since(self, earlier: Cpu) -> Self {
        Cpu {
            user: self.user.saturating_sub(earlier.user),
            system: self.system.saturating_sub(earlier.system),
        }
    }
}

/// Watches a process's resident memory from a thread of its own.
#[derive(Debug)]
pub struct Watch {
    stop: Sender<()>,
    thread: JoinHandle<Curve>,
}

impl Watch {
    /// Begins with the process of this number, which has just begun.
    pub fn start(pid: u32) -> Self {
        let (stop, stopped) = channel();
        let begun = Instant::now();
        let point = move || Some([begun.elapsed().as_micros() as u64, proc::resident_kib(pid)?]);
        let wait = move |time| stopped.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
        let thread = thread::spawn(move || curve(point, wait));
        Watch { stop, thread }
    }

    /// Ends, and tells what was seen.
    pub fn end(self) -> Curve {
        drop(self.stop);
        self.thread.join().unwrap_or_default()
    }
}

/// Takes points until there are none or nobody waits for the next; whenever there are too many, every
/// other one goes, and half as many come from then on.
fn curve(
    mut point: impl FnMut() -> Option<[u64; 2]>,
    mut wait: impl FnMut(Duration) -> bool,
) -> Curve {
    let mut points = Curve::new();
    let mut period = PERIOD;
    while let Some(point) = point() {
        points.push(point);
        if points.len() == POINTS {
            points = points.into_iter().step_by(2).collect();
            period *= 2;
        }
        if !wait(period) {
            break;
        }
    }
    points
}

/// What a program that waits for nothing holds resident, once that no longer changes; none where the
/// system does not tell.
pub fn idle_bytes(program: &Path) -> Result<Option<u64>> {
    let mut command = environment::program(program);
    let group = ProcessGroup::start(command.stdin(Stdio::null()))
        .with_context(|| format!("cannot start {}", program.display()))?;
    let mut before = None;
    for _ in 0..IDLE_READINGS {
        thread::sleep(IDLE);
        let now = proc::resident_exact_kib(group.child.id());
        if now == before {
            break;
        }
        before = now;
    }
    Ok(before.map(|kibibytes| kibibytes * 1024))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_curve_spans_the_whole_run_with_few_points() {
        let now = Cell::new(Duration::ZERO);
        let point = || Some([now.get().as_micros() as u64, 7]);
        let wait = |time| {
            now.set(now.get() + time);
            now.get() < Duration::from_mins(1)
        };
        let points = curve(point, wait);
        assert!(
            (POINTS / 2..POINTS).contains(&points.len()),
            "{}",
            points.len()
        );
        assert_eq!(points[0], [0, 7]);
        assert!(points[points.len() - 1][0] > 59_000_000);
        let steps: Vec<_> = points.windows(2).map(|two| two[1][0] - two[0][0]).collect();
        let last = steps[steps.len() - 1];
        assert!(steps.iter().all(|&step| step == last), "{steps:?}");
    }

    #[test]
    fn a_curve_ends_with_its_process() {
        assert!(curve(|| None, |_| true).is_empty());
        let mut left = 3;
        let point = || {
            left -= 1;
            (left > 0).then_some([0, 1])
        };
        assert_eq!(curve(point, |_| true).len(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_watched_until_it_ends() {
        let mut child = std::process::Command::new("sleep")
            .arg("1")
            .spawn()
            .unwrap();
        let watch = Watch::start(child.id());
        child.wait().unwrap();
        let points = watch.end();
        assert!(!points.is_empty());
        assert!(points.iter().all(|&[_, kibibytes]| kibibytes > 0));
    }
}
