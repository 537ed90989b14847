//! The event loop: starts requests on schedule and handles their answers.

mod retry;
mod slot;
mod system;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    os::fd::OwnedFd,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Instant,
};

use anyhow::{Context, Result};
use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, CreateFlags, Event},
    io::Errno,
};

use self::slot::{Slot, State};
use crate::{
    Failure, Gauge, Pace, Plan, Report,
    addresses::{Addresses, POLL},
    connection::Progress,
    failure::Fault,
    schedule::Schedule,
    tally::{Job, Tally},
    tls::Client,
};

/// Pause of a connection after a failure in a closed loop, in nanoseconds: a refusing server is not hammered.
const PAUSE: u64 = 10_000_000;

/// In a closed loop the thread spins this long after its last event, in nanoseconds. Waking a sleeping thread would
/// cost the server up to an eighth of its own CPU time for a small answer.
const SPIN: u64 = 5_000;

/// Largest number of requests to start or events to take at once.
const BATCH: usize = 256;

/// Puts the server under load in this thread, until all requests have ended or `stop` is set.
///
/// Takes at most the warm-up, the duration and twice the timeout.
pub fn run(plan: &Plan, stop: &AtomicBool) -> Result<Report> {
    run_watched(plan, stop, &Gauge::default())
}

/// Does the same as [`run`], and publishes its progress.
pub fn run_watched(plan: &Plan, stop: &AtomicBool, gauge: &Gauge) -> Result<Report> {
    plan.check()?;
    let client = plan.request.client()?;
    let Some(addresses) = Addresses::find(&plan.request, plan.timeout, stop)? else {
        return Ok(Tally::new(plan, gauge).report(Instant::now(), 0, &[]));
    };
    system::raise_limit(plan.connections)?;
    system::with_exact_timers(|| Engine::new(plan, stop, gauge, addresses, client)?.run())
}

struct Engine<'a> {
    plan: &'a Plan,
    stop: &'a AtomicBool,
    gauge: &'a Gauge,
    addresses: Addresses,
    /// TLS client, if the connections are encrypted.
    client: Option<Client>,
    origin: Instant,
    epoll: OwnedFd,
    slots: Vec<Slot>,
    /// Slots without a request, the longest idle first.
    free: VecDeque<usize>,
    /// In a closed loop, slots that pause, and until when.
    pausing: VecDeque<(u64, usize)>,
    /// In an open loop, the intended starts of requests that wait for a slot.
    waiting: VecDeque<u64>,
    /// Slot and number of requests under way, in the order of their time limits.
    limits: VecDeque<(u64, usize, u64)>,
    /// When a slot tries its next address, while the attempt of this generation is under way.
    next_attempts: VecDeque<(u64, usize, u32)>,
    under_way: usize,
    /// Number of requests that were given to a connection.
    given: u64,
    schedule: Schedule,
    /// The next intended start.
    due: Option<u64>,
    tally: Tally<'a>,
    events: Vec<Event>,
    buffer: Vec<u8>,
    /// Whether a connection without a request failed.
    is_refused: bool,
    /// Whether the schedule has begun.
    has_begun: bool,
}

