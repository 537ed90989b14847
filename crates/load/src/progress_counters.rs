//! Progress counters of a run.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};

/// Counts that another thread may read at any time.
#[derive(Debug, Default)]
pub struct Gauge {
    /// Connections that were opened before the schedule began.
    pub opened: AtomicUsize,
    /// Whether the schedule has begun.
    pub has_begun: AtomicBool,
    /// Good answers, those of the warm-up too.
    pub answers: AtomicU64,
    /// Requests that failed, those of the warm-up too.
    pub failures: AtomicU64,
}
