// Twin: go/leaks/flat.go

//! A cache with a limit that does the same work in both languages: its entries lie in one block, their
//! links are places in it, and the hash of its map is a cheap one, as Go's is.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::steady::Limited;

/// The cache; the first entry is none: behind it comes the oldest, before it the newest.
pub struct Flat {
    limit: usize,
    places: HashMap<i64, u32, RandomState>,
    entries: Vec<Entry>,
}

#[derive(Default, Clone)]
struct Entry {
    key: i64,
    value: i64,
    older: u32,
    newer: u32,
}

impl Flat {
    pub fn new(limit: usize) -> Self {
        Flat {
            limit,
            places: HashMap::default(),
            entries: vec![Entry::default()],
        }
    }

    /// Puts the entry behind the newest.
    fn link(&mut self, place: u32) {
        let newest = self.entries[0].older;
        let entry = &mut self.entries[place as usize];
        (entry.older, entry.newer) = (newest, 0);
        self.entries[newest as usize].newer = place;
        self.entries[0].older = place;
    }

    /// Lets the neighbours of the entry know each other.
    fn unlink(&mut self, place: u32) {
        let Entry { older, newer, .. } = self.entries[place as usize];
        self.entries[older as usize].newer = newer;
        self.entries[newer as usize].older = older;
    }
}

impl Limited for Flat {
    fn get(&mut self, key: i64) -> Option<i64> {
        let place = *self.places.get(&key)?;
        self.unlink(place);
        self.link(place);
        Some(self.entries[place as usize].value)
    }

    fn put(&mut self, key: i64, value: i64) -> i64 {
        let mut place = self.entries.len() as u32;
        let mut gone = 0;
        if self.places.len() < self.limit {
            self.entries.push(Entry::default());
        } else {
            place = self.entries[0].newer;
            self.unlink(place);
            let oldest = &self.entries[place as usize];
            self.places.remove(&oldest.key);
            gone = oldest.value;
        }
        self.entries[place as usize] = Entry {
            key,
            value,
            ..Entry::default()
        };
        self.places.insert(key, place);
        self.link(place);
        gone
    }
}
