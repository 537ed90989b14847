//! Pilot: the scatter of the first blocks, and nothing else, fixes the number of blocks. Stopping when the figure
//! itself looks good would bias it (an internal pilot: Wittes and Brittain, *Statistics in Medicine* 9, 1990).

/// Blocks of the pilot.
pub const PILOT: usize = 6;

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