impl<'a> Engine<'a> {
    fn new(
        plan: &'a Plan,
        stop: &'a AtomicBool,
        gauge: &'a Gauge,
        addresses: Addresses,
        client: Option<Client>,
    ) -> Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC).context("cannot wait for events")?;
        let mut schedule = Schedule::new(plan);
        Ok(Engine {
            plan,
            stop,
            gauge,
            addresses,
            client,
            epoll,
            slots: (0..plan.connections).map(|_| Slot::default()).collect(),
            free: (0..plan.connections).collect(),
            pausing: VecDeque::new(),
            waiting: VecDeque::new(),
            limits: VecDeque::new(),
            next_attempts: VecDeque::new(),
            under_way: 0,
            given: 0,
            due: schedule.next(),
            schedule,
            tally: Tally::new(plan, gauge),
            events: Vec::with_capacity(BATCH),
            buffer: vec![0; 64 << 10],
            is_refused: false,
            has_begun: false,
            origin: Instant::now(),
        })
    }

    fn run(mut self) -> Result<Report> {
        self.open_connections()?;
        self.origin = Instant::now();
        self.has_begun = true;
        self.gauge.has_begun.store(true, Relaxed);
        while !self.stop.load(Relaxed) {
            self.expire(self.now());
            self.try_next_addresses(self.now());
            let now = self.begin_due();
            self.tally.tick(now);
            if self.is_over(now) {
                break;
            }
            self.wait(self.next_wake(now))?;
        }
        let (now, origin) = (self.now(), self.origin);
        let address = self.addresses.best();
        let unfinished = self.slots.iter().filter_map(|slot| slot.job.as_ref());
        let unfinished = unfinished.map(|(_, job)| job.intended);
        let unfinished: Vec<_> = unfinished.chain(self.waiting).collect();
        let mut report = self.tally.report(origin, now, &unfinished);
        report.address = address;
        Ok(report)
    }

    /// Waits for events until this time, and handles them.
    fn wait(&mut self, until: u64) -> Result<()> {
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        if self.has_begun && self.plan.pace == Pace::Closed {
            self.stay_awake(&mut events)?;
        }
        if events.is_empty() {
            self.poll(&mut events, until.saturating_sub(self.now()))?;
        }
        for event in &events {
            self.handle_event(event);
            if self.has_begun {
                self.begin_due();
            }
        }
        self.events = events;
        Ok(())
    }

    /// Polls for events for a moment, without sleeping.
    fn stay_awake(&mut self, events: &mut Vec<Event>) -> Result<()> {
        let begun = self.now();
        let mut now = begun;
        while events.is_empty() && now < begun + SPIN {
            self.poll(events, 0)?;
            now = self.now();
        }
        self.tally.stayed_awake((now - begun).min(SPIN), now);
        Ok(())
    }

    /// Waits for events for at most `sleep` nanoseconds.
    fn poll(&self, events: &mut Vec<Event>, sleep: u64) -> Result<()> {
        let sleep = system::timespec(sleep);
        match epoll::wait(&self.epoll, spare_capacity(events), Some(&sleep)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(Errno::NOSYS) => Err(Errno::NOSYS).context("Linux 5.11 or later is needed"),
            Err(error) => Err(error).context("cannot wait for events"),
        }
    }

    fn now(&self) -> u64 {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Whether the time is over and no request is under way.
    fn is_over(&mut self, now: u64) -> bool {
        let begins = self.due.is_some() || !self.waiting.is_empty();
        if begins || self.under_way > 0 {
            return false;
        }
        let is_closed = self.plan.pace == Pace::Closed;
        if is_closed && self.tally.is_complete() {
            self.tally.end_at(now);
        }
        // The time after the last request counts, but there is no need to wait for it.
        let is_complete = now >= self.tally.end || (!is_closed && self.schedule.is_complete());
        if is_complete {
            self.tally.finish(now);
        }
        is_complete
    }

    /// The latest time to wake up.
    fn next_wake(&self, now: u64) -> u64 {
        if !self.waiting.is_empty() && !self.free.is_empty() {
            return now;
        }
        let limit = self.limits.front().map(|(limit, ..)| *limit);
        let waiting = self
            .waiting
            .front()
            .map(|intended| intended + self.timeout());
        let pausing = self.pausing.front().map(|(until, _)| *until);
        let next_attempt = self.next_attempts.front().map(|(at, ..)| *at);
        let end = Some(self.tally.end).filter(|end| now < *end);
        let times = [self.due, limit, waiting, pausing, next_attempt, end];
        let latest = now + POLL.as_nanos() as u64;
        times.into_iter().flatten().fold(latest, u64::min)
    }

    fn timeout(&self) -> u64 {
        self.plan.timeout.as_nanos() as u64
    }

    /// Starts the requests that are due; returns the current time.
    fn begin_due(&mut self) -> u64 {
        let mut now = self.now();
        for _ in 0..BATCH {
            let due = self.due.filter(|intended| *intended <= now);
            if let Some(intended) = due {
                self.tally.taken_up(intended, now);
                self.waiting.push_back(intended);
                self.due = self.schedule.next();
                if self.due.is_none() {
                    self.tally.end_at(self.schedule.end());
                }
            }
            if !self.waiting.is_empty()
                && let Some(slot) = self.free.pop_front()
                && let Some(intended) = self.waiting.pop_front()
            {
                self.begin(slot, intended, now);
            } else if due.is_none() {
                break;
            }
            now = self.now();
        }
        if self.plan.pace == Pace::Closed {
            now = self.begin_closed(now);
        }
        now
    }

    /// In a closed loop: starts a request on each free slot whose pause is over.
    fn begin_closed(&mut self, mut now: u64) -> u64 {
        while let Some((until, slot)) = self.pausing.front()
            && *until <= now
        {
            self.free.push_back(*slot);
            self.pausing.pop_front();
        }
        while now < self.tally.end
            && !self.tally.is_complete()
            && let Some(slot) = self.free.pop_front()
        {
            self.begin(slot, now, now);
            now = self.now();
        }
        now
    }

    fn begin(&mut self, slot: usize, intended: u64, now: u64) {
        self.given += 1;
        self.under_way += 1;
        self.tally.begun(intended);
        let limit = intended + self.timeout();
        self.limits.push_back((limit, slot, self.given));
        let job = Job {
            intended,
            given: Some(now),
        };
        let place = &mut self.slots[slot];
        place.job = Some((self.given, job));
        if let State::Open(connection) = &mut place.state {
            let progress = connection.begin(&self.plan.request, true);
            self.handle_progress(slot, progress);
        } else {
            self.dial(slot);
        }
    }

    /// Records the end of a request.
    fn end_request(&mut self, slot: usize, outcome: Result<u16, Fault>) {
        let Some((_, job)) = self.slots[slot].job.take() else {
            self.is_refused = true;
            return;
        };
        self.under_way -= 1;
        let now = self.now();
        let has_failed = outcome.is_err();
        self.tally.ended(job, now, outcome);
        if self.plan.pace == Pace::Closed && has_failed {
            self.pausing.push_back((now + PAUSE, slot));
        } else {
            self.free.push_back(slot);
        }
    }

    /// Fails requests that exceeded their time limit.
    fn expire(&mut self, now: u64) {
        while let Some(&(limit, slot, number)) = self.limits.front() {
            let place = &self.slots[slot];
            let runs = place.job.as_ref().is_some_and(|(job, _)| *job == number);
            if runs && limit > now {
                break;
            }
            self.limits.pop_front();
            if runs {
                let why = self.slots[slot].waits_for();
                self.handle_progress(slot, Progress::Failed(Fault::new(Failure::Timeout, why)));
            }
        }
        while let Some(&intended) = self.waiting.front()
            && intended + self.timeout() <= now
        {
            self.waiting.pop_front();
            let job = Job {
                intended,
                given: None,
            };
            let fault = Fault::new(Failure::Timeout, "all connections were busy");
            self.tally.ended(job, now, Err(fault));
        }
    }
}
