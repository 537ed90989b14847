//! Resident memory in three readings.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use lab_results::{query::Query, table};
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
