// Twin: go/leaks/leaks.go

//! Fills a cache that only grows, and one that has a limit.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{collections::HashMap, hash::Hash, iter};

/// A cache that keeps its values for ever.
pub type Cache<V> = HashMap<String, V>;

/// Adds a value, and no code ever removes one.
pub fn add_to_cache<V>(cache: &mut Cache<V>, key: String, value: V) {
    // The owner of the cache owns the leak: no cache is global here.
    cache.insert(key, value);
}

/// A cache with a limit: the least recently used value has to go.
///
/// A key has to hash and compare as it did when it was put in.
pub struct Lru<K, V> {
    limit: usize,
    places: HashMap<K, usize>,
    // Links are places in this list: each entry has one owner.
    entries: Vec<Entry<K, V>>,
    oldest: usize,
    newest: usize,
}

impl<K: Clone + Eq + Hash, V> Lru<K, V> {
    /// An empty cache of at most this many values; a limit below one is one.
    pub fn new(limit: usize) -> Self {
        Lru {
            limit: limit.max(1),
            places: HashMap::new(),
            entries: Vec::new(),
            oldest: NOWHERE,
            newest: NOWHERE,
        }
    }

    /// Adds a value, and returns the entry that it evicts, if any.
    ///
    /// Panics if the key is not equal to itself: it could never be found again.
    pub fn put(&mut self, key: K, value: V) -> Option<Entry<K, V>> {
        let known = key.clone();
        assert!(known == key, "a key has to be equal to itself");
        let mut gone = self.remove(&key);
        if gone.is_none() && self.entries.len() >= self.limit {
            gone = self.evict();
        }
        let place = self.entries.len();
        self.places.insert(known, place);
        self.entries.push(Entry::new(key, value));
        self.link(place);
        gone
    }

    /// The value under the key, which is now the most recently used one.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        let place = *self.places.get(key)?;
        self.unlink(place);
        self.link(place);
        Some(&self.entries[place].value)
    }

    /// Removes the entry under the key.
    pub fn remove(&mut self, key: &K) -> Option<Entry<K, V>> {
        let place = *self.places.get(key)?;
        Some(self.take(place))
    }

    /// Removes the least recently used entry.
    pub fn evict(&mut self) -> Option<Entry<K, V>> {
        let oldest = self.oldest;
        (oldest != NOWHERE).then(|| self.take(oldest))
    }

    /// Sets the limit, and returns the entries that it evicts, oldest first; a
    /// limit below one is one.
    pub fn set_limit(&mut self, limit: usize) -> Vec<Entry<K, V>> {
        self.limit = limit.max(1);
        let surplus = self.entries.len().saturating_sub(self.limit);
        iter::from_fn(|| self.evict()).take(surplus).collect()
    }

    /// The entries, the least recently used first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<K, V>> {
        let at = |place| self.entries.get(place);
        iter::successors(at(self.oldest), move |entry| at(entry.newer))
    }

    /// Takes the entry out of the list; the last one moves into its place.
    fn take(&mut self, place: usize) -> Entry<K, V> {
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

    /// Makes the entry the newest.
    fn link(&mut self, place: usize) {
        let older = self.newest;
        *self.newer(older) = place;
        self.entries[place].older = older;
        self.entries[place].newer = NOWHERE;
        self.newest = place;
    }

    /// Links the neighbours of the entry to each other.
    fn unlink(&mut self, place: usize) {
        let Entry { older, newer, .. } = self.entries[place];
        *self.newer(older) = newer;
        *self.older(newer) = older;
    }

    /// What leads from this place to the newer one.
    fn newer(&mut self, place: usize) -> &mut usize {
        let entry = self.entries.get_mut(place);
        entry.map_or(&mut self.oldest, |entry| &mut entry.newer)
    }

    /// What leads from this place to the older one.
    fn older(&mut self, place: usize) -> &mut usize {
        let entry = self.entries.get_mut(place);
        entry.map_or(&mut self.newest, |entry| &mut entry.older)
    }
}

/// One value of a cache with a limit, and its key.
pub struct Entry<K, V> {
    /// The key under which the value is found.
    pub key: K,
    /// The value that was added.
    pub value: V,
    older: usize,
    newer: usize,
}

impl<K, V> Entry<K, V> {
    fn new(key: K, value: V) -> Self {
        Entry {
            key,
            value,
            older: NOWHERE,
            newer: NOWHERE,
        }
    }
}

/// The place of no entry.
const NOWHERE: usize = usize::MAX;
