//! The loop that keeps to the schedule.

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

/// A connection that got no answer in a closed loop rests so long, in nanoseconds: who refuses is not
/// hammered.
const REST: u64 = 10_000_000;

/// In a closed loop the thread does not sleep for so long behind its last event, in nanoseconds: a server
/// would pay for each of its wakings, up to an eighth of its own CPU time for a small answer.
const AWAKE: u64 = 5_000;

/// How much is done at once, before the loop looks at all else again.
const BATCH: usize = 256;

/// Puts the server under load, on this thread, until all requests have ended or `stop` is set.
///
/// It takes at most the warm-up, the duration and twice the timeout.
pub fn run(plan: &Plan, stop: &AtomicBool) -> Result<Report> {
    run_watched(plan, stop, &Gauge::default())
}

/// Does the same as [`run`], and lets others see how far it is.
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
    /// What makes sessions, if the connections are encrypted.
    client: Option<Client>,
    origin: Instant,
    epoll: OwnedFd,
    slots: Vec<Slot>,
    /// Slots without a request; the one that is longest without is taken first.
    free: VecDeque<usize>,
    /// In a closed loop, slots that rest, and until when.
    resting: VecDeque<(u64, usize)>,
    /// In an open loop, the intended starts of requests that wait for a slot.
    waiting: VecDeque<u64>,
    /// Slot and number of requests under way, in the order of their time limits.
    limits: VecDeque<(u64, usize, u64)>,
    /// When a slot tries its next address beside the one of this generation.
    beside: VecDeque<(u64, usize, u32)>,
    under_way: usize,
    /// How many requests have been given to a connection.
    given: u64,
    schedule: Schedule,
    /// The next intended start.
    due: Option<u64>,
    tally: Tally<'a>,
    events: Vec<Event>,
    buffer: Vec<u8>,
    /// Whether a connection failed that no request had asked for.
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
            resting: VecDeque::new(),
            waiting: VecDeque::new(),
            limits: VecDeque::new(),
            beside: VecDeque::new(),
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
        self.open_ahead()?;
        self.origin = Instant::now();
        self.has_begun = true;
        self.gauge.has_begun.store(true, Relaxed);
        while !self.stop.load(Relaxed) {
            self.expire(self.now());
            self.try_beside(self.now());
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

    /// Waits until something happens or this moment comes, and sees to what happened.
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
            self.happened(event);
            if self.has_begun {
                self.begin_due();
            }
        }
        self.events = events;
        Ok(())
    }

    /// Looks for events without sleeping, for a moment.
    fn stay_awake(&mut self, events: &mut Vec<Event>) -> Result<()> {
        let begun = self.now();
        let mut now = begun;
        while events.is_empty() && now < begun + AWAKE {
            self.poll(events, 0)?;
            now = self.now();
        }
        self.tally.stayed_awake((now - begun).min(AWAKE), now);
        Ok(())
    }

    /// Asks the system for events, and sleeps until there are some, at most so many nanoseconds.
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

    /// Whether the time is over, and nothing awaited any more.
    fn is_over(&mut self, now: u64) -> bool {
        let begins = self.due.is_some() || !self.waiting.is_empty();
        if begins || self.under_way > 0 {
            return false;
        }
        let is_closed = self.plan.pace == Pace::Closed;
        if is_closed && self.tally.is_complete() {
            self.tally.end_at(now);
        }
        // The share of time that belongs to the last request is counted, and not waited for.
        let is_complete = now >= self.tally.end || (!is_closed && self.schedule.is_complete());
        if is_complete {
            self.tally.finish(now);
        }
        is_complete
    }

    /// When there is something to do, whatever happens.
    fn next_wake(&self, now: u64) -> u64 {
        if !self.waiting.is_empty() && !self.free.is_empty() {
            return now;
        }
        let limit = self.limits.front().map(|(limit, ..)| *limit);
        let waiting = self
            .waiting
            .front()
            .map(|intended| intended + self.timeout());
        let resting = self.resting.front().map(|(until, _)| *until);
        let beside = self.beside.front().map(|(at, ..)| *at);
        let end = Some(self.tally.end).filter(|end| now < *end);
        let times = [self.due, limit, waiting, resting, beside, end];
        let latest = now + POLL.as_nanos() as u64;
        times.into_iter().flatten().fold(latest, u64::min)
    }

    fn timeout(&self) -> u64 {
        self.plan.timeout.as_nanos() as u64
    }

    /// Begins all that should have begun by now, and tells what time it is.
    fn begin_due(&mut self) -> u64 {
        let mut now = self.now();
        for _ in 0..BATCH {
            let due = self.due.filter(|intended| *intended <= now);
            if let Some(intended) = due {
                self.tally.late(intended, now);
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

    /// In a closed loop every slot asks that is free and has rested.
    fn begin_closed(&mut self, mut now: u64) -> u64 {
        while let Some((until, slot)) = self.resting.front()
            && *until <= now
        {
            self.free.push_back(*slot);
            self.resting.pop_front();
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
            self.see(slot, progress);
        } else {
            self.dial(slot);
        }
    }

    /// A request has ended, well or not.
    fn ended(&mut self, slot: usize, outcome: Result<u16, Fault>) {
        let Some((_, job)) = self.slots[slot].job.take() else {
            self.is_refused = true;
            return;
        };
        self.under_way -= 1;
        let now = self.now();
        let has_failed = outcome.is_err();
        self.tally.ended(job, now, outcome);
        if self.plan.pace == Pace::Closed && has_failed {
            self.resting.push_back((now + REST, slot));
        } else {
            self.free.push_back(slot);
        }
    }

    /// Ends what has waited too long, under way or not.
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
                self.see(slot, Progress::Failed(Fault::new(Failure::Timeout, why)));
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
