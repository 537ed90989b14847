//! Records how late a sleeping thread, the jitter probe, is woken while another process is measured. The machine causes
//! this lateness, not a runtime. The record is a figure of the run; it rejects no block, see `rejection.rs`.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use hdrhistogram::Histogram;

use crate::background::Background;

/// Interval between wakings, the same as between requests.
const POLL_INTERVAL: Duration = Duration::from_micros(100);

/// Sleeping thread of the lab, whose process does nothing else meanwhile.
#[derive(Debug)]
pub struct JitterProbe(Background<Lateness>);

/// The wakings of a probe: when each was due since the start, and how late it was.
#[derive(Debug)]
pub struct Lateness {
    began: SystemTime,
    wakings: Vec<[Duration; 2]>,
}

impl JitterProbe {
    /// Starts the probe.
    pub fn start() -> io::Result<Self> {
        Background::start("lateness probe", sleep).map(JitterProbe)
    }

    /// Stops the probe, and returns its wakings; `None` if its thread is gone.
    pub fn end(self) -> Option<Lateness> {
        self.0.stop()
    }
}

/// After oversleeping, records every missed tick, as an open loop does.
fn sleep(stop: &AtomicBool) -> Lateness {
    let (began, start) = (SystemTime::now(), Instant::now());
    let (mut due, mut wakings) = (POLL_INTERVAL, Vec::new());
    while !stop.load(Relaxed) {
        thread::sleep(due.saturating_sub(start.elapsed()));
        wakings.push([due, start.elapsed().saturating_sub(due)]);
        due += POLL_INTERVAL;
    }
    Lateness { began, wakings }
}

impl Lateness {
    /// A histogram of the wakings since this time, in nanoseconds since 1970.
    pub fn since(&self, from: u64) -> Vec<[u64; 2]> {
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        let from = Duration::from_nanos(from).saturating_sub(began);
        let hour = 3_600_000_000_000;
        let mut late =
            Histogram::<u64>::new_with_bounds(1, hour, 3).expect("constant bounds are legal");
        for [due, by] in &self.wakings {
            if *due >= from {
                late.saturating_record(by.as_nanos() as u64);
            }
        }
        let steps = late.iter_recorded();
        steps
            .map(|step| [step.value_iterated_to(), step.count_at_value()])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_the_samples_does_not_count() {
        let ms = Duration::from_millis;
        let late = Lateness {
            began: UNIX_EPOCH + ms(1000),
            wakings: vec![[ms(1), ms(9)], [ms(2), ms(1)], [ms(3), ms(1)]],
        };
        let count = |from| -> u64 { late.since(from).iter().map(|step| step[1]).sum() };
        assert_eq!(count(0), 3);
        assert_eq!(count(1_002_000_000), 2);
        assert_eq!(count(2_000_000_000), 0);
        let max = late.since(0).iter().map(|step| step[0]).max();
        assert!((9_000_000..9_010_000).contains(&max.unwrap()), "{max:?}");
    }

    #[test]
    fn a_probe_wakes_until_it_is_ended() {
        let probe = JitterProbe::start().unwrap();
        thread::sleep(Duration::from_millis(500));
        let seen = probe.end().unwrap().since(0);
        assert!(!seen.is_empty());
    }
}
