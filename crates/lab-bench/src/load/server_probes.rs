//! Probes during a watched load: how late a thread wakes that shares only the cores with the server, and when the
//! server took up memory.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use lab_workspace::{
    cores,
    proc::{self, Stat},
};

use crate::background::Background;

/// Sleep of a probe, inside the server and outside of it.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// Interval between readings of page faults.
const STAT_INTERVAL: Duration = Duration::from_millis(2);

/// Process statistics, and when they were read.
pub type Reading = (Instant, Stat);

/// Reads process statistics repeatedly in a thread of its own.
#[derive(Debug)]
pub struct Readings(Background<Vec<Reading>>);

impl Readings {
    /// Starts, with a reading of this process each `period`.
    pub fn start(pid: u32, period: Duration) -> io::Result<Self> {
        let read = move |stop: &AtomicBool| {
            let mut readings = Vec::new();
            while !stop.load(Relaxed) {
                readings.extend(proc::stat(pid).map(|stat| (Instant::now(), stat)));
                thread::sleep(period);
            }
            readings
        };
        Background::start("readings", read).map(Readings)
    }

    /// Stops, and returns all readings.
    pub fn end(self) -> Vec<Reading> {
        self.0.stop().unwrap_or_default()
    }
}

/// The probes of a watched load.
#[derive(Debug)]
pub struct Probes {
    readings: Readings,
    apart: Background<LatenessCounts>,
}

/// The results of the probes.
#[derive(Debug)]
pub struct Probed {
    /// Process statistics of the server.
    pub readings: Vec<Reading>,
    /// Lateness of the probe outside of the server.
    pub apart: LatenessCounts,
}

/// Lateness of a jitter probe: counts by powers of two of microseconds, like the servers' own probes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LatenessCounts([u64; 32]);

impl LatenessCounts {
    fn record(&mut self, late: Duration) {
        let bits = (u128::BITS - late.as_micros().leading_zeros()) as usize;
        self.0[bits.min(self.0.len() - 1)] += 1;
    }

    /// Pairs of an upper bound in microseconds and a count.
    pub fn pairs(&self) -> Vec<[u64; 2]> {
        let pairs = self.0.iter().enumerate();
        let pairs = pairs.map(|(bits, &count)| [1 << bits, count]);
        pairs.filter(|pair| pair[1] > 0).collect()
    }
}

impl Probes {
    /// Starts the probes of a server, the process `pid` on these cores.
    pub fn start(pid: u32, cores: &[usize]) -> io::Result<Self> {
        let cores = cores.to_vec();
        // On other cores it would measure something else.
        let wake = move |stop: &AtomicBool| cores::on(&cores, || wake(stop)).unwrap_or_default();
        Ok(Probes {
            apart: Background::start("server probe", wake)?,
            readings: Readings::start(pid, STAT_INTERVAL)?,
        })
    }

    /// Stops the probes, and returns their results.
    pub fn end(self) -> Probed {
        Probed {
            readings: self.readings.end(),
            apart: self.apart.stop().unwrap_or_default(),
        }
    }
}

fn wake(stopped: &AtomicBool) -> LatenessCounts {
    let mut late = LatenessCounts::default();
    while !stopped.load(Relaxed) {
        let begun = Instant::now();
        thread::sleep(POLL_INTERVAL);
        late.record(begun.elapsed().saturating_sub(POLL_INTERVAL));
    }
    late
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_counted_by_powers_of_two() {
        let mut late = LatenessCounts::default();
        for micros in [0, 1, 100, 127, 128, u64::MAX] {
            late.record(Duration::from_micros(micros));
        }
        let pairs = [[1, 1], [2, 1], [128, 2], [256, 1], [1 << 31, 1]];
        assert_eq!(late.pairs(), pairs);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn probes_that_nobody_ends_are_gone_when_an_error_leaves_the_run() {
        let running = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
            let names = tasks.filter_map(|task| name(task.ok()?).ok());
            let probes = names.filter(|name| ["readings", "server probe"].contains(&name.trim()));
            probes.count()
        };
        let failed = || -> anyhow::Result<()> {
            let cores = cores::all()?;
            let _probes = Probes::start(std::process::id(), &cores)?;
            while running() < 2 {
                thread::yield_now();
            }
            anyhow::bail!("the server went away")
        };
        assert!(failed().is_err());
        // A thread that has ended stays in the list for a moment.
        let deadline = Instant::now() + Duration::from_secs(20);
        while running() > 0 {
            assert!(Instant::now() < deadline, "{} probes run", running());
            thread::yield_now();
        }
    }
}
