//! A load generator for HTTP/1.1 that keeps to its schedule. Depends on no other crate of the project.
//!
//! Start with `plan.rs` (what a run is asked to do), `engine.rs` (the event loop), `tally.rs` (what is counted) and
//! `report.rs` (the result).
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

mod addresses;
#[cfg(target_os = "linux")]
mod connection;
#[cfg(target_os = "linux")]
mod dial;
#[cfg(target_os = "linux")]
mod engine;
mod failure;
pub mod log;
mod plan;
mod plot;
mod progress_counters;
mod report;
pub mod report_text;
mod request;
mod response;
mod schedule;
mod slo;
#[cfg(target_os = "linux")]
mod socket;
#[cfg(target_os = "linux")]
mod stream;
#[cfg(target_os = "linux")]
mod tally;
mod time_format;
#[cfg(target_os = "linux")]
mod tls;
mod trust;

pub use addresses::UnknownHost;
#[cfg(target_os = "linux")]
pub use engine::{run, run_watched};
pub use failure::Failure;
pub use plan::{Arrivals, MAX_DURATION, Pace, Plan};
pub use progress_counters::Gauge;
pub use report::{Good, Interval, PERCENTILES, Record, Report, percentile};
pub use request::Request;
pub use slo::{NoSlo, Slo};
pub use trust::Trust;

/// Runs the plan; only Linux wakes a thread as exactly as that needs.
#[cfg(not(target_os = "linux"))]
pub fn run(plan: &Plan, stop: &std::sync::atomic::AtomicBool) -> anyhow::Result<Report> {
    run_watched(plan, stop, &Gauge::default())
}

/// Does the same as [`run`].
#[cfg(not(target_os = "linux"))]
pub fn run_watched(
    _: &Plan,
    _: &std::sync::atomic::AtomicBool,
    _: &Gauge,
) -> anyhow::Result<Report> {
    anyhow::bail!("the load generator needs Linux 5.11 or later")
}
