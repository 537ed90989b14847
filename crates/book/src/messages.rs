//! Messages about a book: its progress while it is written, and warnings about what it lacks.

use std::{cell::RefCell, fmt};

/// Receives the progress of a book.
pub trait Listener {
    /// A part that may take a while begins.
    fn begin(&self, part: &str);

    /// Announces this number of further steps.
    fn expect(&self, steps: usize);

    /// A step of this part begins.
    fn step(&self, step: &str);
}

/// Ignores the progress.
impl Listener for () {
    fn begin(&self, _: &str) {}

    fn expect(&self, _: usize) {}

    fn step(&self, _: &str) {}
}

/// What a book lacks that was written all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The page, the file or the tool.
    pub place: String,
    /// Why it is not as it should be.
    pub why: String,
    /// What kind of lack it is.
    pub kind: Lack,
}

/// What a book lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A tool or a result, without which there is a book all the same.
    Missing,
    /// The target of a link.
    DeadLink,
    /// A part of the project that is wrong.
    Wrong,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "warning: {}: {}", self.place, self.why)
    }
}

/// All warnings of one book.
#[derive(Default)]
pub struct Warnings(RefCell<Vec<Warning>>);

impl Warnings {
    /// Something is missing that a book can do without.
    pub fn missing(&self, place: &str, why: &str) {
        self.add(place, why, Lack::Missing);
    }

    /// A link leads nowhere.
    pub fn dead_link(&self, place: &str, why: &str) {
        self.add(place, why, Lack::DeadLink);
    }

    /// Something of the project is wrong.
    pub fn wrong(&self, place: &str, why: &str) {
        self.add(place, why, Lack::Wrong);
    }

    /// A part of the book, or what stands for nothing where it cannot be made.
    pub fn part<T: Default>(&self, place: &str, made: anyhow::Result<T>) -> T {
        made.unwrap_or_else(|error| {
            self.wrong(place, &format!("{error:#}"));
            T::default()
        })
    }

    fn add(&self, place: &str, why: &str, kind: Lack) {
        let warning = Warning {
            place: place.to_owned(),
            why: why.to_owned(),
            kind,
        };
        let mut all = self.0.borrow_mut();
        if !all.contains(&warning) {
            all.push(warning);
        }
    }

    /// In the order in which they came.
    pub fn into_all(self) -> Vec<Warning> {
        self.0.into_inner()
    }
}
