// Twin: go/pair/counted.go

use std::{
    fmt::Display,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
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
    /// Each value by itself, in a trace.
    each: Option<Mutex<Each>>,
}

/// The values of a traced script. Their numbers are counted from 1.
#[derive(Debug, Default)]
struct Each {
    /// What each value is called; empty for one that is called by its number.
    names: Vec<String>,
    /// The numbers of those freed since the trace looked last.
    freed: Vec<usize>,
}

impl Tally {
    /// Nothing made yet.
    pub fn new() -> Self {
        Tally::default()
    }

    /// A tally that knows each value by itself.
    pub(crate) fn traced() -> Self {
        Tally(Arc::new(Counts {
            each: Some(Mutex::default()),
            ..Counts::default()
        }))
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

    /// Counts a value that was made, and returns its number, from 1.
    pub fn count_made(&self, name: impl Display) -> usize {
        if let Some(mut each) = self.each() {
            each.names.push(name.to_string());
        }
        self.0.made.fetch_add(1, Relaxed) + 1
    }

    /// Counts the value of this number as freed.
    pub fn count_freed(&self, number: usize) {
        self.0.freed.fetch_add(1, Relaxed);
        if let Some(mut each) = self.each() {
            each.freed.push(number);
        }
    }

    /// The names of the values with a number above this one.
    pub(crate) fn names_after(&self, number: usize) -> Vec<String> {
        let each = self.each();
        each.map_or_else(Vec::new, |each| each.names[number..].to_vec())
    }

    /// Takes the numbers of the values that were freed since the last call.
    pub(crate) fn take_freed(&self) -> Vec<usize> {
        let each = self.each();
        each.map_or_else(Vec::new, |mut each| mem::take(&mut each.freed))
    }

    fn each(&self) -> Option<MutexGuard<'_, Each>> {
        let each = self.0.each.as_ref()?;
        Some(each.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A payload that reports to its tally when it is made and when it is freed.
#[derive(Debug)]
pub struct Counted<T> {
    /// What it carries.
    pub value: T,
    number: usize,
    tally: Tally,
}

impl<T> Counted<T> {
    /// A value that the tally counts.
    pub fn new(tally: &Tally, value: T) -> Self {
        Counted::named(tally, "", value)
    }

    /// A value that the tally counts, and that a trace calls by this name.
    pub fn named(tally: &Tally, name: impl Display, value: T) -> Self {
        let number = tally.count_made(name);
        ALIVE.fetch_add(1, Relaxed);
        Counted {
            value,
            number,
            tally: tally.clone(),
        }
    }

    /// Its number among the values of its tally, from 1.
    pub fn number(&self) -> usize {
        self.number
    }
}

impl<T> Drop for Counted<T> {
    fn drop(&mut self) {
        self.tally.count_freed(self.number);
        ALIVE.fetch_sub(1, Relaxed);
    }
}

/// How many counted values live in this process after settling.
pub(crate) fn outlive() -> usize {
    settle();
    ALIVE.load(Relaxed)
}

/// Waits until everything released is freed: in Rust it already is.
pub fn settle() {}
