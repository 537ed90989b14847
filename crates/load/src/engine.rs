//! The loop that keeps to the schedule.

use std::{
    collections::VecDeque,
    mem,
    net::{SocketAddr, TcpStream},
    num::NonZeroU64,
    os::fd::OwnedFd,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, CreateFlags, Event, EventData, EventFlags},
    io::Errno,
    process::{Resource, Rlimit, getrlimit, setrlimit},
    thread::{current_timer_slack, set_current_timer_slack},
    time::Timespec,
};

use crate::{
    Failure, Pace, Plan, Report,
    connection::{Connection, Progress},
    schedule::Schedule,
    tally::{Job, Tally},
};

/// A connection that got no answer in a closed loop rests so long, in nanoseconds: who refuses is not
/// hammered.
const REST: u64 = 10_000_000;

/// How often the loop looks whether it was interrupted, in nanoseconds.
const LOOK: u64 = 100_000_000;

/// How much is done at once, before the loop looks at all else again.
const BATCH: usize = 256;

/// Puts the server under load, on this thread, until all requests have ended or `stop` is set.
///
/// It takes at most the warm-up, the duration and twice the timeout.
pub fn run(plan: &Plan, stop: &AtomicBool) -> Result<Report> {
    plan.check()?;
    raise_limit(plan.connections)?;
    let slack = current_timer_slack();
    // The system wakes a thread up to 50 µs late, unless it is asked for more care.
    let _ = set_current_timer_slack(NonZeroU64::new(1));
    let report = Engine::new(plan, stop).and_then(Engine::run);
    if let Ok(slack) = slack {
        let _ = set_current_timer_slack(NonZeroU64::new(slack));
    }
    report
}

struct Engine<'a> {
    plan: &'a Plan,
    stop: &'a AtomicBool,
    address: SocketAddr,
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
    under_way: usize,
    /// How many requests have been given to a connection.
    given: u64,
    schedule: Schedule,
    /// The next intended start.
    due: Option<u64>,
    tally: Tally,
    buffer: Vec<u8>,
}

/// The place of a connection, which may have to be opened again.
#[derive(Default)]
struct Slot {
    connection: Option<Connection>,
    /// How many connections there were: what happened to one before is no news.
    opened: u32,
    /// The request under way, and its number.
    job: Option<(u64, Job)>,
    /// Whether the system tells when it can be written to.
    to_write: bool,
}

impl<'a> Engine<'a> {
    fn new(plan: &'a Plan, stop: &'a AtomicBool) -> Result<Self> {
        let (address, connections) = connect(plan, stop);
        let epoll = epoll::create(CreateFlags::CLOEXEC).context("cannot wait for events")?;
        let mut schedule = Schedule::new(plan.pace, plan.warmup + plan.duration);
        let mut engine = Engine {
            plan,
            stop,
            address,
            epoll,
            slots: (0..plan.connections).map(|_| Slot::default()).collect(),
            free: (0..plan.connections).collect(),
            resting: VecDeque::new(),
            waiting: VecDeque::new(),
            limits: VecDeque::new(),
            under_way: 0,
            given: 0,
            due: schedule.next(),
            schedule,
            tally: Tally::new(plan),
            buffer: vec![0; 64 << 10],
            origin: Instant::now(),
        };
        for (slot, connection) in connections.into_iter().enumerate() {
            engine.put(slot, connection)?;
        }
        engine.origin = Instant::now();
        Ok(engine)
    }

