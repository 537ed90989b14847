//! The places of connections: how they are opened, watched and closed.

use std::{mem, sync::atomic::Ordering::Relaxed};

use anyhow::Result;
use rustix::event::epoll::{self, Event, EventData, EventFlags};

use super::Engine;
use crate::{
    addresses::POLL,
    connection::{Connection, Progress},
    dial::{Attempt, Dial, STAGGER},
    stream::Stream,
    tally::Job,
};

/// So many connections are opened at once, before the schedule begins.
const AHEAD: usize = 64;

/// One of so many connections tells when its answers arrived: noting that costs time.
const STAMPED: usize = 8;

/// The place of a connection, which may have to be opened again.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) state: State,
    /// How many sockets there were: what happened to one before is no news.
    generation: u32,
    /// The request under way, and its number.
    pub(super) job: Option<(u64, Job)>,
    /// Whether the system tells when the connection can be written to.
    to_write: bool,
}

/// What is in a slot.
#[derive(Default)]
pub(super) enum State {
    #[default]
    Empty,
    Dialing(Dial),
    Open(Connection),
}

impl Slot {
    /// What the request under way waits for.
    pub(super) fn waits_for(&self) -> String {
        match &self.state {
            State::Empty => "there was no connection".to_owned(),
            State::Dialing(dial) => format!("no connection to {}", dial.awaited()),
            State::Open(connection) => connection.waits_for(),
        }
    }

    fn is_opening(&self) -> bool {
        match &self.state {
            State::Empty => false,
            State::Dialing(_) => true,
            State::Open(connection) => !connection.stream.is_ready(),
        }
    }

    fn is_ready(&self) -> bool {
        matches!(&self.state, State::Open(connection) if connection.stream.is_ready())
    }
}

fn token(generation: u32, slot: usize) -> EventData {
    EventData::new_u64(u64::from(generation) << 32 | slot as u64)
}

