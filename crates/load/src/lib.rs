//! A load generator for HTTP/1.1 that keeps to its schedule.
//!
//! A closed loop asks again when it has its answer: while a server stalls nobody asks, and the stall is
//! seen once. Users do not wait for each other. Here each request has an intended start on a schedule
//! that does not know of answers, and its latency counts from there.
//!
//! [`run`] does all on the calling thread, with an event loop of its own, so the caller chooses the core.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod connection;
#[cfg(target_os = "linux")]
mod engine;
pub mod log;
mod plan;
mod report;
mod response;
mod schedule;
#[cfg(target_os = "linux")]
mod tally;
pub mod text;

#[cfg(target_os = "linux")]
pub use engine::run;
pub use plan::{Arrivals, Pace, Plan, Request};
pub use report::{Failure, Interval, PERCENTILES, Record, Report, percentile};

/// Runs the plan; only Linux wakes a thread as exactly as that needs.
#[cfg(not(target_os = "linux"))]
pub fn run(_: &Plan, _: &std::sync::atomic::AtomicBool) -> anyhow::Result<Report> {
    anyhow::bail!("the load generator needs Linux 5.11 or later")
}
