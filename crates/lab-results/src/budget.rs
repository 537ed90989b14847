//! Time budget of a run, and how its cases share it.

use std::time::Duration;

use crate::{
    pilot::{self, FEW, PILOT},
    result::Mode,
};

/// Blocks of a case that is only shown.
const SHOWN: usize = 3;

/// Upper bound of short work, which a process repeats more often.
const SHORT_NS: u64 = 100_000_000;

/// Fewest samples of a process with short work and with longer work, where verdicts rest on its steady state: the
/// first sample is not in the median.
const STEADY: [u64; 2] = [13, 4];

/// Most samples of a process.
const MAX_SAMPLES: u64 = 50;

/// Time for the cases of a part of the reference: with its load the part ends well within its limit of 80 minutes.
const REFERENCE: Duration = Duration::from_mins(32);

/// Most blocks of a case in the reference.
const MAX_BLOCKS: usize = 30;

/// Time budget of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Time for the whole run, once the programs are built.
    pub total: Duration,
    /// Target duration of a process, which decides its number of samples.
    pub process: Duration,
    /// Fewest blocks of a case.
    pub min: usize,
    /// Most blocks of a case.
    pub max: usize,
    /// Longest process of a single sample.
    pub slowest: Duration,
    /// Whether a process takes the samples that a steady state needs, however long that takes.
    pub steady: bool,
}

impl Budget {
    /// The budget of a mode.
    pub fn of_mode(mode: Mode) -> Self {
        let (seconds, process, min, max, slowest) = match mode {
            Mode::Thorough => (42 * 60, 300, 10, 100, 10),
            Mode::Claims => (26 * 60, 200, 10, 60, 10),
            // Load has the rest of its ninety minutes.
            Mode::Outside => (60 * 60, 300, 10, 10, 60),
            // Fewer blocks than any verdict takes.
            Mode::Smoke => (10, 20, FEW, FEW, 2),
            _ => (80, 50, 10, 30, 4),
        };
        Budget {
            steady: !matches!(mode, Mode::Quick | Mode::Smoke),
            total: Duration::from_secs(seconds),
            process: Duration::from_millis(process),
            min,
            max,
            slowest: Duration::from_secs(slowest),
        }
    }

    /// The budget of a part of the reference: with its load and all preparations the part ends within 80 minutes.
    pub fn of_reference(mode: Mode) -> Self {
        let budget = Budget::of_mode(mode);
        Budget {
            total: REFERENCE,
            max: budget.max.max(MAX_BLOCKS),
            ..budget
        }
    }

    /// The number of samples of a process, by its duration with a single sample and that of each further one.
    pub fn samples(&self, wall_ns: u64, sample_ns: u64) -> u64 {
        let process = self.process.as_nanos() as u64;
        let in_time = 1 + process.saturating_sub(wall_ns) / sample_ns.max(1_000_000);
        let [short, long] = STEADY;
        let min = match self.steady {
            true if sample_ns < SHORT_NS => short,
            true => long,
            false => 1,
        };
        in_time.clamp(min, MAX_SAMPLES)
    }

    /// The number of blocks, when a pilot needs this many.
    pub fn blocks(&self, needed: Option<usize>) -> usize {
        needed.unwrap_or(self.min).clamp(self.min, self.max)
    }

    /// The first blocks of a case, by whether a verdict rests on it.
    pub fn first(&self, judged: bool) -> usize {
        let usual = if judged { PILOT } else { SHOWN };
        usual.min(self.max)
    }
}

/// All blocks of each case, if the pilot needs the maximum of each. `cases` holds the duration of a block, and whether
/// a verdict rests on the case.
pub fn all(cases: &[(Duration, bool)], budget: &Budget, left: Duration) -> Vec<usize> {
    let first = |&(cost, judged): &(Duration, bool)| (cost, budget.first(judged));
    let pilot: Vec<_> = cases.iter().map(first).collect();
    let pilot = pilot::allot_first(&pilot, left);
    let spent: Duration = cases
        .iter()
        .zip(&pilot)
        .map(|(&(cost, _), &b)| cost * b as u32)
        .sum();
    let needs: Vec<_> = cases
        .iter()
        .zip(&pilot)
        .map(|(&(cost, judged), &b)| {
            if judged {
                (cost, budget.min.saturating_sub(b), budget.max - b)
            } else {
                (cost, 0, 0)
            }
        })
        .collect();
    let more = pilot::allot_more(&needs, left.saturating_sub(spent));
    pilot
        .iter()
        .zip(more)
        .map(|(pilot, more)| pilot + more)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_plan_exceeds_its_budget() {
        let mut rng = fastrand::Rng::with_seed(5);
        for mode in [
            Mode::Quick,
            Mode::Claims,
            Mode::Thorough,
            Mode::Outside,
            Mode::Smoke,
        ] {
            let budget = Budget::of_mode(mode);
            for _ in 0..200 {
                let cases: Vec<_> = (0..rng.usize(1..120))
                    .map(|_| (Duration::from_millis(rng.u64(5..20_000)), rng.bool()))
                    .collect();
                let blocks = all(&cases, &budget, budget.total);
                let taken = || cases.iter().zip(&blocks);
                let spent: Duration = taken().map(|(s, &b)| s.0 * b as u32).sum();
                assert!(spent <= budget.total);
                assert!(blocks.iter().all(|&blocks| blocks <= budget.max));
                let shown = taken().filter(|(key, _)| !key.1);
                assert!(shown.map(|(_, &blocks)| blocks).max() <= Some(SHOWN));
            }
        }
    }

    #[test]
    fn a_run_that_is_cut_to_seconds_decides_nothing() {
        let budget = Budget::of_mode(Mode::Smoke);
        let costs = vec![(Duration::from_millis(1), true); 9];
        let blocks = all(&costs, &budget, budget.total);
        assert!(blocks.iter().all(|&blocks| blocks < PILOT), "{blocks:?}");
        assert!(budget.total <= Duration::from_secs(10));
    }

    #[test]
    fn short_work_is_sampled_more_often() {
        let budget = Budget::of_mode(Mode::Quick);
        let of = |budget: &Budget, ms: u64| budget.samples(2_000_000 * ms, 1_000_000 * ms);
        assert_eq!([500, 5, 0].map(|ms| of(&budget, ms)), [1, 9, 50]);
        let steady = Budget::of_mode(Mode::Claims);
        assert_eq!(
            [500, 100, 99, 5, 0].map(|ms| of(&steady, ms)),
            [4, 4, 13, 39, 50]
        );
        assert_eq!((budget.blocks(Some(3)), budget.blocks(Some(900))), (10, 30));
    }
}
