//! Counts what becomes of the requests.

use std::{
    collections::BTreeMap,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant, SystemTime},
};

use hdrhistogram::Histogram;
use rustix::time::{ClockId, clock_gettime};

use crate::{
    Failure, Gauge, Good, Interval, Plan, Record, Report, failure::Fault, report::histogram,
};

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
pub(crate) struct Tally<'a> {
    plan: &'a Plan,
    gauge: &'a Gauge,
    start: u64,
    pub(crate) end: u64,
    interval: u64,
    intervals: Vec<Interval>,
    good: Good,
    late: Histogram<u64>,
    read_late: Histogram<u64>,
    /// How many requests that are measured have begun.
    begun: u64,
    reconnected: u64,
    /// Good answers while it was measured.
    in_time: u64,
    answers: Vec<u64>,
    failures: Vec<u64>,
    errors: BTreeMap<Failure, u64>,
    first_errors: BTreeMap<Failure, String>,
    statuses: BTreeMap<u16, u64>,
    records: Vec<Record>,
    is_finished: bool,
    /// How long the generator stayed awake for nothing: that is no work.
    awake: u64,
    /// The CPU time of this thread at the start and at the end, and when it was read.
    cpu: [Option<(u64, u64)>; 2],
}

impl<'a> Tally<'a> {
    pub(crate) fn new(plan: &'a Plan, gauge: &'a Gauge) -> Self {
        let start = plan.warmup.as_nanos() as u64;
        let interval = (plan.expected() / INTERVALS).max(Duration::from_secs(1));
        Tally {
            plan,
            gauge,
            start,
            end: start + plan.duration.as_nanos() as u64,
            interval: interval.as_nanos() as u64,
            intervals: Vec::new(),
            good: Good::empty(),
            late: histogram(),
            read_late: histogram(),
            begun: 0,
            reconnected: 0,
            in_time: 0,
            answers: Vec::new(),
            failures: Vec::new(),
            errors: BTreeMap::new(),
            first_errors: BTreeMap::new(),
            statuses: BTreeMap::new(),
            records: Vec::new(),
            is_finished: false,
            awake: 0,
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

    /// All requests have ended.
    pub(crate) fn finish(&mut self, now: u64) {
        self.is_finished = true;
        if self.cpu[1].is_none() {
            self.cpu[1] = Some((now, cpu_time()));
        }
    }

    /// What is measured ends at this moment, unless it ends earlier.
    pub(crate) fn end_at(&mut self, end: u64) {
        self.end = self.end.min(end.max(self.start));
    }

    /// A request was taken up.
    pub(crate) fn late(&mut self, intended: u64, now: u64) {
        if intended >= self.start {
            self.late.saturating_record(now - intended);
        }
    }

    /// Bytes of an answer were read so long after they had arrived.
    pub(crate) fn read_late(&mut self, late: u64, now: u64) {
        if now >= self.start {
            self.read_late.saturating_record(late);
        }
    }

    /// The generator looked for events for so long, in place of sleeping.
    pub(crate) fn stayed_awake(&mut self, time: u64, now: u64) {
        if (self.start..self.end).contains(&now) {
            self.awake += time;
        }
    }

    /// A request was given to a connection.
    pub(crate) fn begun(&mut self, intended: u64) {
        self.begun += u64::from(intended >= self.start);
    }

    /// Whether as many requests have begun as are to be measured.
    pub(crate) fn is_complete(&self) -> bool {
        self.plan.requests.is_some_and(|most| self.begun >= most)
    }

    /// A request was sent again on a new connection.
    pub(crate) fn reconnected(&mut self, intended: u64) {
        self.reconnected += u64::from(intended >= self.start);
    }

    /// A request has ended.
    pub(crate) fn ended(&mut self, job: Job, now: u64, outcome: Result<u16, Fault>) {
        let status = outcome.as_ref().ok().copied();
        let fault = match outcome {
            Ok(status) if status >= 400 => {
                Some(Fault::new(Failure::Status, format!("status {status}")))
            }
            Ok(_) => None,
            Err(fault) => Some(fault),
        };
        self.count(now, fault.is_some());
        if job.intended < self.start {
            return;
        }
        if let Some(status) = status {
            *self.statuses.entry(status).or_default() += 1;
        }
        // What failed at once has not been fast: it counts as if it had taken all the time it had.
        let least = match &fault {
            Some(_) => self.plan.timeout.as_nanos() as u64,
            None => 0,
        };
        let latency = (now - job.intended).max(least);
        let service = job.given.map(|given| (now - given).max(least));
        let failure = fault.as_ref().map(|fault| fault.kind);
        if fault.is_none() {
            self.good.record(latency, service);
        }
        if let Some(fault) = fault {
            *self.errors.entry(fault.kind).or_default() += 1;
            self.first_errors.entry(fault.kind).or_insert(fault.why);
        }
        let intended = job.intended - self.start;
        let interval = self.interval_of(intended);
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

    /// Counts an end by the second in which it came.
    fn count(&mut self, now: u64, failed: bool) {
        let (all, seconds) = if failed {
            (&self.gauge.failures, &mut self.failures)
        } else {
            (&self.gauge.answers, &mut self.answers)
        };
        // Nobody else writes to it.
        all.store(all.load(Relaxed) + 1, Relaxed);
        if now < self.start {
            return;
        }
        let second = ((now - self.start) / SECOND) as usize;
        if seconds.len() <= second {
            seconds.resize(second + 1, 0);
        }
        seconds[second] += 1;
        self.in_time += u64::from(!failed && now < self.end);
    }

    /// The interval of an intended start. Where nobody knows how long a run takes, intervals become longer.
    fn interval_of(&mut self, intended: u64) -> &mut Interval {
        while intended / self.interval >= u64::from(INTERVALS) {
            self.interval *= 2;
            let mut halves = std::mem::take(&mut self.intervals).into_iter();
            while let Some(mut first) = halves.next() {
                if let Some(second) = halves.next() {
                    first.latency += &second.latency;
                    first.service += &second.service;
                }
                self.intervals.push(first);
            }
        }
        let place = (intended / self.interval) as usize;
        while self.intervals.len() <= place {
            self.intervals.push(Interval::empty());
        }
        &mut self.intervals[place]
    }

    /// What was seen until now; the requests that have not ended are not in it.
    pub(crate) fn report(mut self, origin: Instant, now: u64, unfinished: &[u64]) -> Report {
        let (mut latency, mut service) = (histogram(), histogram());
        for interval in &self.intervals {
            latency += &interval.latency;
            service += &interval.service;
        }
        let cut = now < self.end && !self.is_finished;
        if cut {
            self.end = now.max(self.start);
            self.tick(now);
        }
        let elapsed = self.end - self.start;
        let seconds = elapsed.div_ceil(SECOND) as usize;
        for counts in [&mut self.answers, &mut self.failures] {
            counts.resize(counts.len().max(seconds), 0);
        }
        let intervals = elapsed.div_ceil(self.interval) as usize;
        let intervals = intervals.max(self.intervals.len());
        self.intervals.resize_with(intervals, Interval::empty);
        let cpu_share = match self.cpu {
            [Some((from, before)), Some((to, after))] if to > from => {
                (after - before).saturating_sub(self.awake) as f64 / (to - from) as f64
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
            plan: self.plan.clone(),
            address: None,
            requests: latency.len(),
            latency,
            service,
            good: self.good,
            late: self.late,
            read_late: self.read_late,
            cpu_share,
            in_time: self.in_time,
            answers: self.answers,
            failures: self.failures,
            errors: self.errors,
            first_errors: self.first_errors,
            reconnected: self.reconnected,
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
