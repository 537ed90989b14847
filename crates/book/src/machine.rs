//! This machine: what measured, with what, how noisy it was, and the catalogue of cases.

use std::collections::BTreeMap;

use lab_judge::revision;
use lab_results::{
    build_metrics,
    layout::count,
    query::Case,
    result::{Measurement, Reject, ResultFile},
    settings::SETTINGS,
    warnings,
};
use maud::{Markup, html};

use crate::{
    catalogue, measured, provenance,
    table::{self, Column, Row, SAYS},
    verdicts::{self, Verdicts},
};

/// The page about the machine.
pub fn html(verdicts: &Verdicts, cases: Vec<Case>) -> Markup {
    let measurements: Vec<&Measurement> = verdicts
        .files
        .iter()
        .flat_map(|file| &file.measurements)
        .collect();
    html! {
        h1 { "This machine" }
        p { (provenance::render_origin(verdicts)) }
        p { a href="methodology.html" { "How each figure comes about" } ", " a href="bias.html" { "where this may be unfair" } ", " a href="results.html" { "what a result's file holds" } "." }
        @if let Some(first) = verdicts.files.first() {
            (machine(first))
            (noise(&verdicts.files, &measurements))
        }
        (settings())
        (table(&measurements, cases))
        (left_out(&verdicts.files))
    }
}

/// The first of the files stands for the machine of all.
fn machine(file: &ResultFile) -> Markup {
    let machine = &file.machine;
    let commit = file.commit.hash.as_deref().unwrap_or("none");
    html! {
        h2 #machine { "The machine" }
        table.facts {
            tbody {
                tr { th scope="row" { "processor" } td { (machine.cpu) ", " (machine.cores) " cores" } }
                tr { th scope="row" { "memory" } td { (format!("{:.1} GiB", machine.memory_bytes as f64 / f64::from(1 << 30))) } }
                tr { th scope="row" { "system" } td { (machine.system) } }
                @for (name, value) in machine.versions.iter().chain(&machine.settings) {
                    tr { th scope="row" { (name) } td { (value) } }
                }
                tr { th scope="row" { "commit" } td { (commit) @if file.commit.dirty { ", with changes" } } }
            }
        }
    }
}

fn noise(files: &[ResultFile], measurements: &[&Measurement]) -> Markup {
    let blocks: usize = measurements.iter().map(|m| m.blocks.len()).sum();
    let mut rejected: BTreeMap<Reject, usize> = BTreeMap::new();
    for reason in measurements.iter().flat_map(|m| &m.rejected) {
        *rejected.entry(*reason).or_default() += 1;
    }
    let steal = measurements
        .iter()
        .flat_map(|m| &m.blocks)
        .map(|block| block.steal)
        .fold(0.0, f64::max);
    html! {
        h2 #noise { "How noisy it was" }
        p {
            (blocks) " blocks of " (files.len()) @if files.len() == 1 { " file" } @else { " files" } " were measured. The host took at most "
            (format!("{:.1}", steal * 100.0)) " % of a block's time. "
            @if rejected.is_empty() { "No block was rejected." } @else { "Rejected:" }
        }
        @if !rejected.is_empty() {
            ul { @for (reason, count) in &rejected { li { (count) " × " (reason) } } }
        }
        ul {
            @for file in files {
                @if let Some(said) = warnings::resolution(file) { li { (file.request.mode) ", " (revision::day(file.began)) ": " (said) } }
            }
        }
        p { "The control of each case, a side against itself, stands in the table of cases: what it strays from 1 is noise." }
    }
}

fn settings() -> Markup {
    let rows = SETTINGS.iter().map(|setting| {
        let of = verdicts::name(setting.language);
        table::row([setting.name, of, setting.says].map(table::text))
    });
    let columns = [("setting", ""), ("of", ""), ("what is set", SAYS)];
    html! {
        h2 #settings { "The settings" }
        (table::html("The settings", &columns, rows))
    }
}

/// All cases, also those that were not measured.
fn table(measurements: &[&Measurement], mut cases: Vec<Case>) -> Markup {
    for m in measurements {
        let key = &m.key;
        let is_it = |case: &Case| (&case.topic, &case.name) == (&key.topic, &key.case);
        if !cases.iter().any(is_it) {
            cases.push(Case {
                topic: key.topic.clone(),
                name: key.case.clone(),
                unit: String::new(),
                says: String::new(),
            });
        }
    }
    let rows = cases.iter().flat_map(|case| rows(case, measurements));
    html! {
        h2 #cases { "What was measured" }
        p { a href=(catalogue::PAGE) { "The catalogue" } " has the commands of each case." }
        details.folded {
            summary { (count(cases.len(), "case")) " with their controls" }
            (table::html("What was measured", &COLUMNS, rows))
        }
    }
}

/// The columns of the cases.
const COLUMNS: [Column; 9] = [
    ("case", ""),
    ("unit", ""),
    ("what is measured", SAYS),
    ("SCALE", ""),
    ("Go", ""),
    ("Rust", ""),
    ("cores", ""),
    ("blocks", ""),
    ("control", ""),
];

/// A row for each measurement of a case, or one that says that there is none.
fn rows(case: &Case, measurements: &[&Measurement]) -> Vec<Row> {
    let Case {
        topic,
        name,
        unit,
        says,
    } = case;
    let of_case = |m: &&&Measurement| (&m.key.topic, &m.key.case) == (topic, name);
    let found = measurements.iter().filter(of_case);
    let begin = |says: &str| {
        [
            head(topic, name, unit),
            table::text(unit),
            table::text(says),
        ]
    };
    let rows = found.enumerate().map(|(place, m)| {
        let says = if place == 0 { says } else { "" };
        let key = &m.key;
        let control = measured::any_control(m);
        let control = control.map(|(name, shown)| format!("{name} {}", shown.said("ratio")));
        let figures = [
            key.scale.to_string(),
            key.go.clone(),
            key.rust.clone(),
            key.cores.clone(),
            m.blocks.len().to_string(),
            control.unwrap_or_default(),
        ];
        table::row(begin(says).into_iter().chain(figures.map(table::text)))
    });
    let rows: Vec<Row> = rows.collect();
    if rows.is_empty() {
        let missing = [table::text("not measured")];
        return vec![table::row(begin(says).into_iter().chain(missing))];
    }
    rows
}

/// A case's name, which leads to the catalogue; one of an older result may stand there no more.
fn head(topic: &str, name: &str, unit: &str) -> Markup {
    let place = match topic {
        build_metrics::TOPIC => Some(format!("{}#programs", catalogue::PAGE)),
        _ => (!unit.is_empty()).then(|| catalogue::place(topic, name)),
    };
    let title = format!("{topic}/{name}");
    html! { @if let Some(place) = place { a href=(place) { (title) } } @else { (title) } }
}

fn left_out(files: &[ResultFile]) -> Markup {
    let left_out: Vec<_> = files.iter().flat_map(|file| &file.skipped).collect();
    html! {
        @if !left_out.is_empty() {
            h2 #left-out { "Left out" }
            ul { @for left in &left_out { li { (left.query) ": " (left.why) } } }
        }
    }
}
