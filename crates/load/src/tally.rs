//! Counts the results of requests during a run, and makes the report.

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

/// Largest number of intervals: each takes up to half a megabyte.
const MAX_INTERVALS: u32 = 100;

const SECOND: u64 = 1_000_000_000;

/// A scheduled request; times in nanoseconds since the run began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) intended: u64,
    /// When it was given to a connection.
    pub(crate) given: Option<u64>,
}

/// Counts and times of the measurement, from `start` to `end`.
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
    /// Measured requests that have started.
    begun: u64,
    reconnected: u64,
    /// Good answers during the measurement.
    in_time: u64,
    answers: Vec<u64>,
    failures: Vec<u64>,
    errors: BTreeMap<Failure, u64>,
    first_errors: BTreeMap<Failure, String>,
    statuses: BTreeMap<u16, u64>,
    records: Vec<Record>,
    is_finished: bool,
    /// Time that the generator spun without an event, which is not work.
    awake: u64,
    /// CPU time of this thread at the start and at the end, and when each was read.
    cpu: [Option<(u64, u64)>; 2],
}

impl<'a> Tally<'a> {
    pub(crate) fn new(plan: &'a Plan, gauge: &'a Gauge) -> Self {
        let start = plan.warmup.as_nanos() as u64;
        let interval = (plan.expected() / MAX_INTERVALS).max(Duration::from_secs(1));
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

    /// Reads the CPU time when the measurement begins and ends.
    pub(crate) fn tick(&mut self, now: u64) {
        for (read, at) in self.cpu.iter_mut().zip([self.start, self.end]) {
            if read.is_none() && now >= at {
                *read = Some((now, cpu_time()));
            }
        }
    }

    /// Notes that all requests have ended.
    pub(crate) fn finish(&mut self, now: u64) {
        self.is_finished = true;
        if self.cpu[1].is_none() {
            self.cpu[1] = Some((now, cpu_time()));
        }
    }

    /// Ends the measurement at this time, or earlier if it already ends earlier.
    pub(crate) fn end_at(&mut self, end: u64) {
        self.end = self.end.min(end.max(self.start));
    }

    /// Records how late a request was taken up.
    pub(crate) fn taken_up(&mut self, intended: u64, now: u64) {
        if intended >= self.start {
            self.late.saturating_record(now - intended);
        }
    }

    /// Records how late bytes of an answer were read.
    pub(crate) fn read_late(&mut self, late: u64, now: u64) {
        if now >= self.start {
            self.read_late.saturating_record(late);
        }
    }

    /// Records time that the generator spun instead of sleeping.
    pub(crate) fn stayed_awake(&mut self, time: u64, now: u64) {
        if (self.start..self.end).contains(&now) {
            self.awake += time;
        }
    }

    /// Records that a request was given to a connection.
    pub(crate) fn begun(&mut self, intended: u64) {
        self.begun += u64::from(intended >= self.start);
    }

    /// Whether enough requests have started.
    pub(crate) fn is_complete(&self) -> bool {
        self.plan.requests.is_some_and(|max| self.begun >= max)
    }

    /// Records that a request was sent again on a new connection.
    pub(crate) fn reconnected(&mut self, intended: u64) {
        self.reconnected += u64::from(intended >= self.start);
    }

    /// Records the end of a request.
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
        // A fast failure is not fast service: it counts as at least the timeout.
        let min = match &fault {
            Some(_) => self.plan.timeout.as_nanos() as u64,
            None => 0,
        };
        let latency = (now - job.intended).max(min);
        let service = job.given.map(|given| (now - given).max(min));
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

    /// Counts the end of a request in its second.
    fn count(&mut self, now: u64, failed: bool) {
        let (all, seconds) = if failed {
            (&self.gauge.failures, &mut self.failures)
        } else {
            (&self.gauge.answers, &mut self.answers)
        };
        // This thread is the only writer.
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

    /// The interval of an intended start. Intervals become longer if the run takes longer than expected.
    fn interval_of(&mut self, intended: u64) -> &mut Interval {
        while intended / self.interval >= u64::from(MAX_INTERVALS) {
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

    /// The report so far, without requests under way.
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
