//! Counts what becomes of the requests.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant, SystemTime},
};

use hdrhistogram::Histogram;
use rustix::time::{ClockId, clock_gettime};

use crate::{Failure, Interval, Plan, Record, Report, report::histogram};

/// At most so many intervals are kept apart: each takes up to half a megabyte.
const INTERVALS: u32 = 100;

const SECOND: u64 = 1_000_000_000;

/// A request that was meant to start, in nanoseconds since the run began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) intended: u64,
    /// When it was given to a connection.
    pub(crate) given: Option<u64>,
}

/// What is measured, from `start` to `end`.
pub(crate) struct Tally {
    plan: Plan,
    start: u64,
    pub(crate) end: u64,
    interval: u64,
    intervals: Vec<Interval>,
    late: Histogram<u64>,
    answers: Vec<u64>,
    errors: BTreeMap<Failure, u64>,
    statuses: BTreeMap<u16, u64>,
    records: Vec<Record>,
    /// The CPU time of this thread at the start and at the end, and when it was read.
    cpu: [Option<(u64, u64)>; 2],
}

impl Tally {
    pub(crate) fn new(plan: &Plan) -> Self {
        let start = plan.warmup.as_nanos() as u64;
        let interval = (plan.duration / INTERVALS).max(Duration::from_secs(1));
        Tally {
            plan: plan.clone(),
            start,
            end: start + plan.duration.as_nanos() as u64,
            interval: interval.as_nanos() as u64,
            intervals: Vec::new(),
            late: histogram(),
            answers: Vec::new(),
            errors: BTreeMap::new(),
            statuses: BTreeMap::new(),
            records: Vec::new(),
            cpu: [None; 2],
        }
    }

    /// Reads the CPU time when the measurement begins, and when it ends.
    pub(crate) fn tick(&mut self, now: u64) {
        for (read, at) in self.cpu.iter_mut().zip([self.start, self.end]) {
            if read.is_none() && now >= at {
                *read = Some((now, cpu_time()));
            }
        }
    }

    /// A request was taken up.
    pub(crate) fn late(&mut self, intended: u64, now: u64) {
        if intended >= self.start {
            self.late.saturating_record(now - intended);
        }
    }

    /// A request has ended.
    pub(crate) fn ended(&mut self, job: Job, now: u64, outcome: Result<u16, Failure>) {
        let failure = match outcome {
            Ok(status) if status >= 400 => Some(Failure::Status),
            Ok(_) => None,
            Err(failure) => Some(failure),
        };
        if failure.is_none() && (self.start..self.end).contains(&now) {
            let second = ((now - self.start) / SECOND) as usize;
            if self.answers.len() <= second {
                self.answers.resize(second + 1, 0);
            }
            self.answers[second] += 1;
        }
        if job.intended < self.start {
            return;
        }
        if let Ok(status) = outcome {
            *self.statuses.entry(status).or_default() += 1;
        }
        // What failed at once has not been fast: it counts as if it had taken all the time it had.
        let least = match failure {
            Some(failure) => {
                *self.errors.entry(failure).or_default() += 1;
                self.plan.timeout.as_nanos() as u64
            }
            None => 0,
        };
        let latency = (now - job.intended).max(least);
        let service = job.given.map(|given| (now - given).max(least));
        let intended = job.intended - self.start;
        let interval = (intended / self.interval) as usize;
        while self.intervals.len() <= interval {
            self.intervals.push(Interval::empty());
        }
        let interval = &mut self.intervals[interval];
        interval.latency.saturating_record(latency);
        if let Some(service) = service {
            interval.service.saturating_record(service);
        }
        if self.plan.records {
            self.records.push(Record {
                intended,
                latency,
                service,
                failure,
            });
        }
    }

    /// What was seen until now; the requests that have not ended are not in it.
    pub(crate) fn report(mut self, origin: Instant, now: u64, unfinished: &[u64]) -> Report {
        let (mut latency, mut service) = (histogram(), histogram());
        for interval in &self.intervals {
            latency += &interval.latency;
            service += &interval.service;
        }
        let cut = now < self.end;
        if cut {
            self.end = now.max(self.start);
            self.tick(now);
        }
        let elapsed = self.end - self.start;
        self.answers.resize(elapsed.div_ceil(SECOND) as usize, 0);
        let intervals = elapsed.div_ceil(self.interval) as usize;
        self.intervals.resize_with(intervals, Interval::empty);
        let cpu_share = match self.cpu {
            [Some((from, before)), Some((to, after))] if to > from => {
                (after - before) as f64 / (to - from) as f64
            }
            _ => 0.0,
        };
        let waits = unfinished.iter().filter(|at| **at >= self.start);
        let waits = waits.map(|at| now.saturating_sub(*at));
        let began = origin + Duration::from_nanos(self.start);
        let since = Instant::now().saturating_duration_since(began);
        Report {
            began,
            began_at: SystemTime::now() - since,
            elapsed: Duration::from_nanos(elapsed),
            pace: self.plan.pace,
            connections: self.plan.connections,
            timeout: self.plan.timeout,
            requests: latency.len(),
            latency,
            service,
            late: self.late,
            cpu_share,
            answers: self.answers,
            errors: self.errors,
            statuses: self.statuses,
            unfinished: waits.clone().count() as u64,
            unfinished_for: Duration::from_nanos(waits.max().unwrap_or(0)),
            interrupted: cut || !unfinished.is_empty(),
            intervals: self.intervals,
            interval: Duration::from_nanos(self.interval),
            records: self.records,
        }
    }
}

/// The CPU time of this thread in nanoseconds.
fn cpu_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * SECOND + time.tv_nsec as u64
}
