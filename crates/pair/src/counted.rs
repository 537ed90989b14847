// Twin: go/pair/counted.go

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// How many counted values live in this process, whatever tally counts them.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// How many counted values were made, and how many of them were freed.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    made: AtomicUsize,
    freed: AtomicUsize,
}

impl Tally {
    /// Nothing made yet.
    pub fn new() -> Self {
        Tally::default()
    }

    /// How many values were made.
    pub fn made(&self) -> usize {
        self.0.made.load(Relaxed)
    }

    /// How many values were freed.
    pub fn freed(&self) -> usize {
        self.0.freed.load(Relaxed)
    }

    /// How many values live.
    pub fn alive(&self) -> usize {
        self.made() - self.freed()
    }
}

/// A payload that tells its tally when it is made and when it is freed.
#[derive(Debug)]
pub struct Counted<T> {
    /// What it carries.
    pub value: T,
    tally: Tally,
}

impl<T> Counted<T> {
    /// A value that the tally counts.
    pub fn new(tally: &Tally, value: T) -> Self {
        tally.0.made.fetch_add(1, Relaxed);
        ALIVE.fetch_add(1, Relaxed);
        Counted {
            value,
            tally: tally.clone(),
        }
    }
}

impl<T> Drop for Counted<T> {
    fn drop(&mut self) {
        self.tally.0.freed.fetch_add(1, Relaxed);
        ALIVE.fetch_sub(1, Relaxed);
    }
}

/// How many counted values live in this process after settling.
pub(crate) fn outlive() -> usize {
    settle();
    ALIVE.load(Relaxed)
}

/// Waits until all that was let go is freed: in Rust it already is.
pub fn settle() {}
