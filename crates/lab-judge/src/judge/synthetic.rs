//! The rule, held to results of which the truth is known: made of noise as it is seen on machines.

use std::f64::consts::TAU;

use anyhow::Result;
use serde_json::json;

use super::*;
use lab_results::{
    block_ratios,
    budget::Budget,
    evidence::{Answer, Question},
    pilot::PILOT,
    result::{Block, Run},
    synthetic::{block_of, result, run_of},
};

/// Evidence that is never used: all of these claims rest on figures.
struct Nobody;

impl Evidence for Nobody {
    fn answer(&self, question: &Question) -> Result<Answer> {
        panic!("{question:?}")
    }
}

struct Noise {
    chance: fastrand::Rng,
    spread: f64,
}

impl Noise {
    /// A factor around 1, by Box and Muller.
    fn factor(&mut self, spread: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.chance.f64()).ln()).sqrt();
        (spread * radius * (TAU * self.chance.f64()).cos()).exp()
    }

    /// Run of this duration in milliseconds; most of what disturbs it costs wall and CPU time alike.
    fn run(&mut self, ms: f64) -> Run {
        let wall = ms * 1e6 * self.factor(self.spread);
        let cpu = wall * self.factor(self.spread / 4.0);
        let runtime = json!({"gc_idle_cpu_ns": 0, "total_cpu_ns": cpu});
        Run {
            runtime: runtime.as_object().expect("an object").clone(),
            ..run_of(json!({"wall_ns": wall, "cpu_ns": cpu}))
        }
    }

    fn block(&mut self, ratio: f64) -> Block {
        block_of(self.run(ratio), self.run(1.0), Run::default())
    }

    /// The verdict about "Go takes longer" where Go ÷ Rust is `ratio`, with the blocks that
    /// the pilot asks for and the budget allows.
    fn verdict(&mut self, ratio: f64, claim: &Claim, budget: &Budget) -> Verdict {
        let mut file = result(&[("list", 1.0, 0)]);
        let measurement = &mut file.measurements[0];
        measurement.blocks = (0..PILOT).map(|_| self.block(ratio)).collect();
        let blocks = budget.blocks(block_ratios::needed_blocks(measurement));
        let more = blocks.saturating_sub(PILOT);
        measurement
            .blocks
            .extend((0..more).map(|_| self.block(ratio)));
        judge(claim, &Results::new(&[file]), &Nobody)
            .unwrap()
            .verdict
    }
}

/// How often of `times` verdicts it holds, fails, depends and is undecided.
fn judged(times: usize, ratio: f64, spread: f64, budget: &Budget) -> [usize; 4] {
    let text = r#"
        id = "X"
        topic = "list"
        says = "Go takes longer."
        test = [{ value = "go{list/case}.TIME_ns / rust{list/case}.TIME_ns", least = 1, unit = "ratio" }]
    "#;
    let claim: Claim = toml::from_str(text).unwrap();
    let chance = fastrand::Rng::with_seed(11);
    let mut noise = Noise { chance, spread };
    let mut counts = [0; 4];
    for _ in 0..times {
        let place = match noise.verdict(ratio, &claim, budget) {
            Verdict::Holds => 0,
            Verdict::Depends(_) => 2,
            Verdict::Undecided(_) => 3,
            Verdict::Shown => panic!("nothing is only shown"),
            _ => 1,
        };
        counts[place] += 1;
    }
    counts
}

#[test]
fn of_equal_sides_at_most_one_verdict_in_twenty_is_false() {
    for (times, spread) in [(4000, 0.02), (500, 0.05)] {
        let [holds, fails, depends, _] =
            judged(times, 1.0, spread, &Budget::of_mode(Mode::Thorough));
        let wrong = holds + fails + depends;
        // One in twenty, and two standard deviations of luck.
        let most = times as f64 / 20.0 + 2.0 * (times as f64 * 0.05 * 0.95).sqrt();
        assert!(
            wrong as f64 <= most,
            "{wrong} of {times} at a noise of {spread}"
        );
    }
}

#[test]
fn a_true_ratio_of_1_1_is_judged_right_95_times_in_100() {
    for spread in [0.02, 0.05] {
        let [holds, ..] = judged(500, 1.1, spread, &Budget::of_mode(Mode::Thorough));
        assert!(holds >= 475, "{holds} of 500 at a noise of {spread}");
    }
}

#[test]
fn where_the_budget_ends_before_enough_blocks_it_is_undecided_and_not_false() {
    let [holds, fails, depends, undecided] = judged(500, 1.1, 0.2, &Budget::of_mode(Mode::Quick));
    assert!(fails + depends <= 25, "{fails} fail, {depends} depend");
    assert!(undecided > 125, "{undecided} are undecided, {holds} hold");
}
