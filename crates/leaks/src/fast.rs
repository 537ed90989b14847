// only here: Go's map has a fast hash anyway.

//! The cache of `lib.rs`, step by step, with a fast hash.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::steady::Limited;

/// The cache.
pub struct Fast {
    limit: usize,
    places: HashMap<i64, usize, RandomState>,
    entries: Vec<Entry>,
    oldest: usize,
    newest: usize,
}

struct Entry {
    key: i64,
    value: i64,
    older: usize,
    newer: usize,
}

impl Fast {
    pub fn new(limit: usize) -> Self {
        Fast {
            limit,
            places: HashMap::default(),
            entries: Vec::new(),
            oldest: NOWHERE,
            newest: NOWHERE,
        }
    }

    fn remove(&mut self, key: i64) -> Option<Entry> {
        let place = *self.places.get(&key)?;
        Some(self.take(place))
    }

    fn evict(&mut self) -> Option<Entry> {
        let oldest = self.oldest;
        (oldest != NOWHERE).then(|| self.take(oldest))
    }

    /// Takes the entry out of the list; the last one moves into its place.
    fn take(&mut self, place: usize) -> Entry {
        self.places.remove(&self.entries[place].key);
        self.unlink(place);
        let entry = self.entries.swap_remove(place);
        if let Some(moved) = self.entries.get(place) {
            let (older, newer) = (moved.older, moved.newer);
            if let Some(known) = self.places.get_mut(&moved.key) {
                *known = place;
            }
            *self.newer(older) = place;
            *self.older(newer) = place;
        }
        entry
    }

    fn link(&mut self, place: usize) {
        let older = self.newest;
        *self.newer(older) = place;
        self.entries[place].older = older;
        self.entries[place].newer = NOWHERE;
        self.newest = place;
    }

    fn unlink(&mut self, place: usize) {
        let Entry { older, newer, .. } = self.entries[place];
        *self.newer(older) = newer;
        *self.older(newer) = older;
    }

    fn newer(&mut self, place: usize) -> &mut usize {
        let entry = self.entries.get_mut(place);
        entry.map_or(&mut self.oldest, |entry| &mut entry.newer)
    }

    fn older(&mut self, place: usize) -> &mut usize {
        let entry = self.entries.get_mut(place);
        entry.map_or(&mut self.newest, |entry| &mut entry.older)
    }
}

impl Limited for Fast {
    fn get(&mut self, key: i64) -> Option<i64> {
        let place = *self.places.get(&key)?;
        self.unlink(place);
        self.link(place);
        Some(self.entries[place].value)
    }

    fn put(&mut self, key: i64, value: i64) -> i64 {
        let mut gone = self.remove(key);
        if gone.is_none() && self.entries.len() >= self.limit {
            gone = self.evict();
        }
        let place = self.entries.len();
        self.places.insert(key, place);
        self.entries.push(Entry {
            key,
            value,
            older: NOWHERE,
            newer: NOWHERE,
        });
        self.link(place);
        gone.map_or(0, |gone| gone.value)
    }
}

/// The place of no entry.
const NOWHERE: usize = usize::MAX;
