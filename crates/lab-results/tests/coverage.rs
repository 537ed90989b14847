//! How often the intervals of 95 % hold the truth, by simulation: with normal noise, with heavy tails, with a
//! machine that drifts over a run, and with processes that fall into two groups.
//!
//! `cargo test -p lab-results --test coverage -- --nocapture` prints the table.

use lab_results::stats::{self, Estimate};

/// Simulated measurements of each kind.
const TIMES: usize = 2000;

/// Kind of noise between blocks.
#[derive(Debug, Clone, Copy)]
enum Noise {
    Normal,
    /// One block in ten lies ten times as far out.
    HeavyTails,
    /// The machine becomes slower during the run.
    Drift,
    /// A process is slow or fast, by chance.
    TwoGroups,
}

const ALL: [Noise; 4] = [
    Noise::Normal,
    Noise::HeavyTails,
    Noise::Drift,
    Noise::TwoGroups,
];

struct Machine(fastrand::Rng);

impl Machine {
    /// A normal value by Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.0.f64()).cos()
    }

    /// The logarithm of a time in block `place`; the true value is 0.
    fn time(&mut self, noise: Noise, place: usize, blocks: usize) -> f64 {
        let usual = 0.05 * self.normal();
        match noise {
            Noise::HeavyTails if self.0.f64() < 0.1 => 10.0 * usual,
            Noise::Normal | Noise::HeavyTails => usual,
            Noise::Drift => usual + 0.3 * place as f64 / blocks as f64,
            Noise::TwoGroups => usual / 5.0 + if self.0.bool() { 0.1 } else { -0.1 },
        }
    }

    fn times(&mut self, noise: Noise, blocks: usize) -> Vec<f64> {
        (0..blocks)
            .map(|place| self.time(noise, place, blocks))
            .collect()
    }

    /// Log ratios of two times of the same blocks.
    fn paired(&mut self, noise: Noise, blocks: usize) -> Vec<f64> {
        let [over, under] = [(); 2].map(|()| self.times(noise, blocks));
        over.iter()
            .zip(under)
            .map(|(over, under)| over - under)
            .collect()
    }
}

/// The share of intervals that hold the truth.
fn covered(truth: f64, mut interval: impl FnMut() -> Estimate) -> f64 {
    let holds = (0..TIMES)
        .filter(|_| !interval().outside(truth, truth))
        .count();
    holds as f64 / TIMES as f64
}

/// The kinds of estimates, each with the share of its intervals that hold the truth.
fn coverage(noise: Noise) -> [(&'static str, f64); 5] {
    let mut machine = Machine(fastrand::Rng::with_seed(11));
    let mut paired = |blocks| {
        let all = machine.paired(noise, blocks);
        stats::interval(&all).expect("enough")
    };
    let ten = covered(0.0, || paired(10));
    let thirty = covered(0.0, || paired(30));
    let mut machine = Machine(fastrand::Rng::with_seed(12));
    // Two measurements of one run: both meet the same drift, and their blocks are set against each other.
    let apart = covered(0.0, || {
        let [old, new] = [10, 14].map(|blocks| machine.paired(noise, blocks));
        stats::shift(&old, &new).expect("enough")
    });
    let mut part = |middle: f64| {
        let values = machine.paired(noise, 10);
        let values: Vec<f64> = values.iter().map(|value| middle + value).collect();
        stats::interval(&values).expect("enough")
    };
    let sum = covered(3.0, || stats::sum(&[part(1.0), part(1.0), part(1.0)]));
    let quotient = covered(0.5, || {
        let (over, under) = (part(1.0), part(2.0));
        stats::quotient(&over, &under).expect("far from zero")
    });
    [
        ("one measurement, 10 blocks", ten),
        ("one measurement, 30 blocks", thirty),
        ("two measurements, 10 and 14 blocks", apart),
        ("a sum of three, 10 blocks each", sum),
        ("a quotient of two, 10 blocks each", quotient),
    ]
}

#[test]
fn intervals_of_95_percent_hold_the_truth_about_that_often() {
    for noise in ALL {
        for (kind, share) in coverage(noise) {
            println!("{noise:?}: {kind}: {:.1} %", 100.0 * share);
            // Never less than chance makes of 95 %; sums and groups may be wider than they need be.
            assert!(share >= 0.935, "{noise:?}, {kind}: {share}");
        }
        let [(_, ten), (_, thirty), ..] = coverage(noise);
        let is_exact = !matches!(noise, Noise::TwoGroups);
        assert!(
            !is_exact || ten.max(thirty) <= 0.97,
            "{noise:?}: {ten}, {thirty}"
        );
    }
}

#[test]
fn a_drift_that_both_sides_of_a_block_meet_changes_no_interval() {
    let width = |noise| {
        let mut machine = Machine(fastrand::Rng::with_seed(13));
        let widths: f64 = (0..200)
            .map(|_| {
                let interval = stats::interval(&machine.paired(noise, 10)).expect("enough");
                interval.high - interval.low
            })
            .sum();
        widths / 200.0
    };
    let ratio = width(Noise::Drift) / width(Noise::Normal);
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
}