impl Engine<'_> {
    /// Opens connections before the schedule begins, as long as the server takes them; the others are
    /// opened when they are needed.
    pub(super) fn open_ahead(&mut self) -> Result<()> {
        let (mut begun, mut ready) = (0, 0);
        let mut limit = self.now() + self.timeout();
        while !self.stop.load(Relaxed) && self.now() < limit {
            let opening = self.slots[..begun].iter().filter(|slot| slot.is_opening());
            // The first one finds the address.
            let room = if ready == 0 { 1 } else { AHEAD };
            let room = room.saturating_sub(opening.count());
            let more = (begun + room).min(self.slots.len());
            while begun < more && !self.is_refused {
                self.dial(begun);
                begun += 1;
            }
            let before = mem::replace(&mut ready, self.count_ready(begun));
            if ready > before {
                self.gauge.opened.store(ready, Relaxed);
                limit = self.now() + self.timeout();
            }
            let is_opening = self.slots[..begun].iter().any(Slot::is_opening);
            if !is_opening && (begun == self.slots.len() || self.is_refused) {
                break;
            }
            if is_opening {
                let now = self.now();
                let beside = self.beside.front().map_or(u64::MAX, |(at, ..)| *at);
                self.wait(beside.min(limit).min(now + POLL.as_nanos() as u64))?;
                self.try_beside(self.now());
            }
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.is_opening()) {
            slot.state = State::Empty;
        }
        self.beside.clear();
        Ok(())
    }

    fn count_ready(&self, begun: usize) -> usize {
        self.slots[..begun]
            .iter()
            .filter(|slot| slot.is_ready())
            .count()
    }

    /// Begins to open the connection of a slot.
    pub(super) fn dial(&mut self, slot: usize) {
        self.slots[slot].state = State::Dialing(Dial::new(self.addresses.order()));
        self.try_next(slot);
    }

    /// Tries the next address of a slot; where none is left, and none under way, there is no connection.
    fn try_next(&mut self, slot: usize) {
        let place = &mut self.slots[slot];
        let State::Dialing(dial) = &mut place.state else {
            return;
        };
        loop {
            place.generation = place.generation.wrapping_add(1);
            let generation = place.generation;
            let Some(attempt) = dial.try_next(generation) else {
                break;
            };
            let flags = EventFlags::IN | EventFlags::OUT;
            let token = token(generation, slot);
            match epoll::add(&self.epoll, &attempt.socket, token, flags) {
                Ok(()) if dial.has_more() => {
                    let at = self.origin.elapsed().as_nanos() as u64 + STAGGER;
                    self.beside.push_back((at, slot, generation));
                    break;
                }
                Ok(()) => break,
                Err(error) => dial.abandon(generation, &error.into()),
            }
        }
        if let Some(fault) = dial.fault().cloned() {
            self.see(slot, Progress::Failed(fault));
        }
    }

    /// Tries further addresses beside those that have not answered for a while.
    pub(super) fn try_beside(&mut self, now: u64) {
        while let Some(&(at, slot, generation)) = self.beside.front()
            && at <= now
        {
            self.beside.pop_front();
            let place = &self.slots[slot];
            if matches!(place.state, State::Dialing(_)) && place.generation == generation {
                self.try_next(slot);
            }
        }
    }

    /// Something has happened to a socket.
    pub(super) fn happened(&mut self, event: &Event) {
        let token = { event.data }.u64();
        let (slot, generation) = (token as u32 as usize, (token >> 32) as u32);
        let place = &mut self.slots[slot];
        match &mut place.state {
            State::Dialing(dial) if dial.tries(generation) => match dial.finish(generation) {
                Some(attempt) => self.connected(slot, attempt),
                None => self.try_next(slot),
            },
            State::Open(connection) if connection.generation == generation => {
                let progress = if place.job.is_some() {
                    connection.go_on(&self.plan.request, &mut self.buffer)
                } else {
                    connection.idle(&mut self.buffer)
                };
                let late = connection.stream.take_late();
                if place.job.is_none() && connection.stream.is_ready() && is_failed(&progress) {
                    place.state = State::Empty;
                    return;
                }
                if let Some(late) = late {
                    self.tally.read_late(late, self.now());
                }
                self.see(slot, progress);
            }
            _ => {}
        }
    }

    /// A slot has its socket.
    fn connected(&mut self, slot: usize, attempt: Attempt) {
        self.addresses.prefer(attempt.address);
        let is_stamped = slot.is_multiple_of(STAMPED);
        let place = &mut self.slots[slot];
        place.to_write = true;
        let progress = match Stream::new(attempt.socket, is_stamped, self.client.as_ref()) {
            Err(fault) => Progress::Failed(fault),
            Ok(stream) => {
                let mut connection = Connection::new(stream, attempt.generation);
                let progress = if place.job.is_some() {
                    connection.begin(&self.plan.request, false)
                } else {
                    connection.open()
                };
                place.state = State::Open(connection);
                progress
            }
        };
        self.see(slot, progress);
    }

    /// Sees what became of a slot's connection and its request.
    pub(super) fn see(&mut self, slot: usize, progress: Progress) {
        let outcome = match progress {
            Progress::Waits { to_write } => return self.await_writing(slot, to_write),
            Progress::Ready => return self.await_writing(slot, false),
            Progress::Answered(whole) => {
                if self.may_repeat(slot, |connection| connection.was_too_idle(whole)) {
                    return self.dial(slot);
                }
                if whole.keep {
                    self.await_writing(slot, false);
                } else {
                    self.slots[slot].state = State::Empty;
                }
                Ok(whole.status)
            }
            Progress::Failed(fault) => {
                if self.may_repeat(slot, |connection| connection.met_its_end(&fault)) {
                    return self.dial(slot);
                }
                self.slots[slot].state = State::Empty;
                Err(fault)
            }
        };
        self.ended(slot, outcome);
    }

    /// Whether a request is sent again: once, on a new connection, because the server had given up the one
    /// that was kept before it could have seen the request. `gave_up` is asked of open connections only.
    fn may_repeat(&mut self, slot: usize, gave_up: impl FnOnce(&Connection) -> bool) -> bool {
        let place = &self.slots[slot];
        let (State::Open(connection), Some((_, job))) = (&place.state, &place.job) else {
            return false;
        };
        let may = self.plan.request.is_idempotent || self.plan.retry_any;
        let again = may && gave_up(connection);
        if again {
            self.tally.reconnected(job.intended);
        }
        again
    }

    /// Asks the system to tell when the connection can be written to, or no more.
    fn await_writing(&mut self, slot: usize, to_write: bool) {
        let place = &mut self.slots[slot];
        let State::Open(connection) = &place.state else {
            return;
        };
        if mem::replace(&mut place.to_write, to_write) != to_write {
            let flags = if to_write {
                EventFlags::IN | EventFlags::OUT
            } else {
                EventFlags::IN
            };
            let token = token(connection.generation, slot);
            // A connection that cannot be watched runs into its time limit.
            let _ = epoll::modify(&self.epoll, &connection.stream, token, flags);
        }
    }
}

fn is_failed(progress: &Progress) -> bool {
    matches!(progress, Progress::Failed(_))
}
