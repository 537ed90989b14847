//! Slots: each holds a connection, which is opened, watched and closed here.

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

/// Connections that are opened in parallel before the schedule begins.
const MAX_OPENING: usize = 64;

/// One in this many connections records when its answers arrived, because time stamps cost time.
const STAMP_EVERY: usize = 8;

/// Place of a connection, which may be opened again.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) state: State,
    /// Number of sockets so far; events of earlier sockets are ignored.
    generation: u32,
    /// The request under way, and its number.
    pub(super) job: Option<(u64, Job)>,
    /// Whether the connection is watched for room to write.
    to_write: bool,
}

/// The content of a slot.
#[derive(Default)]
pub(super) enum State {
    #[default]
    Empty,
    Dialing(Dial),
    Open(Connection),
}

impl Slot {
    /// Describes what the request under way waits for.
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
    /// Opens connections before the schedule begins, until the server refuses one; the others are opened on demand.
    pub(super) fn open_connections(&mut self) -> Result<()> {
        let (mut begun, mut ready) = (0, 0);
        let mut limit = self.now() + self.timeout();
        while !self.stop.load(Relaxed) && self.now() < limit {
            let opening = self.slots[..begun].iter().filter(|slot| slot.is_opening());
            // The first connection finds the address.
            let room = if ready == 0 { 1 } else { MAX_OPENING };
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
                let next = self.next_attempts.front().map_or(u64::MAX, |(at, ..)| *at);
                self.wait(next.min(limit).min(now + POLL.as_nanos() as u64))?;
                self.try_next_addresses(self.now());
            }
        }
        for slot in self.slots.iter_mut().filter(|slot| slot.is_opening()) {
            slot.state = State::Empty;
        }
        self.next_attempts.clear();
        Ok(())
    }

    fn count_ready(&self, begun: usize) -> usize {
        self.slots[..begun]
            .iter()
            .filter(|slot| slot.is_ready())
            .count()
    }

    /// Starts to open the connection of a slot.
    pub(super) fn dial(&mut self, slot: usize) {
        self.slots[slot].state = State::Dialing(Dial::new(self.addresses.order()));
        self.try_next(slot);
    }

    /// Tries the next address of a slot; fails if no address is left and no attempt is under way.
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
                    self.next_attempts.push_back((at, slot, generation));
                    break;
                }
                Ok(()) => break,
                Err(error) => dial.abandon(generation, &error.into()),
            }
        }
        if let Some(fault) = dial.fault().cloned() {
            self.handle_progress(slot, Progress::Failed(fault));
        }
    }

    /// Tries further addresses where an attempt is slow.
    pub(super) fn try_next_addresses(&mut self, now: u64) {
        while let Some(&(at, slot, generation)) = self.next_attempts.front()
            && at <= now
        {
            self.next_attempts.pop_front();
            let place = &self.slots[slot];
            if matches!(place.state, State::Dialing(_)) && place.generation == generation {
                self.try_next(slot);
            }
        }
    }

    /// Handles an event of a socket.
    pub(super) fn handle_event(&mut self, event: &Event) {
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
                self.handle_progress(slot, progress);
            }
            _ => {}
        }
    }

    /// Handles a new connection of a slot.
    fn connected(&mut self, slot: usize, attempt: Attempt) {
        self.addresses.prefer(attempt.address);
        let is_stamped = slot.is_multiple_of(STAMP_EVERY);
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
        self.handle_progress(slot, progress);
    }

    /// Acts on the new state of a slot's connection and request.
    pub(super) fn handle_progress(&mut self, slot: usize, progress: Progress) {
        let outcome = match progress {
            Progress::Waits { to_write } => return self.watch_for_writing(slot, to_write),
            Progress::Ready => return self.watch_for_writing(slot, false),
            Progress::Answered(whole) => {
                if self.may_repeat(slot, |connection| connection.was_too_idle(whole)) {
                    return self.dial(slot);
                }
                if whole.keep {
                    self.watch_for_writing(slot, false);
                } else {
                    self.slots[slot].state = State::Empty;
                }
                Ok(whole.status)
            }
            Progress::Failed(fault) => {
                if self.may_repeat(slot, |connection| connection.was_closed_before(&fault)) {
                    return self.dial(slot);
                }
                self.slots[slot].state = State::Empty;
                Err(fault)
            }
        };
        self.end_request(slot, outcome);
    }

    /// Turns notifications about room to write on or off.
    fn watch_for_writing(&mut self, slot: usize, to_write: bool) {
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
            // An unwatched connection reaches its time limit.
            let _ = epoll::modify(&self.epoll, &connection.stream, token, flags);
        }
    }
}

fn is_failed(progress: &Progress) -> bool {
    matches!(progress, Progress::Failed(_))
}
