//! What a scheduler knows of its experiments: how many blocks each still misses, and the time that is left.

use std::time::Duration;

use anyhow::Result;

use lab_results::{
    budget::{self, Budget},
    result::{SkipReason, Skipped},
    store::{Event, Journal},
    table,
};

use super::{Experiment, Rank, Share};

/// The largest share of the time, in percent, that is kept for later ranks, however often the rest has to
/// be repeated.
const MAX_KEPT: u32 = 30;

/// An experiment that is being measured.
pub struct Work<'a> {
    pub experiment: Box<dyn Experiment + 'a>,
    /// The place of its share.
    share: usize,
    /// Blocks that are still to be taken.
    pub missing: usize,
    /// Tries that failed, which a journal does not hold.
    pub failures: usize,
    /// Whether it failed for good.
    pub is_over: bool,
    /// Time of all tries, and their number.
    spent: Duration,
    tries: u32,
}

impl Work<'_> {
    /// The number of its blocks that count.
    pub fn done(&self, journal: &Journal) -> usize {
        let known = journal.of(self.experiment.subject());
        known.map_or(0, |known| known.blocks.len())
    }

    /// The number of all tries of a block.
    pub fn tried(&self, journal: &Journal) -> usize {
        let known = journal.of(self.experiment.subject());
        let rejected = known.map_or(0, |known| known.rejected.len());
        self.done(journal) + rejected + self.failures
    }

    /// What a block takes: what it took so far, or what is expected.
    pub fn cost(&self) -> Duration {
        let mean = self.spent.checked_div(self.tries);
        mean.unwrap_or_else(|| self.experiment.cost())
    }

    fn is_judged(&self) -> bool {
        self.experiment.rank() == Rank::Judged
    }

    /// How many blocks it lacks to have so many.
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
    /// `None` is as long as it takes.
    left: Option<Duration>,
    /// As long as the first blocks have not decided how many more there are.
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
                failures: 0,
                is_over: false,
                spent: Duration::ZERO,
                tries: 0,
            }));
        }
        Works { all, times }
    }

    /// The number of blocks that are still to be taken.
    pub fn missing(&self) -> usize {
        self.all.iter().map(|work| work.missing).sum()
    }

    /// Decides how many blocks each has at first.
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
            let asked: Vec<_> = self.of(place).map(first).collect();
            let blocks = budget::pilot(&asked, self.times[place].left.unwrap_or_default());
            for (work, blocks) in self.of_mut(place).zip(blocks) {
                work.missing = blocks;
                if blocks + work.done(journal) == 0 {
                    let why = format!(
                        "a block of it takes {:.1} s, more than its share of the time",
                        work.cost().as_secs_f64()
                    );
                    journal.leave_out(Skipped {
                        subject: work.experiment.subject().to_string(),
                        because: SkipReason::Budget,
                        why,
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Gives more blocks where a pilot is through; tells whether there are any.
    pub fn extend(&mut self, journal: &mut Journal) -> Result<bool> {
        let before = self.missing();
        for place in 0..self.times.len() {
            let is_through = self
                .of(place)
                .all(|work| !work.is_judged() || work.missing == 0);
            if !is_through {
                continue;
            }
            let Some(budget) = self.times[place].pilot.take() else {
                continue;
            };
            for work in self.of(place) {
                let subject = work.experiment.subject();
                if let Some(wanted) = journal.of(subject).and_then(table::wanted) {
                    journal.add(subject, Event::Wanted(wanted))?;
                }
            }
            let asks = |work: &Work| {
                let measured = journal.of(work.experiment.subject());
                let wanted = budget.blocks(measured.and_then(|m| m.wanted));
                let lacks = |blocks| {
                    if work.is_judged() {
                        work.lacks(blocks, journal)
                    } else {
                        0
                    }
                };
                (work.cost(), lacks(budget.least), lacks(wanted))
            };
            let asked: Vec<_> = self.of(place).map(asks).collect();
            let shown = self.of(place).map(|work| work.cost() * work.missing as u32);
            let left = self.times[place].left.unwrap_or_default();
            let more = budget::more(&asked, left.saturating_sub(shown.sum()));
            for (work, more) in self.of_mut(place).zip(more) {
                work.missing += more;
            }
        }
        Ok(self.missing() > before)
    }

    /// Places of what has a block in the next round: all of the first rank of which any misses blocks.
    pub fn round(&self) -> Vec<usize> {
        let open = |place: &usize| self.all[*place].missing > 0;
        let rank = |place: usize| self.all[place].experiment.rank();
        let places = (0..self.all.len()).filter(open);
        let Some(first) = places.clone().map(rank).min() else {
            return Vec::new();
        };
        places.filter(|&place| rank(place) == first).collect()
    }

    /// Whether the time does not suffice for another block.
    pub fn is_too_late(&self, place: usize) -> bool {
        let work = &self.all[place];
        let Time { total, left, .. } = &self.times[work.share];
        let rank = work.experiment.rank();
        let later = self
            .of(work.share)
            .filter(|work| work.experiment.rank() > rank);
        let later: Duration = later.map(|work| work.cost() * work.missing as u32).sum();
        let kept = later.min(*total * MAX_KEPT / 100);
        left.is_some_and(|left| work.cost() + kept > left)
    }

    /// Counts the time of a try.
    pub fn spend(&mut self, place: usize, time: Duration) {
        let work = &mut self.all[place];
        work.spent += time;
        work.tries += 1;
        if let Some(left) = &mut self.times[work.share].left {
            *left = left.saturating_sub(time);
        }
    }

    fn of(&self, share: usize) -> impl Iterator<Item = &Work<'a>> {
        self.all.iter().filter(move |work| work.share == share)
    }

    fn of_mut(&mut self, share: usize) -> impl Iterator<Item = &mut Work<'a>> {
        self.all.iter_mut().filter(move |work| work.share == share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::tests::Made;

    #[test]
    fn tries_that_were_taken_tell_what_the_next_one_takes() {
        let share = Share {
            experiments: vec![Box::new(Made::new("one", Rank::Judged, 3))],
            time: Some(Duration::from_mins(2)),
            pilot: None,
        };
        let mut works = Works::new(vec![share]);
        assert_eq!(works.all[0].cost(), works.all[0].experiment.cost());
        works.spend(0, Duration::from_secs(40));
        works.spend(0, Duration::from_mins(1));
        assert_eq!(works.all[0].cost().as_secs(), 50);
        assert!(works.is_too_late(0), "20 s are left");
    }
}
