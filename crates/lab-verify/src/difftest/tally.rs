//! Counts of one run of a topic, kept for the book.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Plan, Report};
use crate::tallies::{self, Kept};

/// One run of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The topic.
    pub topic: String,
    /// The seed of the random scripts.
    pub seed: u64,
    /// When it ended, in seconds since 1970.
    pub ended: u64,
    /// Generated scripts.
    pub scripts: usize,
    /// Scripts that are the same in every run.
    pub fixed: usize,
    /// How many of all of them the model performed too.
    pub modelled: usize,
    /// On how many of them something differs.
    pub differences: usize,
    /// How often each operation was performed.
    pub performed: BTreeMap<String, usize>,
    /// How often each error was met, without those that no script can meet.
    pub refused: BTreeMap<String, usize>,
}

impl Tally {
    /// The tally of a run that ends now.
    pub fn new(topic: &str, plan: Plan, report: &Report) -> Self {
        let coverage = &report.coverage;
        let operations = coverage.operations.iter();
        let can_be_met = |text: &&String| !coverage.out_of_reach.contains_key(text.as_str());
        let errors = coverage.errors.iter().filter(|(text, _)| can_be_met(text));
        Tally {
            topic: topic.to_owned(),
            seed: plan.seed,
            ended: tallies::now(),
            scripts: report.scripts,
            fixed: report.fixed,
            modelled: report.modelled,
            differences: report.differences,
            performed: operations
                .map(|(word, count)| (word.clone(), count.all))
                .collect(),
            refused: errors.map(|(text, count)| (text.clone(), *count)).collect(),
        }
    }

    /// The rarest operation and the rarest error, each with its count.
    pub fn rarest(&self) -> [Option<(&str, usize)>; 2] {
        [&self.performed, &self.refused].map(|counts| {
            let rarest = counts.iter().min_by_key(|(_, count)| **count);
            rarest.map(|(what, count)| (what.as_str(), *count))
        })
    }
}

impl Kept for Tally {
    const CHECK: &str = "difftest";

    fn topic(&self) -> &str {
        &self.topic
    }

    fn ended(&self) -> u64 {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use lab_results::store;

    use super::*;

    #[test]
    fn a_tally_is_read_as_it_was_written_and_tells_what_is_rare() {
        let counts = |counts: &[(&str, usize)]| {
            let counts = counts.iter();
            counts
                .map(|(what, count)| ((*what).to_owned(), *count))
                .collect()
        };
        let tally = Tally {
            topic: "cycles".to_owned(),
            seed: 1,
            ended: 2,
            scripts: 3,
            fixed: 4,
            modelled: 5,
            differences: 0,
            performed: counts(&[("node", 12), ("link", 7)]),
            refused: counts(&[("{id} is not alive", 9)]),
        };
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Tally::read(folder.path(), "cycles").unwrap(), None);
        for _ in 0..2 {
            tally.write(folder.path()).unwrap();
            let read = Tally::read(folder.path(), "cycles").unwrap();
            assert_eq!(read.as_ref(), Some(&tally));
        }
        assert_eq!(
            tally.rarest(),
            [Some(("link", 7)), Some(("{id} is not alive", 9))]
        );
        // The next measurement writes to the same folder.
        store::Store::open(folder.path()).unwrap();
    }
}
