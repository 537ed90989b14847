//! Decides whether a block is rejected because the host disturbed it: by steal time, and by a jitter probe that should
//! wake every millisecond and did not.
//!
//! A late probe alone says nothing about the host: while the measured program keeps all processors busy, a thread
//! that is ready to run waits for its turn. The scheduler counts this wait as the thread's run delay, which is
//! taken off. The rest is the host's: the processor stood still, or its timer came late.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use lab_results::result::Reject;
use lab_workspace::proc::{self, ProcessorTime, RunDelay};

use crate::background::Background;

/// Blocks with a larger share of steal time are rejected.
const MAX_STEAL: f64 = 0.05;

/// Blocks whose jitter probe the host woke later than this are rejected.
const MAX_GAP: Duration = Duration::from_millis(20);

/// The time from one waking of the probe to the next.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// Disturbances by the host during some work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// The share of the time that programs wanted to run and that the host took.
    pub steal: f64,
    /// The worst lateness of the jitter probe that the host caused.
    pub gap: Duration,
}

/// One waking of the jitter probe.
#[derive(Debug, Clone, Copy)]
struct Waking {
    /// How late it was.
    late: Duration,
    /// How long the probe was ready to run and waited for a processor; `None` where the scheduler does not
    /// tell.
    run_delay: Option<Duration>,
}

impl Waking {
    /// The part of its lateness that the host caused; nothing where a busy program may be the cause.
    fn gap(self) -> Duration {
        let waited = self.run_delay.unwrap_or(Duration::MAX);
        self.late.saturating_sub(waited)
    }
}

impl Disturbance {
    /// Why the host makes a block unusable, if it does.
    pub fn reject(&self) -> Option<Reject> {
        if self.steal > MAX_STEAL {
            return Some(Reject::Stolen);
        }
        (self.gap > MAX_GAP).then_some(Reject::Stalled)
    }
}

/// Does some work that runs on these cores, and watches the host meanwhile.
pub fn watch<T>(cores: &[usize], work: impl FnOnce() -> T) -> (T, Disturbance) {
    let before = proc::processor_time(cores);
    // Dropped when the work panics, so that the probe ends in every case.
    let probe = Background::start("jitter probe", worst_gap);
    let worked = work();
    let gap = probe.ok().and_then(Background::stop).unwrap_or_default();
    let steal = match (before, proc::processor_time(cores)) {
        (Some(before), Some(after)) => steal_share(before, after),
        _ => 0.0,
    };
    (worked, Disturbance { steal, gap })
}

fn worst_gap(stop: &AtomicBool) -> Duration {
    let scheduler = RunDelay::of_this_thread();
    let read = || scheduler.as_ref()?.read();
    let (mut before, mut worst) = (read(), Duration::ZERO);
    while !stop.load(Relaxed) {
        let slept = Instant::now();
        thread::sleep(POLL_INTERVAL);
        let late = slept.elapsed().saturating_sub(POLL_INTERVAL);
        let now = read();
        let run_delay = now
            .zip(before)
            .map(|(now, before)| now.saturating_sub(before));
        worst = worst.max(Waking { late, run_delay }.gap());
        before = now;
    }
    worst
}

/// The stolen share of the time that programs wanted to run. Idle time does not count: on many cores it would hide
/// that the one in use lost half of its time.
fn steal_share(before: ProcessorTime, after: ProcessorTime) -> f64 {
    let wanted = after.wanted.saturating_sub(before.wanted);
    let stolen = after.stolen.saturating_sub(before.stolen);
    if wanted == 0 {
        0.0
    } else {
        stolen as f64 / wanted as f64
    }
}

#[cfg(test)]
mod tests {
    use std::{panic, sync::mpsc::channel};

    use super::*;

    fn time(wanted: u64, stolen: u64) -> ProcessorTime {
        ProcessorTime { wanted, stolen }
    }

    #[test]
    fn the_share_is_of_the_time_that_was_wanted() {
        assert!((steal_share(time(100, 8), time(200, 13)) - 0.05).abs() < 1e-9);
        assert!(steal_share(time(100, 8), time(100, 8)).abs() < 1e-9);
        // One of 64 processors is in use and loses half of its time; the others are idle.
        assert!((steal_share(time(6400, 0), time(6500, 50)) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_block_is_rejected_for_steal_and_for_a_stall() {
        let disturbance = |steal, gap| {
            Disturbance {
                steal,
                gap: Duration::from_millis(gap),
            }
            .reject()
        };
        assert_eq!(disturbance(0.05, 20), None);
        assert_eq!(disturbance(0.5, 0), Some(Reject::Stolen));
        assert_eq!(disturbance(0.0, 27), Some(Reject::Stalled));
    }

    #[test]
    fn run_delay_alone_never_rejects_a_block_and_steal_always_does() {
        let ms = Duration::from_millis;
        let gap = |late, run_delay: Option<u64>| {
            let run_delay = run_delay.map(ms);
            Waking {
                late: ms(late),
                run_delay,
            }
            .gap()
        };
        let rejected = |steal, gap| Disturbance { steal, gap }.reject();
        for late in [0, 1, 21, 500, 60_000] {
            // All of it, or more: another thread's delay may be counted in too.
            for waited in [late, late + 3] {
                assert_eq!(rejected(0.0, gap(late, Some(waited))), None, "{late}");
                assert_eq!(rejected(0.5, gap(late, Some(waited))), Some(Reject::Stolen));
            }
            assert_eq!(
                rejected(0.0, gap(late, None)),
                None,
                "the scheduler does not tell"
            );
        }
        assert_eq!(rejected(0.0, gap(30, Some(9))), Some(Reject::Stalled));
        assert_eq!(rejected(0.0, gap(30, Some(10))), None);
    }

    /// Twice as many busy threads as processors make the probe wait for its turn, which is no stall.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_busy_program_delays_the_probe_and_not_the_gap() {
        let scheduler = RunDelay::of_this_thread().unwrap();
        let before = scheduler.read().expect("the scheduler tells");
        let until = Instant::now() + Duration::from_secs(1);
        let cores = thread::available_parallelism().unwrap().get();
        thread::scope(|scope| {
            for _ in 0..2 * cores {
                scope.spawn(|| while Instant::now() < until {});
            }
            while Instant::now() < until {}
        });
        let waited = scheduler.read().unwrap().saturating_sub(before);
        assert!(waited > Duration::from_millis(10), "{waited:?}");
    }

    #[test]
    fn the_work_is_done_and_watched() {
        let (done, disturbance) = watch(&[0], || {
            thread::sleep(Duration::from_millis(20));
            7
        });
        assert_eq!(done, 7);
        assert!(disturbance.steal >= 0.0);
    }

    #[test]
    fn work_that_panics_is_not_waited_for_without_end() {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            let panicked = panic::catch_unwind(|| watch(&[0], || panic!("on purpose")).0);
            let _ = sender.send(panicked.is_err());
        });
        let panicked = receiver.recv_timeout(Duration::from_secs(20));
        assert_eq!(panicked, Ok(true), "the probe outlives its work");
    }
}
