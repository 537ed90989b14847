use super::*;
use crate::judgement::figure_text;
use lab_results::synthetic::result;

fn figure(file: &ResultFile, text: &str, is_ratio: bool) -> Figure {
    let formula = Formula::parse(text).unwrap();
    Results::new([file]).figure(&formula, is_ratio)
}

/// A result whose first topics take Go these milliseconds, block by block.
fn timed(topics: &[(&str, &[f64])]) -> ResultFile {
    let names = topics.iter().map(|(name, ms)| (*name, 1.0, ms.len()));
    let mut file = result(&names.collect::<Vec<_>>());
    for (measurement, (_, times)) in file.measurements.iter_mut().zip(topics) {
        for (block, ms) in measurement.blocks.iter_mut().zip(*times) {
            block.go.samples[0].insert("wall_ns".to_owned(), (ms * 1e6).into());
        }
    }
    file
}

const RISING: [f64; 8] = [1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4];

#[test]
fn blocks_of_two_measurements_are_independent_of_each_other() {
    let twice = RISING.map(|ms| 2.0 * ms);
    let file = timed(&[("list", &twice), ("tree", &RISING)]);
    // The first block of the one has nothing to do with the first of the other: their ratio is not always 2.
    for (text, is_ratio) in [
        ("go{list/case}.wall_ns / go{tree/case}.wall_ns", true),
        (
            "(go{list/case}.wall_ns - 2 * go{tree/case}.wall_ns) / 1000000",
            false,
        ),
    ] {
        let Figure::Known(estimate) = figure(&file, text, is_ratio) else {
            panic!("{text}");
        };
        assert!(estimate.high - estimate.low > 0.5, "{text}: {estimate:?}");
        assert_eq!(estimate.count, 8);
    }
    let within = "go{list/case}.wall_ns / rust{list/case}.wall_ns";
    assert!(matches!(figure(&file, within, true), Figure::Known(e) if e.low > 1.9));
}

#[test]
fn no_block_of_the_longer_measurement_is_left_out() {
    let more: Vec<f64> = RISING.into_iter().chain([64.0; 24]).collect();
    let file = timed(&[("list", &more), ("tree", &RISING)]);
    let text = "go{list/case}.wall_ns / go{tree/case}.wall_ns";
    assert!(matches!(figure(&file, text, true), Figure::Known(e) if e.value > 20.0));
}

#[test]
fn a_mean_of_many_measurements_has_the_interval_of_them_all() {
    let alike = [1.0, 1.02, 0.98, 1.01, 0.99, 1.0, 1.03, 0.97];
    let mean =
        "mean(go{a/case}.wall_ns / go{b/case}.wall_ns, go{c/case}.wall_ns / go{d/case}.wall_ns)";
    let width = |first: &[f64]| {
        let file = timed(&[("a", first), ("b", &alike), ("c", &alike), ("d", &alike)]);
        let Figure::Known(estimate) = figure(&file, mean, true) else {
            panic!("{first:?}");
        };
        estimate.high - estimate.low
    };
    assert!(width(&alike) < 0.1);
    assert!(width(&RISING) > 0.2);
}

#[test]
fn a_block_without_a_ratio_is_not_left_out_in_silence() {
    let file = timed(&[("list", &[3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 0.5])]);
    let gain = "(go{list/case}.wall_ns - rust{list/case}.wall_ns) / rust{list/case}.wall_ns";
    let why = "in 1 of 7 blocks it is zero or less, and no ratio".to_owned();
    assert_eq!(figure_text(&figure(&file, gain, true), ""), why);
    assert!(matches!(figure(&file, gain, false), Figure::Known(_)));
    let nothing = "1 / (go{list/case}.wall_ns - 500000)";
    let why = "in 1 of 7 blocks it is no number".to_owned();
    assert_eq!(figure_text(&figure(&file, nothing, false), ""), why);
}

#[test]
fn of_several_results_the_newest_with_an_interval_counts() {
    let of = |ms: f64, blocks: usize| timed(&[("list", &vec![ms; blocks])]);
    let value = |files: &[ResultFile]| {
        let formula = Formula::parse("go{list/case}.wall_ns").unwrap();
        match Results::new(files).figure(&formula, false) {
            Figure::Known(Estimate { value, .. }) | Figure::Rough { value, .. } => {
                (value / 1e6).round() as u64
            }
            Figure::Missing(missing) => panic!("{missing}"),
        }
    };
    // The newest first; more blocks of an older one take nothing from it, unless it has too few.
    assert_eq!(value(&[of(1.0, 6), of(2.0, 6), of(3.0, 9)]), 1);
    assert_eq!(value(&[of(1.0, 5), of(2.0, 6), of(3.0, 9)]), 2);
    assert_eq!(value(&[of(1.0, 3), of(2.0, 4), of(3.0, 4)]), 2);
}
