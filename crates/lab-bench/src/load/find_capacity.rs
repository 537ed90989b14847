//! Finds a server's capacity: runs a closed loop until `capacity_rule.rs` knows it.

use std::{sync::atomic::AtomicBool, time::Duration};

use anyhow::{Result, ensure};
use load::{Pace, Plan, Report, Request};

use lab_workspace::{process_statistics::Watch, server::Server};

use crate::load::{
    capacity_rule::{Capacity, Search, Second},
    figures::figure,
};

/// Time-out of a request.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// The request that a server gets.
pub fn request(server: &Server) -> Result<Request> {
    Request::get(&format!("http://{}/", server.address))
}

/// Finds a server's capacity: requests come as fast as it answers.
pub fn find_capacity(
    server: &Server,
    connections: usize,
    search: Search,
    stopped: &AtomicBool,
) -> Result<Capacity> {
    let mut plan = Plan::new(request(server)?, Pace::Closed);
    plan.connections = connections;
    plan.duration = search.slice();
    plan.timeout = TIMEOUT;
    let mut slices = Vec::new();
    loop {
        let watch = Watch::start(server.pid());
        let report = load::run(&plan, stopped);
        let curve = watch.end();
        let report = report?;
        ensure!(!report.interrupted, "it was stopped");
        check_answers(&report)?;
        let collections = figure(&server.stats()?, "collections");
        slices.push(Second {
            rate: report.achieved_rate(),
            busy: report.cpu_share,
            resident: curve.iter().map(|point| point[1]).max().unwrap_or(0),
            collections,
        });
        if let Some(capacity) = search.converged(&slices) {
            return Ok(capacity);
        }
    }
}

/// Refuses a report with failed requests: such a server has no capacity.
fn check_answers(report: &Report) -> Result<()> {
    let failed = report.errors.iter().next();
    ensure!(
        failed.is_none(),
        "{} of {} requests failed: {}",
        report.failed(),
        report.requests,
        failed.map_or(String::new(), |(kind, _)| kind.to_string())
    );
    Ok(())
}
