//! Keeps the processors of a virtual machine awake during a measurement, where its host is busy.
//!
//! The host takes an idle virtual processor away, and gives a real one again when it has one: on a busy host a thread
//! that should wake waits for milliseconds, and this counts as stolen time. So a thread that runs only where nothing
//! else wants to (`SCHED_IDLE`, see sched(7)) keeps each processor busy. It is what the kernel's `idle=poll` does.
//! Where no time was stolen, all of this would only heat the machine.

use std::{
    hint,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

use lab_workspace::{
    cores,
    proc::{self, ProcessorTime},
};

use crate::background::Background;

/// A turn between two looks at the flag: well below a millisecond.
const TURN: usize = 1000;

/// Threads that keep processors awake until this is dropped.
#[derive(Debug)]
pub struct KeepAwake {
    _threads: Vec<Background<()>>,
}

/// Whether this machine's processors are kept awake.
pub fn is_needed() -> bool {
    !cores_to_keep().is_empty()
}

/// The processors to keep awake: all, if the host took time from them and no control group limits them.
fn cores_to_keep() -> Vec<usize> {
    let mut cores = cores::all().unwrap_or_default();
    let free = thread::available_parallelism().is_ok_and(|usable| usable.get() >= cores.len());
    let time = proc::processor_time(&cores).unwrap_or_default();
    if !(free && is_stolen(time)) {
        cores.clear();
    }
    cores
}

/// Whether the host took more than a thousandth of the time that programs wanted since the system started.
fn is_stolen(time: ProcessorTime) -> bool {
    1000 * time.stolen > time.wanted
}

impl KeepAwake {
    /// Starts a thread for each processor of this process, where they are needed. A system that refuses one measures
    /// without it.
    pub fn start() -> Self {
        KeepAwake::on(&cores_to_keep())
    }

    fn on(cores: &[usize]) -> Self {
        let thread = |core: &usize| {
            let core = *core;
            Background::start("keeps awake", move |stop| {
                // A thread that cannot stay there must not run elsewhere.
                let _ = cores::on(&[core], || turn(stop));
            })
        };
        KeepAwake {
            _threads: cores.iter().flat_map(thread).collect(),
        }
    }
}

/// Spins at the lowest priority until it is stopped; ends at once where the system has no such priority.
fn turn(stop: &AtomicBool) {
    if !lowest_priority() {
        return;
    }
    while !stop.load(Relaxed) {
        for _ in 0..TURN {
            hint::spin_loop();
        }
    }
}

/// Gives this thread the lowest priority; tells whether it has it.
#[cfg(target_os = "linux")]
fn lowest_priority() -> bool {
    use thread_priority::{
        NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy::Normal,
        set_thread_priority_and_policy, thread_native_id, thread_schedule_policy,
    };
    let is_lowest = || thread_schedule_policy().is_ok_and(|policy| policy == Normal(Idle));
    // Who runs the lab with `nice` may not set a niceness, but has the policy.
    is_lowest()
        || set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, Normal(Idle))
            .is_ok()
        || is_lowest()
}

#[cfg(not(target_os = "linux"))]
fn lowest_priority() -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{fs, time::Duration};

    use super::*;

    /// The scheduling policies of this process's threads of the lowest priority, by sched(7)'s numbers.
    fn policies() -> Vec<String> {
        let tasks = fs::read_dir("/proc/self/task").unwrap();
        let policy = |task: fs::DirEntry| {
            let stat = fs::read_to_string(task.path().join("stat")).ok()?;
            let (_, rest) = stat.rsplit_once(") ")?;
            rest.split(' ').nth(38).map(str::to_owned)
        };
        let all = tasks.flatten().filter_map(policy);
        all.filter(|policy| policy == "5").collect()
    }

    #[test]
    fn processors_are_kept_awake_where_the_host_takes_time() {
        let time = |wanted, stolen| ProcessorTime { wanted, stolen };
        assert!(is_stolen(time(1000, 2)));
        assert!(!is_stolen(time(1000, 1)) && !is_stolen(time(0, 0)));
    }

    #[test]
    fn each_processor_has_a_thread_of_the_lowest_priority_until_the_end() {
        let cores = cores::all().unwrap();
        let awake = KeepAwake::on(&cores);
        for _ in 0..1000 {
            if policies().len() == cores.len() {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(policies(), vec!["5"; cores.len()]);
        drop(awake);
        assert!(policies().is_empty());
    }
}
