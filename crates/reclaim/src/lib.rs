// Twin: go/reclaim/reclaim.go

//! Many buffers, of which a window is alive.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::mem;

/// Makes buffers one after another, uses each once, and gives it up.
pub fn allocate_data<B, N, W>(count: usize, mut new_data: N, mut work: W)
where
    N: FnMut() -> B,
    W: FnMut(&B),
{
    for _ in 0..count {
        let data = new_data();
        work(&data);
        // Freed here, before the next one is made.
    }
}

/// A buffer of this size with every byte written.
///
/// A size that no block of memory can have is a panic; one that the system
/// refuses ends the process.
pub fn filled(size: usize, byte: u8) -> Vec<u8> {
    [byte].repeat(size)
}

/// The sum of a buffer's bytes.
pub fn sum(data: &[u8]) -> i64 {
    data.iter().map(|&byte| i64::from(byte)).sum()
}

/// A window keeps the newest buffers and releases the older ones.
pub struct Window<B> {
    // An empty place holds the default: Rust has no zero value.
    ring: Vec<B>,
    made: usize,
}

impl<B: Default> Window<B> {
    /// A window of this many empty places; a size below one is one.
    pub fn new(size: usize) -> Self {
        Window {
            ring: places(size),
            made: 0,
        }
    }

    /// The number of places.
    pub fn size(&self) -> usize {
        self.ring.len()
    }

    /// The number of buffers that were ever kept.
    pub fn made(&self) -> usize {
        self.made
    }

    /// Puts a buffer in the place of the oldest and returns its number, from 1.
    pub fn keep(&mut self, data: B) -> usize {
        self.made += 1;
        let place = self.made % self.size();
        // The assignment frees the buffer that was here.
        self.ring[place] = data;
        self.made
    }

    /// The buffer of this number, unless a newer one has its place.
    pub fn get(&self, number: usize) -> Option<&B> {
        let past = self.made.saturating_sub(self.size());
        let has = past < number && number <= self.made;
        has.then(|| &self.ring[number % self.size()])
    }

    /// Releases a buffer before its turn.
    pub fn release(&mut self, number: usize) {
        if self.get(number).is_some() {
            let place = number % self.size();
            self.ring[place] = B::default();
        }
    }

    /// Releases all buffers.
    pub fn clear(&mut self) {
        self.ring.fill_with(B::default);
    }

    /// Changes the number of places and keeps the newest buffers; a size below
    /// one is one.
    pub fn resize(&mut self, size: usize) {
        let mut ring = places(size);
        let size = ring.len();
        let past = self.made.saturating_sub(size.min(self.size()));
        for number in past + 1..=self.made {
            let place = number % self.size();
            mem::swap(&mut ring[number % size], &mut self.ring[place]);
        }
        // This frees what is too old: last, for a drop may panic.
        self.ring = ring;
    }
}

fn places<B: Default>(size: usize) -> Vec<B> {
    let mut ring = Vec::new();
    ring.resize_with(size.max(1), B::default);
    ring
}
