//! The values of a script, one by one, as a model knows them.

use std::collections::BTreeSet;

/// Values are followed one by one up to this number; more would take too long.
const MAX_VALUES: usize = 2000;

/// Values that a script made, by their numbers in the order in which they were made, from 1.
pub struct Values {
    /// Names in a trace; empty for values that have numbers there.
    pub names: Vec<String>,
    /// Values that are alive.
    pub living: BTreeSet<usize>,
    /// Values that a line freed at once in both languages.
    pub closed: BTreeSet<usize>,
    /// What keeps values alive, in topics whose traces draw it.
    pub links: Option<Links>,
}

/// What keeps values alive.
#[derive(Clone, Default)]
pub struct Links {
    /// Values that the script holds.
    pub held: BTreeSet<usize>,
    /// References to values.
    pub links: Vec<Link>,
}

/// A reference to a value.
#[derive(Clone)]
pub struct Link {
    /// What refers to it.
    pub from: Source,
    /// The value.
    pub to: usize,
    /// Whether it is weak in Rust; in Go it is strong.
    pub weak_in_rust: bool,
}

/// What refers to a value.
#[derive(Clone)]
pub enum Source {
    /// Another value.
    Value(usize),
    /// Something that is no value, such as a worker.
    Holder(String),
}

impl Links {
    /// Adds a strong reference from one value to another.
    pub fn strong(&mut self, from: usize, to: usize) {
        self.add(Source::Value(from), to, false);
    }

    /// Adds a reference that is weak in Rust and strong in Go.
    pub fn weak_in_rust(&mut self, from: usize, to: usize) {
        self.add(Source::Value(from), to, true);
    }

    /// Adds a holder that is no value.
    pub fn hold_through(&mut self, holder: String, to: usize) {
        self.held.insert(to);
        self.add(Source::Holder(holder), to, false);
    }

    fn add(&mut self, from: Source, to: usize, weak_in_rust: bool) {
        self.links.push(Link {
            from,
            to,
            weak_in_rust,
        });
    }
}

impl Values {
    /// The same values, and what keeps them alive.
    pub fn with_links(mut self, links: Links) -> Self {
        self.links = Some(links);
        self
    }
}

/// Values that have numbers for names.
pub fn numbered(made: usize, living: impl IntoIterator<Item = usize>) -> Option<Values> {
    (made <= MAX_VALUES).then(|| Values {
        names: vec![String::new(); made],
        living: living.into_iter().collect(),
        closed: BTreeSet::new(),
        links: None,
    })
}

/// The names of the values made so far, up to `MAX_VALUES`.
#[derive(Clone, Default)]
pub struct Names {
    /// How many were made.
    pub made: usize,
    names: Vec<String>,
}

impl Names {
    /// Adds a value, and returns its number.
    pub fn add(&mut self, name: &(impl ToString + ?Sized)) -> usize {
        self.made += 1;
        if self.made <= MAX_VALUES {
            self.names.push(name.to_string());
        }
        self.made
    }

    /// The values, of which these live.
    pub fn values(&self, living: impl IntoIterator<Item = usize>) -> Option<Values> {
        let values = numbered(self.made, living)?;
        Some(Values {
            names: self.names.clone(),
            ..values
        })
    }
}
