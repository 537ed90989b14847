//! Resident memory in three readings: its peak, at the end, and after each side gave back what it can.

use lab_judge::{figures::Results, ledger};
use lab_results::{query::Query, result::Measurement};
use lab_workspace::language::Language;

use maud::{Markup, html};

use crate::{
    result_figures::{Measured, Shown, is_plain},
    table::{self, Column},
};

/// The readings of a side of a case.
#[derive(Debug, Clone)]
pub struct Reading {
    case: String,
    side: String,
    figures: [Option<Shown>; 3],
}

impl From<ledger::Reading> for Reading {
    fn from(reading: ledger::Reading) -> Self {
        Reading {
            case: reading.case,
            side: match reading.side {
                Language::Go => "Go",
                Language::Rust => "Rust",
            }
            .to_owned(),
            figures: reading.figures.each_ref().map(Shown::from_figure),
        }
    }
}

/// The readings of a claim's cases.
pub fn all(readings: &[ledger::Reading]) -> Vec<Reading> {
    readings.iter().cloned().map(Reading::from).collect()
}

/// The readings of a topic's cases with nothing set.
pub fn of_topic(topic: &str, measured: Measured) -> Vec<Reading> {
    let results = Results::new(measured.0);
    let own = |m: &&Measurement| m.key.topic == topic && m.own_scale && is_plain(m);
    let readings = |m: &Measurement| ledger::readings_of(&Query::from(&m.key), &results);
    let own = measured.all().filter(own);
    own.filter_map(|m| readings(m).ok())
        .flatten()
        .map(Reading::from)
        .collect()
}

/// The readings as a table, with the name of what they are of.
pub fn html(readings: &[Reading], of: &str) -> Markup {
    let rows = readings.iter().map(|reading| {
        let figures = reading.figures.iter();
        let figures = figures.map(|figure| match figure {
            Some(shown) => shown.text("bytes"),
            None => "-".to_owned(),
        });
        let begin = [reading.case.clone(), reading.side.clone()];
        table::row(begin.into_iter().chain(figures).map(table::text))
    });
    let begin = [("resident memory", ""), ("side", "")];
    let columns = begin.into_iter();
    let columns = columns.chain(ledger::READINGS.iter().map(|[name, _]| (*name, "")));
    let columns: Vec<Column> = columns.collect();
    html! {
        @if !readings.is_empty() {
            (table::html(&format!("Resident memory of {of}"), &columns, rows))
        }
    }
}
