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
}

/// Values that have numbers for names.
pub fn numbered(made: usize, living: impl IntoIterator<Item = usize>) -> Option<Values> {
    (made <= MAX_VALUES).then(|| Values {
        names: vec![String::new(); made],
        living: living.into_iter().collect(),
        closed: BTreeSet::new(),
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
