//! Pilot: the scatter of the first blocks, and nothing else, fixes the number of blocks. Stopping when the figure
//! itself looks good would bias it (an internal pilot: Wittes and Brittain, *Statistics in Medicine* 9, 1990).
//! The pilot comes first in the time of a run, then the further blocks that it asks for.

use std::time::Duration;

/// Blocks of the pilot.
pub const PILOT: usize = 6;

/// Blocks of a case for which there is no time: enough for a figure, not for an interval.
pub const FEW: usize = 2;

/// The ratio that has to be distinguished from 1.
const RATIO: f64 = 1.1;

/// The sum of the normal quantiles for an error of 5 % on both sides and a power of 95 %.
const QUANTILES: f64 = 1.960 + 1.645;

/// Efficiency of the signed-rank interval relative to the normal one (3 / pi).
const EFFICIENCY: f64 = 0.955;

/// Six blocks may scatter less than the rest will: the true spread lies below this multiple of theirs
/// in four cases of five (the lower fifth of chi-squared with five degrees of freedom is 2.343).
const CAUTION: f64 = 1.461;

/// Largest number of blocks that is asked for; beyond it the machine is too noisy.
pub const MAX_BLOCKS: usize = 1000;

/// Blocks needed, by the log ratios of the pilot's blocks; `None` if there are too few.
pub fn needed_blocks(logs: &[f64]) -> Option<usize> {
    let logs = logs.get(..PILOT)?;
    let needed = QUANTILES * CAUTION * deviation(logs) / RATIO.ln();
    let blocks = needed * needed / EFFICIENCY;
    Some((blocks.ceil() as usize).clamp(PILOT, MAX_BLOCKS))
}

/// The standard deviation of a sample.
fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (count - 1.0)).sqrt()
}

/// Allots the blocks of each case in the pilot: all that an interval needs, or a few where there is no
/// time. `needs` holds the duration of a block, and how many blocks are missing.
pub fn allot_first(needs: &[(Duration, usize)], left: Duration) -> Vec<usize> {
    let blocks = all_or(FEW, needs, left);
    let ones: Vec<usize> = needs.iter().map(|&(_, needed)| needed.min(1)).collect();
    let spent: Duration = needs
        .iter()
        .zip(&ones)
        .map(|(a, &one)| a.0 * one as u32)
        .sum();
    if spent > left || blocks.iter().zip(&ones).all(|(blocks, one)| blocks >= one) {
        return blocks;
    }
    // One of each comes before a second one of some.
    let rest = needs.iter().zip(&ones);
    let rest: Vec<_> = rest
        .map(|(&(cost, needed), one)| (cost, needed - one))
        .collect();
    let rest = all_or(0, &rest, left.saturating_sub(spent));
    ones.iter()
        .zip(rest)
        .map(|(one, rest)| one + rest)
        .collect()
}

/// Allots further blocks of each case after the pilot. `needs` holds the duration of a block, the blocks that
/// judging needs and all blocks that are needed; those for judging come first.
pub fn allot_more(needs: &[(Duration, usize, usize)], left: Duration) -> Vec<usize> {
    let min: Vec<_> = needs.iter().map(|&(cost, min, _)| (cost, min)).collect();
    let min = all_or(0, &min, left);
    let spent: Duration = needs.iter().zip(&min).map(|(a, &b)| a.0 * b as u32).sum();
    let rest = needs.iter().zip(&min);
    let rest: Vec<_> = rest
        .map(|(&(cost, _, max), &b)| (cost, max.saturating_sub(b)))
        .collect();
    let rest = allot(&rest, left.saturating_sub(spent));
    min.iter().zip(rest).map(|(min, rest)| min + rest).collect()
}

/// All needed blocks, or `few` where there is no time: the longest cases get few, so that the others get enough.
fn all_or(few: usize, needs: &[(Duration, usize)], left: Duration) -> Vec<usize> {
    let mut needs = needs.to_vec();
    loop {
        let blocks = allot(&needs, left);
        let short = |place: &usize| blocks[*place] < needs[*place].1 && needs[*place].1 > few;
        let dearest = (0..needs.len())
            .filter(short)
            .max_by_key(|&place| needs[place].0);
        match dearest {
            Some(place) => needs[place].1 = few,
            None => return blocks,
        }
    }
}

