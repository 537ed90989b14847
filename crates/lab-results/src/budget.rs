//! How the time of a run is shared out.

use std::time::Duration;

use crate::{
    pilot::PILOT,
    result::{OUTSIDE, SMOKE},
};

/// The blocks of a subject for which there is no time: they show a figure, and nothing more.
const FEW: usize = 2;

/// The blocks of a subject that is only shown.
const SHOWN: usize = 3;

/// Work that takes less is short: a process repeats it more often.
const SHORT_NS: u64 = 100_000_000;

/// The fewest samples of a process, of short work and of longer work, where verdicts rest on its steady state:
/// the first one is shown and not in the median.
const STEADY: [u64; 2] = [13, 4];

/// The most samples of a process.
const MOST_SAMPLES: u64 = 50;

/// How long the cases of a part of the reference may take: with the load beside them it then ends well within
/// its limit of 80 minutes.
const REFERENCE: Duration = Duration::from_mins(32);

/// The most blocks of a case there.
const MOST_BLOCKS: usize = 30;

/// How long a run may take, and how that is spent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// For everything once the programs are built.
    pub total: Duration,
    /// How long a process should take, by its number of samples.
    pub process: Duration,
    /// The fewest blocks that are wanted.
    pub least: usize,
    /// The most.
    pub most: usize,
    /// No process of a single sample takes longer.
    pub slowest: Duration,
    /// Whether a process takes the samples that a steady state needs, however long that takes.
    pub steady: bool,
}

impl Budget {
    /// That of a mode.
    pub fn of(mode: &str) -> Self {
        let (seconds, process, least, most, slowest) = match mode {
            "thorough" => (30 * 60, 300, 10, 100, 10),
            "claims" => (15 * 60, 200, 10, 60, 10),
            // Load has the rest of its hour.
            OUTSIDE => (44 * 60, 300, 10, 10, 60),
            // Fewer blocks than any verdict takes.
            SMOKE => (10, 20, FEW, FEW, 2),
            _ => (80, 50, 10, 30, 4),
        };
        Budget {
            steady: !matches!(mode, "quick" | SMOKE),
            total: Duration::from_secs(seconds),
            process: Duration::from_millis(process),
            least,
            most,
            slowest: Duration::from_secs(slowest),
        }
    }

    /// That of a part of the reference: with its load and all that comes before the first block it ends within 80
    /// minutes.
    pub fn of_reference(mode: &str) -> Self {
        let budget = Budget::of(mode);
        Budget {
            total: REFERENCE,
            most: budget.most.max(MOST_BLOCKS),
            ..budget
        }
    }

    /// How many samples a process takes that works so long for a single one, and so long for each further one.
    pub fn samples(&self, wall_ns: u64, sample_ns: u64) -> u64 {
        let process = self.process.as_nanos() as u64;
        let in_time = 1 + process.saturating_sub(wall_ns) / sample_ns.max(1_000_000);
        let [short, long] = STEADY;
        let least = match self.steady {
            true if sample_ns < SHORT_NS => short,
            true => long,
            false => 1,
        };
        in_time.clamp(least, MOST_SAMPLES)
    }

    /// How many blocks to take, when a pilot wants so many.
    pub fn blocks(&self, wanted: Option<usize>) -> usize {
        wanted.unwrap_or(self.least).clamp(self.least, self.most)
    }

    /// How many blocks a subject gets at first, by whether anything is judged by it.
    pub fn first(&self, judged: bool) -> usize {
        let usual = if judged { PILOT } else { SHOWN };
        usual.min(self.most)
    }
}

/// How many blocks the pilot takes of each subject: all that are missing of those of which an interval
/// can be made, or a few where there is no time. `asked` holds what one block costs, and how many miss.
pub fn pilot(asked: &[(Duration, usize)], left: Duration) -> Vec<usize> {
    let blocks = all_or(FEW, asked, left);
    let ones: Vec<usize> = asked.iter().map(|&(_, wanted)| wanted.min(1)).collect();
    let spent: Duration = asked
        .iter()
        .zip(&ones)
        .map(|(a, &one)| a.0 * one as u32)
        .sum();
    if spent > left || blocks.iter().zip(&ones).all(|(blocks, one)| blocks >= one) {
        return blocks;
    }
    // One of each comes before a second one of some.
    let rest = asked.iter().zip(&ones);
    let rest: Vec<_> = rest
        .map(|(&(cost, wanted), one)| (cost, wanted - one))
        .collect();
    let rest = all_or(0, &rest, left.saturating_sub(spent));
    ones.iter()
        .zip(rest)
        .map(|(one, rest)| one + rest)
        .collect()
}

/// How many more blocks each subject gets behind the pilot. `asked` holds what one block costs, how many
/// it takes at least to judge, and how many are wanted: what it takes to judge comes first.
pub fn more(asked: &[(Duration, usize, usize)], left: Duration) -> Vec<usize> {
    let least: Vec<_> = asked
        .iter()
        .map(|&(cost, least, _)| (cost, least))
        .collect();
    let least = all_or(0, &least, left);
    let spent: Duration = asked.iter().zip(&least).map(|(a, &b)| a.0 * b as u32).sum();
    let rest = asked.iter().zip(&least);
    let rest: Vec<_> = rest
        .map(|(&(cost, _, most), &b)| (cost, most.saturating_sub(b)))
        .collect();
    let rest = allot(&rest, left.saturating_sub(spent));
    least
        .iter()
        .zip(rest)
        .map(|(least, rest)| least + rest)
        .collect()
}

