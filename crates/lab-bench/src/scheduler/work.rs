//! The state of a scheduler: the missing blocks of each experiment, and the remaining time.

use std::time::Duration;

use anyhow::Result;

use lab_results::{
    block_ratios,
    budget::Budget,
    pilot,
    result::{SkipReason, Skipped, Tries},
    store::{Event, Journal},
};

use super::{Experiment, Rank, Share};

/// Largest share of the time, in percent, that is reserved for later ranks while earlier ones need retries.
const MAX_RESERVED: u32 = 30;

/// An experiment that is being measured.
pub struct Work<'a> {
    pub experiment: Box<dyn Experiment + 'a>,
    /// Index of its share.
    share: usize,
    /// Blocks that are still to be taken.
    pub missing: usize,
    /// Whether it failed for good.
    pub is_over: bool,
    /// All tries, those of a run that this one continues too.
    tries: Tries,
}

impl Work<'_> {
    /// The number of its blocks that count.
    pub fn done(&self, journal: &Journal) -> usize {
        let known = journal.measurement(self.experiment.key());
        known.map_or(0, |known| known.blocks.len())
    }

    /// The number of all tries of a block.
    pub fn tried(&self, journal: &Journal) -> usize {
        let known = journal.measurement(self.experiment.key());
        let rejected = known.map_or(0, |known| known.rejected.len());
        (self.done(journal) + rejected).saturating_add(self.tries.failed)
    }

    /// Duration of a block: the mean so far, or the estimate.
    pub fn cost(&self) -> Duration {
        let spent = Duration::from_nanos(self.tries.time_ns);
        let mean = spent.checked_div(self.tries.count);
        mean.unwrap_or_else(|| self.experiment.cost())
    }

    fn is_judged(&self) -> bool {
        self.experiment.rank() == Rank::Judged
    }

    /// The number of blocks that are missing from this total.
    fn lacks(&self, blocks: usize, journal: &Journal) -> usize {
        if self.is_over {
            0
        } else {
            blocks.saturating_sub(self.done(journal))
        }
    }
}

/// The time of a share.
struct Time {
    total: Duration,
    /// `None` for no limit.
    left: Option<Duration>,
    /// The budget, until the pilot has decided the number of blocks.
    pilot: Option<Budget>,
}

/// All experiments of a run.
pub struct Works<'a> {
    pub all: Vec<Work<'a>>,
    times: Vec<Time>,
}

impl<'a> Works<'a> {
    pub fn new(shares: Vec<Share<'a>>) -> Self {
        let (mut all, mut times) = (Vec::new(), Vec::new());
        for (place, share) in shares.into_iter().enumerate() {
            times.push(Time {
                total: share.time.unwrap_or_default(),
                left: share.time,
                pilot: share.pilot,
            });
            all.extend(share.experiments.into_iter().map(|experiment| Work {
                experiment,
                share: place,
                missing: 0,
                is_over: false,
                tries: Tries::default(),
            }));
        }
        Works { all, times }
    }

    /// The number of blocks that are still to be taken.
    pub fn missing(&self) -> usize {
        self.all.iter().map(|work| work.missing).sum()
    }

