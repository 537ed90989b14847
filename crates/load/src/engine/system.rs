//! System settings of a run: the limit of descriptors, and exact timers.

use std::num::NonZeroU64;

use anyhow::{Result, ensure};
use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    thread::{current_timer_slack, set_current_timer_slack},
    time::Timespec,
};

/// Descriptors for everything but connections.
const OTHERS: u64 = 64;

/// Raises the limit of descriptors to the number needed and, if allowed, as many again for parallel attempts.
pub(super) fn raise_limit(connections: usize) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let needed = connections as u64 + OTHERS;
    let preferred = needed + connections as u64;
    let max = limit.maximum.unwrap_or(u64::MAX);
    if limit.current.is_some_and(|current| current < preferred) {
        let raised = Rlimit {
            current: Some(preferred.min(max)),
            ..limit
        };
        let is_raised = setrlimit(Resource::Nofile, raised).is_ok();
        let enough = needed <= max && (is_raised || limit.current >= Some(needed));
        ensure!(
            enough,
            "{connections} connections need {needed} descriptors, and the limit is {max}: raise it with ulimit -n"
        );
    }
    Ok(())
}

/// Does work with the system's most exact timers; by default a thread wakes up to 50 µs late.
pub(super) fn with_exact_timers<T>(work: impl FnOnce() -> T) -> T {
    let slack = current_timer_slack();
    let _ = set_current_timer_slack(NonZeroU64::new(1));
    let done = work();
    if let Ok(slack) = slack {
        let _ = set_current_timer_slack(NonZeroU64::new(slack));
    }
    done
}

pub(super) fn timespec(nanoseconds: u64) -> Timespec {
    Timespec {
        tv_sec: (nanoseconds / 1_000_000_000) as i64,
        tv_nsec: (nanoseconds % 1_000_000_000) as i64,
    }
}
