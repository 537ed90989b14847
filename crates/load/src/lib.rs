//! A load generator for HTTP/1.1 that keeps to its schedule.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

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