    /// Decides the first number of blocks of each experiment.
    pub fn plan(&mut self, journal: &mut Journal) -> Result<()> {
        for work in &mut self.all {
            work.missing = work.lacks(work.experiment.blocks(), journal);
        }
        for place in 0..self.times.len() {
            let Some(budget) = self.times[place].pilot else {
                continue;
            };
            let first = |work: &Work| {
                let first = budget.first(work.is_judged());
                (work.cost(), work.lacks(first, journal))
            };
            let needs: Vec<_> = self.in_share(place).map(first).collect();
            let blocks = pilot::allot_first(&needs, self.times[place].left.unwrap_or_default());
            for (work, blocks) in self.in_share_mut(place).zip(blocks) {
                work.missing = blocks;
                if blocks + work.done(journal) == 0 {
                    let why = format!(
                        "a block of it takes {:.1} s, more than its share of the time",
                        work.cost().as_secs_f64()
                    );
                    journal.skip(Skipped {
                        query: work.experiment.key().to_string(),
                        reason: SkipReason::Budget,
                        why,
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Adds blocks where a pilot is complete; returns whether there are any.
    pub fn extend(&mut self, journal: &mut Journal) -> Result<bool> {
        let before = self.missing();
        for place in 0..self.times.len() {
            let is_complete = self
                .in_share(place)
                .all(|work| !work.is_judged() || work.missing == 0);
            if !is_complete {
                continue;
            }
            let Some(budget) = self.times[place].pilot.take() else {
                continue;
            };
            for work in self.in_share(place) {
                let key = work.experiment.key();
                if let Some(needed) = journal
                    .measurement(key)
                    .and_then(block_ratios::needed_blocks)
                {
                    journal.add(key, Event::NeededBlocks(needed))?;
                }
            }
            let need = |work: &Work| {
                let measured = journal.measurement(work.experiment.key());
                let needed = budget.blocks(measured.and_then(|m| m.needed_blocks));
                let lacks = |blocks| {
                    if work.is_judged() {
                        work.lacks(blocks, journal)
                    } else {
                        0
                    }
                };
                (work.cost(), lacks(budget.min), lacks(needed))
            };
            let needs: Vec<_> = self.in_share(place).map(need).collect();
            let shown = self
                .in_share(place)
                .map(|work| work.cost() * work.missing as u32);
            let left = self.times[place].left.unwrap_or_default();
            let more = pilot::allot_more(&needs, left.saturating_sub(shown.sum()));
            for (work, more) in self.in_share_mut(place).zip(more) {
                work.missing += more;
            }
        }
        Ok(self.missing() > before)
    }

    /// Indices of the next round: all experiments of the first rank with missing blocks.
    pub fn round(&self) -> Vec<usize> {
        let open = |place: &usize| self.all[*place].missing > 0;
        let rank = |place: usize| self.all[place].experiment.rank();
        let places = (0..self.all.len()).filter(open);
        let Some(first) = places.clone().map(rank).min() else {
            return Vec::new();
        };
        places.filter(|&place| rank(place) == first).collect()
    }

    /// Whether there is no time for another block.
    pub fn is_too_late(&self, place: usize) -> bool {
        let work = &self.all[place];
        let Time { total, left, .. } = &self.times[work.share];
        let rank = work.experiment.rank();
        let later = self
            .in_share(work.share)
            .filter(|work| work.experiment.rank() > rank);
        let later: Duration = later.map(|work| work.cost() * work.missing as u32).sum();
        let reserved = later.min(*total * MAX_RESERVED / 100);
        left.is_some_and(|left| work.cost() + reserved > left)
    }

    /// Counts the tries of the run that this one continues.
    pub fn resume(&mut self, journal: &Journal) {
        for place in 0..self.all.len() {
            let known = journal.measurement(self.all[place].experiment.key());
            self.spend(place, known.map_or(Tries::default(), |known| known.tries));
        }
    }

    /// Counts tries, and their time.
    pub fn spend(&mut self, place: usize, tries: Tries) {
        let work = &mut self.all[place];
        work.tries.add(tries);
        if let Some(left) = &mut self.times[work.share].left {
            *left = left.saturating_sub(Duration::from_nanos(tries.time_ns));
        }
    }

    fn in_share(&self, share: usize) -> impl Iterator<Item = &Work<'a>> {
        self.all.iter().filter(move |work| work.share == share)
    }

    fn in_share_mut(&mut self, share: usize) -> impl Iterator<Item = &mut Work<'a>> {
        self.all.iter_mut().filter(move |work| work.share == share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduler::{one_try, tests::Made};

    #[test]
    fn the_mean_of_past_tries_is_the_cost_of_the_next_one() {
        let share = Share {
            experiments: vec![Box::new(Made::new("one", Rank::Judged, 3))],
            time: Some(Duration::from_mins(2)),
            pilot: None,
        };
        let mut works = Works::new(vec![share]);
        assert_eq!(works.all[0].cost(), works.all[0].experiment.cost());
        for time in [Duration::from_secs(40), Duration::from_mins(1)] {
            works.spend(0, one_try(time, false));
        }
        assert_eq!(works.all[0].cost().as_secs(), 50);
        assert!(works.is_too_late(0), "20 s are left");
    }
}
