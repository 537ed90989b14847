use super::*;
use crate::synthetic::estimate;

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
fn a_percentile_has_its_share_at_or_below_it() {
    let values: Vec<u64> = (1..=2000).collect();
    for (share, expected) in [
        (0.0, 1),
        (0.5, 1000),
        (0.99, 1980),
        (0.999, 1998),
        (1.0, 2000),
    ] {
        assert_eq!(percentile(&values, share), Some(expected), "{share}");
    }
    assert_eq!(percentile(&[7], 0.01), Some(7));
    assert_eq!(percentile::<u64>(&[], 0.5), None);
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
        assert_eq!(cut(&signed_rank(count)), Some(expected), "{count} values");
    }
}

#[test]
fn the_cut_of_two_samples_is_that_of_the_tables() {
    // The usual table of Mann and Whitney's test, two-sided 0.05.
    for (ones, others, expected) in [
        (4, 4, 0),
        (5, 5, 2),
        (5, 8, 6),
        (6, 10, 11),
        (10, 10, 23),
        (10, 20, 55),
        (20, 20, 127),
    ] {
        for (ones, others) in [(ones, others), (others, ones)] {
            let chances = rank_sum(ones, others);
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert_eq!(cut(&chances), Some(expected), "{ones} and {others} values");
        }
    }
    assert_eq!(cut(&rank_sum(3, 3)), None);
    assert_eq!(cut(&rank_sum(0, 9)), None);
}

#[test]
fn the_shift_is_the_median_of_all_ratios() {
    let old = [1.0, 1.0, 2.0, 2.0];
    let new = [4.0, 4.0, 8.0, 8.0];
    let ratio = ratio_of_independent(&old, &new).expect("enough");
    let figures = [ratio.value, ratio.low, ratio.high].map(f64::round);
    assert_eq!((figures, ratio.count), ([4.0, 2.0, 8.0], 4));
    assert_eq!(ratio_of_independent(&old, &new[..1]), None);
    assert_eq!(ratio_of_independent(&old, &[0.0; 4]), None);
}

#[test]
fn of_1000_intervals_around_equal_runs_30_to_70_miss_and_1_1_is_told() {
    for (seed, [old, new]) in [(1, [10, 10]), (2, [8, 12]), (3, [14, 14])] {
        let mut noise = Noise(seed);
        let mut run = |blocks: usize, truth: f64| -> Vec<f64> {
            (0..blocks)
                .map(|_| truth * (noise.normal() * 0.05).exp())
                .collect()
        };
        let mut missed = |truth: f64, times: i32| {
            let outside = |_: &i32| {
                let (old, new) = (run(old, 1.0), run(new, truth));
                let ratio = ratio_of_independent(&old, &new).expect("enough");
                ratio.outside(1.0, 1.0)
            };
            (0..times).filter(outside).count()
        };
        let (equal, different) = (missed(1.0, 1000), missed(1.1, 200));
        assert!((30..=70).contains(&equal), "{equal} at {old} and {new}");
        assert!(different >= 170, "{different} of 200 at {old} and {new}");
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
fn of_1000_intervals_of_a_sum_of_five_at_most_50_miss() {
    for (seed, blocks) in [(11, [10; 5]), (12, [8, 10, 12, 15, 20])] {
        let mut noise = Noise(seed);
        let misses = (0..1000)
            .filter(|_| {
                let parts = blocks.map(|blocks| {
                    let spread = 0.05 * f64::from(blocks);
                    let values: Vec<f64> = (0..blocks).map(|_| noise.normal() * spread).collect();
                    location(&values).expect("enough")
                });
                sum(&parts).outside(0.0, 0.0)
            })
            .count();
        assert!((5..=50).contains(&misses), "{misses} of 1000 at {blocks:?}");
    }
}

#[test]
fn of_1000_intervals_of_a_quotient_at_most_60_miss() {
    for (seed, truth) in [(21, 3.0), (22, 0.4), (23, -1.5)] {
        let mut noise = Noise(seed);
        let mut part = |middle: f64, spread: f64| {
            let values: Vec<f64> = (0..10).map(|_| middle + noise.normal() * spread).collect();
            location(&values).expect("enough")
        };
        let misses = (0..1000)
            .filter(|_| {
                let (over, under) = (part(2.0 * truth, 0.6), part(2.0, 0.3));
                quotient(&over, &under)
                    .expect("far from zero")
                    .outside(truth, truth)
            })
            .count();
        assert!((5..=60).contains(&misses), "{misses} of 1000 at {truth}");
    }
    let [over, near] = [2.0, 0.1].map(|value| estimate(value - 0.2, value, value + 0.2));
    assert_eq!(quotient(&over, &near), None);
}

#[test]
fn values_in_two_groups_have_their_range_and_no_interval() {
    let parted = [0.12, 0.15, 0.2, 0.22, 1.12, 1.13, 1.15, 1.16, 0.13, 1.14];
    let range = two_groups(&parted).expect("two groups");
    let ends = [range.low, range.value, range.high].map(|end| end.to_string());
    assert_eq!(ends, ["0.12", "1.12", "1.16"]);
    assert!(
        two_groups(&parted[1..7]).is_some(),
        "as many as an interval takes"
    );
    assert_eq!(two_groups(&parted[2..7]), None, "too few to tell");
    let mut outlier = [1.0, 1.1, 1.2, 1.0, 1.1, 1.2, 1.0, 1.1, 1.2, 9.0];
    assert_eq!(two_groups(&outlier), None, "one value is no group");
    outlier[0] = 9.1;
    assert!(two_groups(&outlier).is_some());
    let mut noise = Noise(31);
    let groups = (0..1000).filter(|_| {
        let values: Vec<f64> = (0..10).map(|_| noise.normal()).collect();
        two_groups(&values).is_some()
    });
    assert!(groups.count() <= 5);
}

#[test]
fn fifteen_blocks_tell_a_ratio_of_1_1_from_1_nine_times_in_ten() {
    let mut noise = Noise(7);
    let detected = (0..1000)
        .filter(|_| {
            let pairs = ratios(&mut noise, 15, 1.1, 0.05);
            ratio(&pairs).expect("enough").low > 1.0
        })
        .count();
    assert!(detected >= 900, "{detected} of 1000");
}
