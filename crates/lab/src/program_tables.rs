//! Build metrics of the programs: two small tables below the ledger.

use std::fmt::Write as _;

use lab_judge::{
    figures::{Figure, Results},
    formula::Formula,
};
use lab_results::{build_metrics::TOPIC, quantity::quantity, result::ResultFile};

/// A column for both languages: its heading, its figure, the unit.
type Column = [&'static str; 3];

const SOURCES: [Column; 4] = [
    ["tokens", "tokens", "count"],
    ["lines", "lines", "count"],
    ["program", "bytes", "bytes"],
    ["stripped", "stripped_bytes", "bytes"],
];

const RUNS: [Column; 4] = [
    ["start to end", "wall_ns", "ns"],
    ["idle", "idle_bytes", "bytes"],
    ["first build", "cold_build_ns", "ns"],
    ["after an edit", "rebuild_ns", "ns"],
];

/// The width of the names of cases, and of a column with both sides.
const NAME: usize = 15;
const COLUMN: usize = 16;

/// Both tables, split to fit this width; `None` if nothing was measured.
pub fn tables(files: &[ResultFile], width: usize) -> Option<String> {
    let all = files.iter().flat_map(|file| &file.measurements);
    let mut cases: Vec<&str> = Vec::new();
    for measurement in all.filter(|measurement| measurement.key.topic == TOPIC) {
        if !cases.contains(&measurement.key.case.as_str()) {
            cases.push(&measurement.key.case);
        }
    }
    if cases.is_empty() {
        return None;
    }
    let mut text = String::new();
    let columns = (width.saturating_sub(NAME) / COLUMN).max(1);
    let parts = [&SOURCES, &RUNS].map(|table| table.chunks(columns));
    for columns in parts.into_iter().flatten() {
        let _ = write!(text, "{:NAME$}", "");
        for [heading, ..] in columns {
            let _ = write!(text, " {heading:>15}");
        }
        let sides = format!(" {:>7} {:>7}", "Go", "Rust").repeat(columns.len());
        let _ = writeln!(text, "\n{:NAME$}{sides}", "");
        for case in &cases {
            let row: String = columns
                .iter()
                .map(|column| both(files, case, column))
                .collect();
            if row.contains(|sign: char| sign.is_ascii_digit()) {
                let _ = writeln!(text, "{case:NAME$}{row}");
            }
        }
        text.push('\n');
    }
    Some(text)
}

/// A figure of both languages, each from the newest result that has it.
fn both(files: &[ResultFile], case: &str, [_, name, unit]: &Column) -> String {
    let shown = |side: &str| {
        let formula = Formula::parse(&format!("{side}{{{TOPIC}/{case}}}.{name}")).ok()?;
        let value = |file| match Results::new([file]).figure(&formula, false) {
            Figure::Known(estimate) => Some(estimate.value),
            Figure::Rough { value, .. } => Some(value),
            Figure::Missing(_) => None,
        };
        let newest = files.iter().find_map(value)?;
        Some(quantity(newest, unit).replace(' ', ""))
    };
    let [go, rust] = ["go", "rust"].map(|side| shown(side).unwrap_or("-".to_owned()));
    format!(" {go:>7} {rust:>7}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::{self, block_of, measurement, run_of};
    use serde_json::json;

    #[test]
    fn the_tables_hold_what_was_measured_and_fit() {
        let run = |bytes: u64, wall_ns: u64| run_of(json!({ "bytes": bytes, "wall_ns": wall_ns }));
        let (go, rust) = (run(2 << 20, 930_000), run(5 << 10, 1_410_000));
        let block = block_of(go.clone(), rust, go);
        let query = format!("{TOPIC}/smallest");
        let mut file = synthetic::file(vec![measurement(&query, vec![block])]);
        let text = tables(std::slice::from_ref(&file), 80).unwrap();
        for expected in ["2.00MiB", "5,120B", "930µs", "1.41ms"] {
            assert!(text.contains(expected), "{text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        for width in [40, 60] {
            let narrow = tables(std::slice::from_ref(&file), width).unwrap();
            assert!(narrow.contains("1.41ms"), "{narrow}");
            let fits = |line: &str| line.chars().count() <= width;
            assert!(narrow.lines().all(fits), "{narrow}");
        }
        // The newest result first: it has all but the size.
        let older = file.clone();
        let newest = &mut file.measurements[0].blocks[0];
        for (run, wall_ns) in [(&mut newest.go, 940_000), (&mut newest.rust, 1_420_000)] {
            run.samples[0].insert("wall_ns".to_owned(), wall_ns.into());
            run.samples[0].remove("bytes");
        }
        let both = tables(&[file.clone(), older], 80).unwrap();
        let expected = text.replace("930µs", "940µs").replace("1.41ms", "1.42ms");
        assert_eq!(both, expected);
        file.measurements.clear();
        assert_eq!(tables(&[file], 80), None);
    }
}
