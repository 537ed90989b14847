//! A result at a glance: a compact table.

use std::fmt::Write as _;

use crate::{
    block_ratios::{controls, middle, pairs, time},
    layout::hang,
    query::Query,
    result::{Block, CaseKey, Measurement, ResultFile, Run},
    settings,
    stats::{self, Estimate},
};

/// The ratio so far, as a progress bar shows it.
pub fn estimate(measurement: &Measurement) -> String {
    ratio(&pairs(&measurement.blocks, "wall_ns"))
}

/// A ratio with its interval.
pub fn interval(ratio: &Estimate) -> String {
    let [value, low, high] = [ratio.value, ratio.low, ratio.high].map(short);
    format!("{value} [{low}, {high}]")
}

/// A ratio with its interval, or without one where there are too few blocks.
fn ratio(pairs: &[(f64, f64)]) -> String {
    if let Some(ratio) = stats::ratio(pairs) {
        return interval(&ratio);
    }
    middle(pairs.iter().map(|(over, under)| over / under).collect())
        .map_or("-".to_owned(), |value| format!("{} (few)", short(value)))
}

/// Three digits.
pub fn short(value: f64) -> String {
    match value {
        v if v >= 99.95 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v if v >= 0.0995 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

/// A time with its unit, three digits.
fn nanoseconds(value: Option<f64>) -> String {
    let Some(value) = value else {
        return "-".to_owned();
    };
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "us")];
    match units.iter().find(|(size, _)| value >= *size) {
        Some((size, unit)) => format!("{} {unit}", short(value / size)),
        None => format!("{value:.0} ns"),
    }
}

/// 1000000 as 1M.
fn scale(scale: u64) -> String {
    let rounded = |size: f64| (scale as f64 / size * 10.0).round() / 10.0;
    match scale {
        1_000_000.. => format!("{}M", rounded(1e6)),
        1_000.. => format!("{}k", rounded(1e3)),
        _ => scale.to_string(),
    }
}

/// The label of a row: topic, case, scale and settings.
pub fn label(key: &CaseKey) -> String {
    let Query {
        topic,
        case,
        go,
        rust,
        cores,
        ..
    } = Query::from(key);
    let mut label = format!("{topic}/{case} {}", scale(key.scale));
    for (value, usual) in [
        (go, settings::DEFAULT),
        (rust, settings::DEFAULT),
        (cores, "all"),
    ] {
        if value != usual {
            let _ = write!(label, " {value}");
        }
    }
    label
}

/// Whether both languages are on one track, so that a ratio is meaningful.
fn comparable(measurement: &Measurement) -> bool {
    let tuned = |name: &str| name != settings::DEFAULT;
    tuned(&measurement.key.go) == tuned(&measurement.key.rust)
}

/// Width of labels; a longer one gets its own line.
const LABEL: usize = 25;

/// Width of the whole table, and of a table with each label on its own line.
const WIDE: usize = 80;
const MIDDLE: usize = 58;

/// The table: wall time of both languages, Go ÷ Rust, and the control; empty without a measurement. On a narrow
/// terminal it shows less instead of breaking lines.
pub fn table(file: &ResultFile, columns: usize) -> String {
    if file.measurements.is_empty() {
        return String::new();
    }
    let row = |label: &str, figures: &[&str; 5]| row(label, figures, columns);
    let mut text = row(
        "case",
        &["go", "rust", "go/rust [95 %]", "control", "blocks"],
    );
    for measurement in &file.measurements {
        let blocks = &measurement.blocks;
        let median = |side: fn(&Block) -> &Run| {
            nanoseconds(middle(
                blocks
                    .iter()
                    .filter_map(|b| time(side(b), "wall_ns"))
                    .collect(),
            ))
        };
        let control = controls(blocks)
            .iter()
            .map(|(over, under)| (over / under).ln())
            .collect();
        let (go, rust) = (median(|block| &block.go), median(|block| &block.rust));
        let ratio = if comparable(measurement) {
            estimate(measurement)
        } else {
            "-".to_owned()
        };
        let control = middle(control).map_or("-".to_owned(), |log| short(log.exp()));
        let count = match measurement.rejected.len() {
            0 => blocks.len().to_string(),
            rejected => format!("{} -{rejected}", blocks.len()),
        };
        text += &row(
            &label(&measurement.key),
            &[&go, &rust, &ratio, &control, &count],
        );
    }
    text
}

fn row(label: &str, [go, rust, ratio, control, count]: &[&str; 5], columns: usize) -> String {
    if columns < MIDDLE {
        return format!("{}\n{go:>8} {rust:>8}  {ratio}\n", hang("", label, columns));
    }
    let figures = format!("{go:>8} {rust:>8}  {ratio:<20} {control:>7} {count:>7}\n");
    if columns < WIDE || label.len() > LABEL {
        let indent = if columns < WIDE { 2 } else { LABEL };
        return format!("{}\n{:indent$}{figures}", hang("", label, columns), "");
    }
    format!("{label:<LABEL$}{figures}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        block_ratios,
        synthetic::{self, block_of, run_of},
    };
    use serde_json::json;

    fn measurement(case: &str, times: &[[f64; 3]]) -> Measurement {
        let run = |wall: f64| run_of(json!({"wall_ns": wall, "cpu_ns": wall}));
        let block = |&[go, rust, control]: &[f64; 3]| block_of(run(go), run(rust), run(control));
        let blocks = times.iter().map(block).collect();
        synthetic::measurement(&format!("cycles/{case}@100000"), blocks)
    }

    #[test]
    fn a_few_blocks_have_no_interval() {
        assert_eq!(estimate(&measurement("tree", &[])), "-");
        assert_eq!(
            estimate(&measurement("tree", &[[3e6, 2e6, 3e6]])),
            "1.50 (few)"
        );
        let six = measurement("tree", &[[3e6, 2e6, 3e6]; 6]);
        assert_eq!(estimate(&six), "1.50 [1.50, 1.50]");
        assert_eq!(block_ratios::needed_blocks(&six), Some(6));
    }

    #[test]
    fn every_row_fits_its_columns() {
        let long = [
            "123 ms",
            "0.123 ms",
            "0.123 [0.121, 0.125]",
            "0.123",
            "100 -20",
        ];
        let label = "allocation/escaping_written 10M gogc1600 huge_mimalloc one";
        for columns in [40, 60, 80, 120] {
            for label in [label, "x"] {
                let text = row(label, &long, columns);
                let fits = |line: &str| line.chars().count() <= columns.min(80);
                assert!(text.lines().all(fits), "{text}");
                let has_control = text.contains("0.123 100 -20");
                assert_eq!(has_control, columns >= 60, "60 columns show all: {text}");
            }
        }
    }

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        let shown: Vec<_> = [0.5, 12.0, 1234.0, 5.6e6, 9.996e9]
            .map(|v| nanoseconds(Some(v)))
            .to_vec();
        assert_eq!(shown, ["0 ns", "12 ns", "1.23 us", "5.60 ms", "10.0 s"]);
        assert_eq!(
            [7, 1_000, 1_500_000, 104_857_600].map(scale),
            ["7", "1k", "1.5M", "104.9M"]
        );
    }

    #[test]
    fn times_of_the_process_stand_in_where_samples_have_none() {
        let mut run = Run::default();
        assert_eq!(time(&run, "wall_ns"), None);
        run.process.insert("wall_process_ns".to_owned(), 5.into());
        assert_eq!(time(&run, "wall_ns"), Some(5.0));
    }
}
