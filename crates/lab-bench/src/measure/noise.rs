//! Whether the machine disturbed what was measured: time lost to the host, and a thread that should
//! wake every millisecond and did not.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use lab_results::result::Reject;

/// More of its time than this a block does not lose to the host.
const MOST_STEAL: f64 = 0.05;

/// Longer than this the probe does not oversleep.
const LONGEST_GAP: Duration = Duration::from_millis(20);

/// How often the probe wakes.
const BEAT: Duration = Duration::from_millis(1);

/// What the machine did meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// The share of time that was lost to the host.
    pub steal: f64,
    /// How late the probe woke at worst.
    pub gap: Duration,
}

impl Noise {
    /// Why what was measured does not count, if it does not.
    pub fn disturbed(&self) -> Option<Reject> {
        if self.steal > MOST_STEAL {
            return Some(Reject::Stolen);
        }
        (self.gap > LONGEST_GAP).then_some(Reject::Stalled)
    }
}

/// Does some work and watches the machine meanwhile.
pub fn watch<T>(work: impl FnOnce() -> T) -> (T, Noise) {
    let before = times();
    let done = AtomicBool::new(false);
    let (worked, gap) = thread::scope(|scope| {
        let probe = scope.spawn(|| probe(&done));
        let worked = work();
        done.store(true, Relaxed);
        (worked, probe.join().unwrap_or_default())
    });
    let steal = match (before, times()) {
        (Some(before), Some(after)) => stolen(before, after),
        _ => 0.0,
    };
    (worked, Noise { steal, gap })
}

fn probe(done: &AtomicBool) -> Duration {
    let mut longest = Duration::ZERO;
    let mut last = Instant::now();
    while !done.load(Relaxed) {
        thread::sleep(BEAT);
        let now = Instant::now();
        longest = longest.max((now - last).saturating_sub(BEAT));
        last = now;
    }
    longest
}

/// All time and stolen time of all cores since the start, in ticks; Linux only.
fn times() -> Option<(u64, u64)> {
    parse(&fs::read_to_string("/proc/stat").ok()?)
}

fn parse(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks = line.split_whitespace().map_while(|word| word.parse().ok());
    // Guests' time, the ninth and tenth, is part of the first two.
    let ticks: Vec<u64> = ticks.take(8).collect();
    Some((ticks.iter().sum(), *ticks.get(7)?))
}

fn stolen(before: (u64, u64), after: (u64, u64)) -> f64 {
    let all = after.0.saturating_sub(before.0);
    let stolen = after.1.saturating_sub(before.1);
    if all == 0 {
        0.0
    } else {
        stolen as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stolen_time_is_read_from_the_first_line() {
        let stat = "cpu  10 0 20 60 0 0 2 8 5 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(parse(stat), Some((100, 8)));
        assert_eq!(parse("cpu  1 2 3\n"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn the_share_is_of_the_time_between() {
        assert!((stolen((100, 8), (200, 13)) - 0.05).abs() < 1e-9);
        assert!(stolen((100, 8), (100, 8)).abs() < 1e-9);
    }

    #[test]
    fn what_is_disturbed_says_why() {
        let noise = |steal, gap| {
            Noise {
                steal,
                gap: Duration::from_millis(gap),
            }
            .disturbed()
        };
        assert_eq!(noise(0.05, 20), None);
        assert_eq!(noise(0.5, 0), Some(Reject::Stolen));
        assert_eq!(noise(0.0, 27), Some(Reject::Stalled));
    }

    #[test]
    fn the_work_is_done_and_watched() {
        let (done, noise) = watch(|| {
            thread::sleep(Duration::from_millis(20));
            7
        });
        assert_eq!(done, 7);
        assert!(noise.steal >= 0.0);
    }
}
