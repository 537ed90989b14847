//! Runs one process and measures it from outside: wall and CPU time, and the largest memory it had.

use std::{
    io,
    process::Command,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use lab_workspace::{
    proc,
    process_statistics::Cpu,
    run_limited::{self, End, Outcome, last_words},
};

use crate::background::Background;

/// The figures of [`figures`], each with its title, name and unit.
pub const FIGURES: [[&str; 3]; 3] = [
    ["wall time", "wall_ns", "ns"],
    ["CPU time", "cpu_ns", "ns"],
    ["peak memory", "peak_bytes", "bytes"],
];

/// Time limit of a process of `lab versus`.
const TIME_LIMIT: Duration = Duration::from_mins(30);

/// Interval between readings of a process's memory.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// A process that has ended.
#[derive(Debug)]
pub struct Timed {
    /// Its output, and how it ended.
    pub outcome: Outcome,
    /// From start to end.
    pub wall: Duration,
    /// CPU time of the process and of the children that it waited for.
    pub cpu: Cpu,
}

/// Runs a process to its end or to its time limit; `begun` gets its process number.
pub fn timed(command: &mut Command, limit: Duration, begun: impl FnOnce(u32)) -> io::Result<Timed> {
    let (cpu, start) = (Cpu::of_children(), Instant::now());
    let outcome = run_limited::run_watched(command, limit, begun)?;
    Ok(Timed {
        outcome,
        wall: start.elapsed(),
        cpu: Cpu::of_children().since(cpu),
    })
}

/// Runs a process that has to succeed; returns `wall_ns`, `cpu_ns` and `peak_bytes`, and its output.
pub fn figures(command: &mut Command) -> Result<(Map<String, Value>, Vec<u8>)> {
    let mut watch = None;
    let begun = |pid| watch = PeakWatch::start(pid).ok();
    let ended = timed(command, TIME_LIMIT, begun).context("cannot run it");
    let (Timed { outcome, wall, cpu }, peak) = (ended?, watch.and_then(PeakWatch::end));
    if outcome.end != End::Exit(0) {
        bail!("{}: {}", outcome.end, last_words(&outcome.stderr));
    }
    let times = [
        ("wall_ns", json!(wall.as_nanos() as u64)),
        ("cpu_ns", json!((cpu.user + cpu.system).as_nanos() as u64)),
        ("peak_bytes", json!(peak)),
    ];
    let figures = times.map(|(name, figure)| (name.to_owned(), figure));
    Ok((figures.into_iter().collect(), outcome.stdout))
}

/// Reads the largest resident memory of a process until it ends.
#[derive(Debug)]
struct PeakWatch(Background<u64>);

impl PeakWatch {
    /// Starts watching a process that has just begun.
    fn start(pid: u32) -> io::Result<Self> {
        let read = move |stop: &AtomicBool| {
            let mut peak = 0;
            while let (false, Some(kib)) = (stop.load(Relaxed), proc::peak_kib(pid)) {
                peak = kib;
                thread::sleep(POLL_INTERVAL);
            }
            peak * 1024
        };
        Background::start("peak memory", read).map(PeakWatch)
    }

    /// Stops, and returns the peak in bytes; `None` if nothing was read.
    fn end(self) -> Option<u64> {
        self.0.stop().filter(|&bytes| bytes > 0)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn run(script: &str) -> Result<Map<String, Value>> {
        let mut command = Command::new("sh");
        let figures = figures(command.args(["-c", script]));
        figures.map(|(figures, _)| figures)
    }

    #[test]
    fn time_and_memory_of_a_process_are_its_own() {
        let peak = |figures: &Map<String, Value>| figures["peak_bytes"].as_u64();
        let idle = run("exec sleep 1").unwrap();
        assert!(idle["wall_ns"].as_u64() >= Some(1_000_000_000));
        assert!(peak(&idle) > Some(100 << 10), "{idle:?}");
        let script = "exec dd if=/dev/zero of=/dev/null bs=60000000 count=60";
        let large = run(script).unwrap();
        assert!(peak(&large) > peak(&idle).map(|bytes| bytes + (40 << 20)));
    }

    #[test]
    fn a_process_that_fails_is_reported_with_its_own_words() {
        let failed = run("echo no such file >&2; exit 3").unwrap_err();
        assert_eq!(format!("{failed:#}"), "exit 3: no such file");
    }
}