    fn run(mut self) -> Result<Report> {
        let mut events = Vec::with_capacity(BATCH);
        while !self.stop.load(Relaxed) {
            self.expire(self.now());
            let now = self.begin_due();
            self.tally.tick(now);
            if self.is_over(now) {
                break;
            }
            let left = self.next_wake(now).saturating_sub(self.now());
            events.clear();
            match epoll::wait(
                &self.epoll,
                spare_capacity(&mut events),
                Some(&timespec(left)),
            ) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::NOSYS) => {
                    return Err(Errno::NOSYS).context("Linux 5.11 or later is needed");
                }
                Err(error) => return Err(error).context("cannot wait for events"),
            }
            for event in &events {
                self.happened(event);
                self.begin_due();
            }
        }
        let (now, origin) = (self.now(), self.origin);
        let unfinished = self.slots.iter().filter_map(|slot| slot.job.as_ref());
        let unfinished = unfinished.map(|(_, job)| job.intended);
        let unfinished: Vec<_> = unfinished.chain(self.waiting).collect();
        Ok(self.tally.report(origin, now, &unfinished))
    }

    fn now(&self) -> u64 {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Whether the time is over, and nothing awaited any more.
    fn is_over(&self, now: u64) -> bool {
        let begins = self.due.is_some() || !self.waiting.is_empty();
        now >= self.tally.end && !begins && self.under_way == 0
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
        let end = Some(self.tally.end).filter(|end| now < *end);
        let times = [self.due, limit, waiting, resting, end];
        times.into_iter().flatten().fold(now + LOOK, u64::min)
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
            while let Some((until, slot)) = self.resting.front()
                && *until <= now
            {
                self.free.push_back(*slot);
                self.resting.pop_front();
            }
            while now < self.tally.end
                && let Some(slot) = self.free.pop_front()
            {
                self.begin(slot, now, now);
                now = self.now();
            }
        }
        now
    }

    fn begin(&mut self, slot: usize, intended: u64, now: u64) {
        self.given += 1;
        self.under_way += 1;
        let limit = intended + self.timeout();
        self.limits.push_back((limit, slot, self.given));
        let job = Job {
            intended,
            given: Some(now),
        };
        self.slots[slot].job = Some((self.given, job));
        if self.slots[slot].connection.is_none() {
            let opened = Connection::open(self.address);
            let put = opened.and_then(|connection| {
                self.put(slot, connection).map_err(|_| Failure::Unreachable)
            });
            if let Err(failure) = put {
                return self.ended(slot, Progress::Failed(failure));
            }
        }
        if let Some(connection) = &mut self.slots[slot].connection {
            let progress = connection.begin(&self.plan.request);
            self.ended(slot, progress);
        }
    }

    /// Puts a connection into its slot.
    fn put(&mut self, slot: usize, connection: Connection) -> Result<()> {
        let place = &mut self.slots[slot];
        place.opened = place.opened.wrapping_add(1);
        place.to_write = false;
        let token = EventData::new_u64(u64::from(place.opened) << 32 | slot as u64);
        epoll::add(&self.epoll, &connection.stream, token, EventFlags::IN)
            .context("cannot wait for a connection")?;
        place.connection = Some(connection);
        Ok(())
    }

    /// Something has happened to a connection.
    fn happened(&mut self, event: &Event) {
        let token = { event.data }.u64();
        let slot = token as u32 as usize;
        let place = &mut self.slots[slot];
        if u64::from(place.opened) != token >> 32 {
            return;
        }
        let Some(connection) = &mut place.connection else {
            return;
        };
        if place.job.is_none() {
            // The server has closed it, or says something that nobody asked for.
            place.connection = None;
            return;
        }
        let progress = connection.go_on(&self.plan.request, &mut self.buffer);
        self.ended(slot, progress);
    }

    /// Sees whether a request has ended, and how.
    fn ended(&mut self, slot: usize, progress: Progress) {
        let outcome = match progress {
            Progress::Waits { to_write } => return self.await_writing(slot, to_write),
            Progress::Answered(whole) => {
                if !whole.keep {
                    self.slots[slot].connection = None;
                }
                self.await_writing(slot, false);
                Ok(whole.status)
            }
            Progress::Failed(failure) => {
                self.slots[slot].connection = None;
                Err(failure)
            }
        };
        let Some((_, job)) = self.slots[slot].job.take() else {
            return;
        };
        self.under_way -= 1;
        let now = self.now();
        self.tally.ended(job, now, outcome);
        if self.plan.pace == Pace::Closed && outcome.is_err() {
            self.resting.push_back((now + REST, slot));
        } else {
            self.free.push_back(slot);
        }
    }

    /// Asks the system to tell when the connection can be written to, or no more.
    fn await_writing(&mut self, slot: usize, to_write: bool) {
        let place = &mut self.slots[slot];
        let Some(connection) = &place.connection else {
            return;
        };
        if mem::replace(&mut place.to_write, to_write) != to_write {
            let token = EventData::new_u64(u64::from(place.opened) << 32 | slot as u64);
            let flags = if to_write {
                EventFlags::IN | EventFlags::OUT
            } else {
                EventFlags::IN
            };
            // A connection that cannot be watched runs into its time limit.
            let _ = epoll::modify(&self.epoll, &connection.stream, token, flags);
        }
    }

    /// Ends what has waited too long, under way or not.
    fn expire(&mut self, now: u64) {
        while let Some(&(limit, slot, number)) = self.limits.front() {
            let runs = self.slots[slot]
                .job
                .as_ref()
                .is_some_and(|(job, _)| *job == number);
            if runs && limit > now {
                break;
            }
            self.limits.pop_front();
            if runs {
                self.ended(slot, Progress::Failed(Failure::Timeout));
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
            self.tally.ended(job, now, Err(Failure::Timeout));
        }
    }
}

/// Opens connections, as long as the server takes them; the others are opened when they are needed.
fn connect(plan: &Plan, stop: &AtomicBool) -> (SocketAddr, Vec<Connection>) {
    let limit = Instant::now() + plan.timeout;
    let open = |address| {
        let left = limit.saturating_duration_since(Instant::now());
        // A moment at least: no time at all is an error.
        let left = left.max(Duration::from_millis(1));
        TcpStream::connect_timeout(address, left)
            .and_then(Connection::opened)
            .ok()
    };
    let mut connections = Vec::new();
    let mut addresses = plan.request.addresses.iter();
    let address = addresses.find(|address| {
        connections.extend(open(address));
        !connections.is_empty()
    });
    let address = address.unwrap_or(&plan.request.addresses[0]);
    while !connections.is_empty()
        && connections.len() < plan.connections
        && Instant::now() < limit
        && !stop.load(Relaxed)
        && let Some(connection) = open(address)
    {
        connections.push(connection);
    }
    (*address, connections)
}

/// Lets the process have as many descriptors as it needs.
fn raise_limit(connections: usize) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let needed = connections as u64 + 64;
    if limit.current.is_some_and(|current| current < needed) {
        let raised = Rlimit {
            current: Some(needed),
            ..limit
        };
        let most = limit.maximum.unwrap_or(u64::MAX);
        ensure!(
            needed <= most && setrlimit(Resource::Nofile, raised).is_ok(),
            "{connections} connections need {needed} descriptors, and the limit is {most}: see ulimit -n"
        );
    }
    Ok(())
}

fn timespec(nanoseconds: u64) -> Timespec {
    Timespec {
        tv_sec: (nanoseconds / 1_000_000_000) as i64,
        tv_nsec: (nanoseconds % 1_000_000_000) as i64,
    }
}
