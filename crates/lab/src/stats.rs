//! Estimates with intervals: the Hodges-Lehmann estimate of a location and its exact interval from the
//! signed-rank distribution (Hodges and Lehmann 1963; Hollander, Wolfe and Chicken, *Nonparametric
//! Statistical Methods*, 3rd edition, section 3.2).

use serde::{Deserialize, Serialize};

/// How sure an interval is.
pub const CONFIDENCE: f64 = 0.95;

/// The fewest values that an interval can be made of: with five even the widest covers only 94 %.
pub const FEWEST: usize = 6;

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// How many values it is made of.
    pub count: usize,
}

impl Estimate {
    /// The same on another scale; the function has to rise.
    #[must_use]
    pub fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Estimate {
            value: rising(self.value),
            low: rising(self.low),
            high: rising(self.high),
            count: self.count,
        }
    }

    /// Whether the whole interval lies in a closed range.
    pub fn inside(&self, low: f64, high: f64) -> bool {
        low <= self.low && self.high <= high
    }

    /// Whether the whole interval lies outside of a closed range.
    pub fn outside(&self, low: f64, high: f64) -> bool {
        self.high < low || high < self.low
    }
}

/// The location of values that scatter evenly around it; none if there are too few.
pub fn location(values: &[f64]) -> Option<Estimate> {
    let count = values.len();
    if count < FEWEST || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let averages = walsh_averages(values);
    let outside = cut(count);
    Some(Estimate {
        value: median(&averages),
        low: averages[outside],
        high: averages[averages.len() - 1 - outside],
        count,
    })
}

/// The ratio of two figures that were taken in the same blocks: the location of its logarithm.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Estimate> {
    let logs: Vec<f64> = pairs
        .iter()
        .map(|(over, under)| (over / under).ln())
        .collect();
    location(&logs).map(|log| log.map(f64::exp))
}

/// The median of sorted values.
pub fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

/// The averages of all pairs of values, each with itself too, sorted.
fn walsh_averages(values: &[f64]) -> Vec<f64> {
    let mut averages = Vec::with_capacity(values.len() * (values.len() + 1) / 2);
    for (place, &one) in values.iter().enumerate() {
        averages.extend(
            values[place..]
                .iter()
                .map(|&other| f64::midpoint(one, other)),
        );
    }
    averages.sort_by(f64::total_cmp);
    averages
}

/// How many averages lie outside of the interval on each side: the largest number c for which the sum
/// of the positive ranks is at most c with a chance of no more than half of the allowed error.
fn cut(count: usize) -> usize {
    let chances = signed_rank(count);
    let mut below = 0.0;
    let fits = |chance: &&f64| {
        below += **chance;
        below <= (1.0 - CONFIDENCE) / 2.0
    };
    chances.iter().take_while(fits).count() - 1
}

/// The chance of each sum of positive ranks, if every sign is as likely as the other.
fn signed_rank(count: usize) -> Vec<f64> {
    let mut chances = vec![1.0];
    for rank in 1..=count {
        let mut next = vec![0.0; chances.len() + rank];
        for (sum, chance) in chances.iter().enumerate() {
            next[sum] += chance / 2.0;
            next[sum + rank] += chance / 2.0;
        }
        chances = next;
    }
    chances
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator (Steele, Lea and Flood, `SplitMix64`) of values that scatter like noise.
    struct Noise(u64);

    impl Noise {
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        }

        /// A normal value by Box and Muller, and one in ten of them three times as far out.
        fn normal(&mut self) -> f64 {
            let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
            let wide = if self.uniform() < 0.1 { 3.0 } else { 1.0 };
            radius * (std::f64::consts::TAU * self.uniform()).cos() * wide
        }
    }

    fn ratios(noise: &mut Noise, blocks: usize, truth: f64, spread: f64) -> Vec<(f64, f64)> {
        let mut side = |figure: f64| figure * (noise.normal() * spread).exp();
        (0..blocks).map(|_| (side(truth), side(1.0))).collect()
    }

    #[test]
    fn too_few_values_have_no_interval() {
        assert_eq!(location(&[1.0; 5]), None);
        assert!(location(&[1.0; 6]).is_some());
        assert_eq!(location(&[1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN]), None);
    }

    #[test]
    fn the_cut_is_that_of_the_tables() {
        // The usual table of Wilcoxon's test, two-sided 0.05.
        for (count, expected) in [(6, 0), (7, 2), (8, 3), (9, 5), (10, 8), (15, 25), (20, 52)] {
            assert_eq!(cut(count), expected, "{count} values");
        }
    }

    #[test]
    fn the_estimate_is_the_median_of_the_averages_of_pairs() {
        let estimate = location(&[1.0, 2.0, 3.0, 4.0, 5.0, 100.0]).expect("six values");
        let figures = [estimate.value, estimate.low, estimate.high];
        assert_eq!(
            figures.map(|figure| figure.to_string()),
            ["3.5", "1", "100"]
        );
    }

    #[test]
    fn of_1000_intervals_around_equal_sides_30_to_70_miss() {
        for (seed, blocks) in [(1, 10), (2, 15), (3, 20)] {
            let mut noise = Noise(seed);
            let misses = (0..1000)
                .filter(|_| {
                    let pairs = ratios(&mut noise, blocks, 1.0, 0.05);
                    ratio(&pairs).expect("enough").outside(1.0, 1.0)
                })
                .count();
            assert!(
                (30..=70).contains(&misses),
                "{misses} of 1000 at {blocks} blocks"
            );
        }
    }

    #[test]
    fn fifteen_blocks_tell_a_ratio_of_1_1_from_1_nine_times_in_ten() {
        let mut noise = Noise(7);
        let told = (0..1000)
            .filter(|_| {
                let pairs = ratios(&mut noise, 15, 1.1, 0.05);
                ratio(&pairs).expect("enough").low > 1.0
            })
            .count();
        assert!(told >= 900, "{told} of 1000");
    }
}
