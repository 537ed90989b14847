// Twin: go/pauses/pauses.go

//! Requests over a live heap of sessions that have a history.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{collections::HashMap, hint::black_box, iter, mem};

/// The number of visits that a session remembers.
pub const REMEMBERED: usize = 4;

/// The size of a page in bytes.
pub const PAGE: usize = 1024;

/// The live heap: all sessions by their keys.
pub struct Sessions<T> {
    // Boxed: Go's map holds pointers, and both are to touch the same blocks.
    by_key: HashMap<i64, Box<Session<T>>>,
    opened: i64,
    closed: i64,
}

impl<T> Sessions<T> {
    /// A heap without sessions.
    pub fn new() -> Self {
        Sessions::default()
    }

    /// The number of sessions.
    pub fn live(&self) -> i64 {
        self.opened - self.closed
    }

    /// Opens a session with a full history and returns its key, from 1.
    pub fn open(&mut self, mut new_visit: impl FnMut() -> T) -> i64 {
        let mut session = Box::new(Session {
            visits: 0,
            last: None,
        });
        for _ in 0..REMEMBERED {
            session.remember(new_visit());
        }
        // Only now: a panic of new_visit opens nothing.
        self.opened += 1;
        self.by_key.insert(self.opened, session);
        self.opened
    }

    /// Answers a request with a page, if the key is that of a session.
    pub fn request(&mut self, key: i64, visit: T) -> Option<Vec<u8>> {
        let session = self.by_key.get_mut(&key)?;
        session.remember(visit);
        Some([(key + session.visits) as u8].repeat(PAGE))
    }

    /// Answers requests for random keys and returns their checksum.
    pub fn requests<N>(&mut self, count: i64, mut lots: u64, mut new: N) -> i64
    where
        N: FnMut() -> T,
    {
        let mut sum = 0;
        for _ in 0..count {
            let key = self.draw(&mut lots);
            // black_box: or the optimiser sees through the page and removes it.
            if let Some(page) = black_box(self.request(key, new())) {
                sum = (sum * 31 + i64::from(page[PAGE - 1])) % 1_000_000_007;
                // The page is freed here, on the request's own time.
            }
        }
        sum
    }

    /// Draws the key of a session at random.
    pub fn draw(&self, lots: &mut u64) -> i64 {
        *lots = lots.wrapping_mul(6_364_136_223_846_793_005);
        *lots = lots.wrapping_add(1_442_695_040_888_963_407);
        let lot = *lots >> 33;
        self.closed + 1 + lot as i64 % self.live().max(1)
    }

    /// The visits that a session remembers, the newest first.
    pub fn history(&self, key: i64) -> Vec<&T> {
        let last = self.by_key.get(&key).and_then(|s| s.last.as_deref());
        iter::successors(last, |visit| visit.before.as_deref())
            .map(|visit| &visit.value)
            .collect()
    }

    /// Closes the oldest session, if there is one.
    pub fn close(&mut self) {
        if self.closed < self.opened {
            self.closed += 1;
            // A small pause: this frees the session and its visits.
            self.by_key.remove(&self.closed);
        }
    }

    /// Closes all sessions at once.
    pub fn close_all(&mut self) {
        self.closed = self.opened;
        // A long pause: this frees every visit of every session. One by one, or
        // a drop that panics would keep the rest from being freed.
        mem::take(&mut self.by_key).into_values().for_each(drop);
    }
}

// only here: a map by itself stops freeing where a drop panics.
impl<T> Drop for Sessions<T> {
    fn drop(&mut self) {
        self.close_all();
    }
}

/// A session is a list of visits, the newest first.
pub struct Session<T> {
    visits: i64,
    last: Option<Box<Visit<T>>>,
}

impl<T> Session<T> {
    /// Puts a visit in front of the others and forgets the oldest.
    pub fn remember(&mut self, value: T) {
        self.visits += 1;
        let before = self.last.take();
        self.last = Some(Box::new(Visit { value, before }));
        let mut link = &mut self.last;
        for _ in 0..REMEMBERED {
            let Some(visit) = link else { return };
            link = &mut visit.before;
        }
        // This frees the oldest visit.
        *link = None;
    }
}

struct Visit<T> {
    value: T,
    before: Option<Box<Visit<T>>>,
}

impl<T> Default for Sessions<T> {
    fn default() -> Self {
        Sessions {
            by_key: HashMap::new(),
            opened: 0,
            closed: 0,
        }
    }
}
