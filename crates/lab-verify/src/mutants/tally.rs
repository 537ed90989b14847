//! How many mutants of a topic were caught, kept for the book.

use std::collections::BTreeMap;

use lab_workspace::language::Language;
use serde::{Deserialize, Serialize};

use crate::tallies::{self, Kept};

/// One run of all mutants of a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The topic.
    pub topic: String,
    /// When it ended, in seconds since 1970.
    pub ended: u64,
    /// The mutants of each language, by its name.
    pub languages: BTreeMap<String, Counts>,
}

/// The mutants of one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Bugs that were planted.
    pub planted: usize,
    /// Those of them that a test noticed.
    pub caught: usize,
}

impl Tally {
    /// Adds the mutants of a language; whether those of both are there now.
    pub fn add(&mut self, topic: &str, language: Language, counts: Counts) -> bool {
        topic.clone_into(&mut self.topic);
        self.languages.insert(language.name().to_owned(), counts);
        self.ended = tallies::now();
        self.languages.len() == 2
    }

    /// The mutants of both languages.
    pub fn total(&self) -> Counts {
        let counts = self.languages.values();
        counts.fold(Counts::default(), |total, counts| Counts {
            planted: total.planted + counts.planted,
            caught: total.caught + counts.caught,
        })
    }
}

impl Kept for Tally {
    const CHECK: &str = "mutants";

    fn topic(&self) -> &str {
        &self.topic
    }

    fn ended(&self) -> u64 {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_whole_with_both_languages_and_read_as_it_was_written() {
        let mut tally = Tally::default();
        let counts = |planted, caught| Counts { planted, caught };
        assert!(!tally.add("cycles", Language::Go, counts(8, 7)));
        assert!(tally.add("cycles", Language::Rust, counts(9, 9)));
        assert_eq!(tally.total(), counts(17, 16));
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Tally::read(folder.path(), "cycles").unwrap(), None);
        tally.write(folder.path()).unwrap();
        assert_eq!(Tally::read(folder.path(), "cycles").unwrap(), Some(tally));
    }
}