/// Divides the time equally among the cases; the unused time of one goes to the others. `needs` holds the duration of
/// a block and how many are needed.
fn allot(needs: &[(Duration, usize)], left: Duration) -> Vec<usize> {
    let all = |place: &usize| needs[*place].0 * needs[*place].1 as u32;
    let mut places: Vec<usize> = (0..needs.len()).collect();
    places.sort_by_key(all);
    let mut blocks = vec![0; needs.len()];
    let mut left = left.as_secs_f64();
    for (served, &place) in places.iter().enumerate() {
        let (cost, needed) = needs[place];
        let cost = cost.as_secs_f64().max(1e-6);
        let share = left / (places.len() - served) as f64;
        blocks[place] = needed.min((share / cost) as usize);
        left -= blocks[place] as f64 * cost;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats;

    struct Noise(fastrand::Rng);

    impl Noise {
        /// A normal value by Box and Muller.
        fn normal(&mut self) -> f64 {
            let radius = (-2.0 * (1.0 - self.0.f64()).ln()).sqrt();
            radius * (std::f64::consts::TAU * self.0.f64()).cos()
        }

        /// The ratios of as many blocks as their own pilot needs, at least ten.
        fn measured(&mut self, truth: f64, spread: f64) -> Vec<(f64, f64)> {
            let block = |noise: &mut Self| {
                (
                    truth * (noise.normal() * spread).exp(),
                    (noise.normal() * spread).exp(),
                )
            };
            let mut pairs: Vec<_> = (0..PILOT).map(|_| block(self)).collect();
            let logs: Vec<f64> = pairs
                .iter()
                .map(|(over, under)| (over / under).ln())
                .collect();
            let blocks = needed_blocks(&logs).unwrap().max(10);
            pairs.extend((PILOT..blocks).map(|_| block(self)));
            pairs
        }
    }

    #[test]
    fn a_pilot_needs_its_blocks() {
        assert_eq!(needed_blocks(&[0.0; PILOT - 1]), None);
        assert_eq!(needed_blocks(&[0.5; PILOT]), Some(PILOT));
    }

    #[test]
    fn more_noise_asks_for_more_blocks() {
        let logs = |spread: f64| [-spread, spread, -spread, spread, -spread, spread];
        let needed: Vec<_> = [0.01, 0.05, 0.1, 9.0]
            .map(|s| needed_blocks(&logs(s)).unwrap())
            .to_vec();
        assert_eq!(needed, [6, 10, 39, MAX_BLOCKS]);
    }

    #[test]
    fn the_unused_time_of_one_case_goes_to_the_others() {
        let second = Duration::from_secs(1);
        assert_eq!(allot(&[(second, 2), (second, 100)], 20 * second), [2, 18]);
        assert_eq!(
            allot(&[(second, 100), (second, 100)], 20 * second),
            [10, 10]
        );
        assert_eq!(allot(&[(30 * second, 10)], 20 * second), [0]);
    }

    #[test]
    fn the_longest_case_gets_few_blocks_so_that_the_others_get_enough() {
        let second = Duration::from_secs(1);
        let costs = [second, second, 4 * second].map(|cost| (cost, PILOT));
        assert_eq!(allot_first(&costs, 24 * second), [PILOT, PILOT, FEW]);
        assert_eq!(allot_first(&costs, 40 * second), [PILOT; 3]);
        assert_eq!(allot_first(&costs, 3 * second), [1, 1, 0]);
        let costs = [second, 5 * second, 5 * second].map(|cost| (cost, PILOT));
        assert_eq!(allot_first(&costs, 11 * second), [1, 1, 1]);
    }

    #[test]
    fn blocks_that_judging_needs_come_before_further_ones() {
        let second = Duration::from_secs(1);
        let needs = [(second, 4, 54), (10 * second, 4, 4)];
        assert_eq!(allot_more(&needs, 50 * second), [10, 4]);
        assert_eq!(allot_more(&needs, 30 * second)[0], 20);
    }

    #[test]
    fn a_ratio_of_1_1_is_found_95_times_in_100_whatever_the_noise() {
        for spread in [0.01, 0.03, 0.05, 0.08] {
            let mut noise = Noise(fastrand::Rng::with_seed(3));
            let found = (0..1000)
                .filter(|_| stats::ratio(&noise.measured(1.1, spread)).unwrap().low > 1.0)
                .count();
            assert!(found >= 950, "{found} of 1000 at a noise of {spread}");
        }
    }

    #[test]
    fn equal_languages_differ_5_times_in_100_though_the_pilot_counts_too() {
        for spread in [0.03, 0.08] {
            let mut noise = Noise(fastrand::Rng::with_seed(4));
            let misses = (0..1000)
                .filter(|_| {
                    stats::ratio(&noise.measured(1.0, spread))
                        .unwrap()
                        .outside(1.0, 1.0)
                })
                .count();
            assert!(
                (30..=70).contains(&misses),
                "{misses} of 1000 at a noise of {spread}"
            );
        }
    }
}
