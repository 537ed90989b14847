//! What is watched beside a load that is to be explained: how late a thread wakes that shares the server's
//! cores and nothing else with it, and when the server took up memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use lab_workspace::{
    cores,
    server::{self, Server, Stat},
};

/// How long a probe sleeps, in the server as beside it.
const BEAT: Duration = Duration::from_millis(1);

/// How often page faults are counted.
const LOOK: Duration = Duration::from_millis(2);

/// What the system told of a process, and when.
pub type Reading = (Instant, Stat);

/// Reads what the system tells of a process, again and again, from a thread of its own.
#[derive(Debug)]
pub struct Readings {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Reading>>,
}

impl Readings {
    /// Begins; a reading each `period`.
    pub fn start(server: &Server, period: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, pid) = (Arc::clone(&stop), server.pid());
        let thread = thread::spawn(move || {
            let mut readings = Vec::new();
            while !stopped.load(Relaxed) {
                readings.extend(server::stat(pid).map(|stat| (Instant::now(), stat)));
                thread::sleep(period);
            }
            readings
        });
        Readings { stop, thread }
    }

    /// Ends, and tells all readings.
    pub fn end(self) -> Vec<Reading> {
        self.stop.store(true, Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

/// All that is watched.
#[derive(Debug)]
pub struct Probes {
    readings: Readings,
    stop: Arc<AtomicBool>,
    apart: JoinHandle<Late>,
}

/// What the probes saw.
#[derive(Debug)]
pub struct Probed {
    /// What the system told of the server.
    pub readings: Vec<Reading>,
    /// How late the probe beside the server woke.
    pub apart: Late,
}

/// How late a probe woke: how often, by powers of two of microseconds, as the servers' own probes tell it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Late([u64; 32]);

impl Late {
    fn record(&mut self, late: Duration) {
        let bits = (u128::BITS - late.as_micros().leading_zeros()) as usize;
        self.0[bits.min(self.0.len() - 1)] += 1;
    }

    /// Pairs of microseconds that it was less late than, and how often.
    pub fn pairs(&self) -> Vec<[u64; 2]> {
        let pairs = self.0.iter().enumerate();
        let pairs = pairs.map(|(bits, &count)| [1 << bits, count]);
        pairs.filter(|pair| pair[1] > 0).collect()
    }
}

impl Probes {
    /// Begins beside a server that runs on these cores.
    pub fn start(server: &Server, cores: &[usize]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, cores) = (Arc::clone(&stop), cores.to_vec());
        let apart = thread::spawn(move || {
            // Where it cannot be on their cores it would tell of others.
            cores::on(&cores, || wake(&stopped)).unwrap_or_default()
        });
        let readings = Readings::start(server, LOOK);
        Probes {
            readings,
            stop,
            apart,
        }
    }

    /// Ends, and tells what they saw.
    pub fn end(self) -> Probed {
        self.stop.store(true, Relaxed);
        Probed {
            readings: self.readings.end(),
            apart: self.apart.join().unwrap_or_default(),
        }
    }
}

fn wake(stopped: &AtomicBool) -> Late {
    let mut late = Late::default();
    while !stopped.load(Relaxed) {
        let begun = Instant::now();
        thread::sleep(BEAT);
        late.record(begun.elapsed().saturating_sub(BEAT));
    }
    late
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_told_by_powers_of_two() {
        let mut late = Late::default();
        for micros in [0, 1, 100, 127, 128, u64::MAX] {
            late.record(Duration::from_micros(micros));
        }
        let pairs = [[1, 1], [2, 1], [128, 2], [256, 1], [1 << 31, 1]];
        assert_eq!(late.pairs(), pairs);
    }
}
