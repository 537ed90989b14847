//! Resident memory in three readings.

use std::fmt::Write as _;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use lab_results::{
    layout::{WIDTH, hang},
    quantity::quantity,
    query::Query,
    table,
};
use lab_workspace::language::Language;

use crate::{
    claims::Claim,
    figures::{Figure, Results},
    formula::Formula,
};

/// The three readings of resident memory: what each is called, and its figure.
pub const READINGS: [[&str; 2]; 3] = [
    ["peak", "peak_bytes"],
    ["end", "resident_bytes"],
    ["given back", "kept_bytes"],
];

/// Resident memory of one side of a case: its peak, at the end, and after it gave back what it can.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The case, with its size and what is set.
    pub case: String,
    /// The side.
    pub side: Language,
    /// The readings, in their order.
    pub figures: [Figure; 3],
}

/// The readings of the cases of a claim about memory; none if it is about something else, or if nothing was
/// measured.
pub fn readings(claim: &Claim, results: &Results) -> Result<Vec<Reading>> {
    let mut is_about_memory = false;
    for test in &claim.test {
        let formulas = claim.formulas(test)?;
        let mut references = formulas
            .iter()
            .flat_map(|(_, all)| all)
            .flat_map(Formula::references);
        is_about_memory |= references.any(|reference| reference.figure.ends_with("_bytes"));
    }
    let mut all = Vec::new();
    if is_about_memory {
        for query in claim.judged()? {
            all.extend(of_case(&query, results)?);
        }
    }
    Ok(all)
}

/// The readings of both sides of a case, as far as there are any.
pub fn of_case(query: &Query, results: &Results) -> Result<Vec<Reading>> {
    let Some(measurement) = results.find(query) else {
        return Ok(Vec::new());
    };
    let mut both = Vec::new();
    for side in [Language::Go, Language::Rust] {
        let figure = |[_, figure]: [&str; 2]| -> Result<Figure> {
            let text = format!("{}{{{query}}}.process.{figure}", side.name());
            Ok(results.figure(&Formula::parse(&text)?, false))
        };
        let [peak, end, back] = READINGS.map(figure);
        let figures = [peak?, end?, back?];
        if figures.iter().any(|f| !matches!(f, Figure::Missing(_))) {
            both.push(Reading {
                case: table::label(&measurement.key),
                side,
                figures,
            });
        }
    }
    Ok(both)
}

/// How wide the names of cases are where they stand before their figures.
const NAME: usize = 38;

/// The readings as a table; nothing if there are none. Where it does not fit, cases have their own lines.
pub(crate) fn table(readings: &[Reading], width: usize) -> String {
    let is_narrow = width < WIDTH;
    let row = |label: &str, side: &str, [peak, end, back]: [&str; 3]| {
        if is_narrow {
            let label = match label {
                "" => String::new(),
                label => hang("", label, width) + "\n",
            };
            return format!("{label}{side:<4} {peak:>10} {end:>10} {back:>10}\n");
        }
        format!("{label:<NAME$} {side:<4} {peak:>11} {end:>11} {back:>12}\n")
    };
    let mut text = String::new();
    let mut before = "";
    for reading in readings {
        let cells = reading.figures.each_ref().map(|figure| match figure {
            Figure::Known(estimate) => quantity(estimate.value, "bytes"),
            Figure::Rough { value, .. } => quantity(*value, "bytes"),
            Figure::Missing(_) => "-".to_owned(),
        });
        let mut label = reading.case.as_str();
        if label == before {
            label = "";
        } else if label.chars().count() > NAME && !is_narrow {
            let _ = writeln!(text, "{label}");
            label = "";
        }
        before = &reading.case;
        let side = match reading.side {
            Language::Go => "Go",
            Language::Rust => "Rust",
        };
        text += &row(label, side, cells.each_ref().map(String::as_str));
    }
    if !text.is_empty() {
        let head = row("resident memory", "", READINGS.map(|[name, _]| name));
        text.insert_str(0, &format!("\n{head}"));
    }
    text
}