/// How many blocks each subject gets in all, where the pilot wants the most of each. `subjects` holds what
/// one block costs, and whether anything is judged by it.
pub fn all(subjects: &[(Duration, bool)], budget: &Budget, left: Duration) -> Vec<usize> {
    let first = |&(cost, judged): &(Duration, bool)| (cost, budget.first(judged));
    let pilot: Vec<_> = subjects.iter().map(first).collect();
    let pilot = self::pilot(&pilot, left);
    let spent: Duration = subjects
        .iter()
        .zip(&pilot)
        .map(|(&(cost, _), &b)| cost * b as u32)
        .sum();
    let asked: Vec<_> = subjects
        .iter()
        .zip(&pilot)
        .map(|(&(cost, judged), &b)| {
            if judged {
                (cost, budget.least.saturating_sub(b), budget.most - b)
            } else {
                (cost, 0, 0)
            }
        })
        .collect();
    let more = more(&asked, left.saturating_sub(spent));
    pilot
        .iter()
        .zip(more)
        .map(|(pilot, more)| pilot + more)
        .collect()
}

/// All blocks that are asked for, or `few` where there is no time: what takes longest goes without, so
/// that it does not leave all the others without.
fn all_or(few: usize, asked: &[(Duration, usize)], left: Duration) -> Vec<usize> {
    let mut asked = asked.to_vec();
    loop {
        let blocks = allot(&asked, left);
        let short = |place: &usize| blocks[*place] < asked[*place].1 && asked[*place].1 > few;
        let dearest = (0..asked.len())
            .filter(short)
            .max_by_key(|&place| asked[place].0);
        match dearest {
            Some(place) => asked[place].1 = few,
            None => return blocks,
        }
    }
}

/// How many more blocks each subject gets: each the same share of the time, and what one does not need
/// goes to the others. `asked` holds what one block costs and how many are wanted.
fn allot(asked: &[(Duration, usize)], left: Duration) -> Vec<usize> {
    let all = |place: &usize| asked[*place].0 * asked[*place].1 as u32;
    let mut places: Vec<usize> = (0..asked.len()).collect();
    places.sort_by_key(all);
    let mut blocks = vec![0; asked.len()];
    let mut left = left.as_secs_f64();
    for (served, &place) in places.iter().enumerate() {
        let (cost, wanted) = asked[place];
        let cost = cost.as_secs_f64().max(1e-6);
        let share = left / (places.len() - served) as f64;
        blocks[place] = wanted.min((share / cost) as usize);
        left -= blocks[place] as f64 * cost;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_plan_exceeds_its_budget() {
        let mut chance = fastrand::Rng::with_seed(5);
        for mode in ["quick", "claims", "thorough", OUTSIDE, SMOKE] {
            let budget = Budget::of(mode);
            for _ in 0..200 {
                let subjects: Vec<_> = (0..chance.usize(1..120))
                    .map(|_| (Duration::from_millis(chance.u64(5..20_000)), chance.bool()))
                    .collect();
                let blocks = all(&subjects, &budget, budget.total);
                let taken = || subjects.iter().zip(&blocks);
                let spent: Duration = taken().map(|(s, &b)| s.0 * b as u32).sum();
                assert!(spent <= budget.total);
                assert!(blocks.iter().all(|&blocks| blocks <= budget.most));
                let shown = taken().filter(|(subject, _)| !subject.1);
                assert!(shown.map(|(_, &blocks)| blocks).max() <= Some(SHOWN));
            }
        }
    }

    #[test]
    fn what_one_subject_does_not_need_goes_to_the_others() {
        let second = Duration::from_secs(1);
        assert_eq!(allot(&[(second, 2), (second, 100)], 20 * second), [2, 18]);
        assert_eq!(
            allot(&[(second, 100), (second, 100)], 20 * second),
            [10, 10]
        );
        assert_eq!(allot(&[(30 * second, 10)], 20 * second), [0]);
    }

    #[test]
    fn what_takes_longest_gets_few_blocks_so_that_the_others_get_enough() {
        let second = Duration::from_secs(1);
        let costs = [second, second, 4 * second].map(|cost| (cost, PILOT));
        assert_eq!(pilot(&costs, 24 * second), [PILOT, PILOT, FEW]);
        assert_eq!(pilot(&costs, 40 * second), [PILOT; 3]);
        assert_eq!(pilot(&costs, 3 * second), [1, 1, 0]);
        let costs = [second, 5 * second, 5 * second].map(|cost| (cost, PILOT));
        assert_eq!(pilot(&costs, 11 * second), [1, 1, 1]);
    }

    #[test]
    fn what_it_takes_to_judge_comes_before_what_is_wanted_beyond() {
        let second = Duration::from_secs(1);
        let asked = [(second, 4, 54), (10 * second, 4, 4)];
        assert_eq!(more(&asked, 50 * second), [10, 4]);
        assert_eq!(more(&asked, 30 * second)[0], 20);
    }

    #[test]
    fn a_run_that_is_cut_to_seconds_decides_nothing() {
        let budget = Budget::of(SMOKE);
        let costs = vec![(Duration::from_millis(1), true); 9];
        let blocks = all(&costs, &budget, budget.total);
        assert!(blocks.iter().all(|&blocks| blocks < PILOT), "{blocks:?}");
        assert!(budget.total <= Duration::from_secs(10));
    }

    #[test]
    fn short_work_is_sampled_more_often() {
        let budget = Budget::of("quick");
        let of = |budget: &Budget, ms: u64| budget.samples(2_000_000 * ms, 1_000_000 * ms);
        assert_eq!([500, 5, 0].map(|ms| of(&budget, ms)), [1, 9, 50]);
        let steady = Budget::of("claims");
        assert_eq!(
            [500, 100, 99, 5, 0].map(|ms| of(&steady, ms)),
            [4, 4, 13, 39, 50]
        );
        assert_eq!((budget.blocks(Some(3)), budget.blocks(Some(900))), (10, 30));
    }
}
