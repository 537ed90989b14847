//! This machine: what measured, with what, how noisy it was, and the catalogue of cases.

use std::collections::BTreeMap;

use lab_results::build_metrics;
use lab_results::{
    query::Case,
    result::{Measurement, Reject, ResultFile},
    settings::SETTINGS,
    warnings,
};
use lab_workspace::language::Language;

use crate::{catalogue, measured, provenance, verdicts::Verdicts};
use maud::{Markup, html};

/// The page about the machine.
pub fn html(verdicts: &Verdicts, cases: Vec<Case>) -> Markup {
    let measurements: Vec<&Measurement> = verdicts
        .files
        .iter()
        .flat_map(|file| &file.measurements)
        .collect();
    html! {
        h1 { "This machine" }
        p { (provenance::where_from(verdicts)) }
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
            (blocks) " blocks of " (files.len()) @if files.len() == 1 { " file" } @else { " files" } " count. The host took at most "
            (format!("{:.1}", steal * 100.0)) " % of a block's time. "
            @if rejected.is_empty() { "No block was rejected." } @else { "Rejected:" }
        }
        @if !rejected.is_empty() {
            ul { @for (reason, count) in &rejected { li { (count) " × " (reason) } } }
        }
        @for said in files.iter().filter_map(warnings::resolution) { p { (said) } }
        p { "The control of each case, a side against itself, stands in the table of cases: what it strays from 1 is noise." }
    }
}

fn settings() -> Markup {
    html! {
        h2 #settings { "The settings" }
        div.scroll tabindex="0" role="region" aria-label="The settings" {
            table.facts {
                thead { tr { @for title in ["setting", "of", "what is set"] { th scope="col" { (title) } } } }
                tbody {
                    @for setting in &SETTINGS {
                        tr {
                            th scope="row" { (setting.name) }
                            td { @match setting.language { Language::Go => "Go", Language::Rust => "Rust" } }
                            td.says { (setting.says) }
                        }
                    }
                }
            }
        }
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
    let titles = [
        "case",
        "unit",
        "what is measured",
        "SCALE",
        "Go",
        "Rust",
        "cores",
        "blocks",
        "control",
    ];
    html! {
        h2 #cases { "What was measured" }
        p { a href=(catalogue::PAGE) { "The catalogue" } " has the commands of each case." }
        div.scroll tabindex="0" role="region" aria-label="What was measured" {
            table.facts {
                thead { tr { @for title in titles { th scope="col" { (title) } } } }
                tbody {
                    @for Case { topic, name, unit, says } in &cases {
                        @let found: Vec<_> = measurements.iter().filter(|m| (&m.key.topic, &m.key.case) == (topic, name)).collect();
                        @for (place, m) in found.iter().enumerate() {
                            tr {
                                (head(topic, name, unit))
                                td { (unit) } td.says { @if place == 0 { (says) } }
                                td { (m.key.scale) } td { (m.key.go) } td { (m.key.rust) } td { (m.key.cores) } td { (m.blocks.len()) }
                                td { @if let Some((name, shown)) = measured::any_control(m) { (name) " " (shown.said("ratio")) } }
                            }
                        }
                        @if found.is_empty() {
                            tr { (head(topic, name, unit)) td { (unit) } td.says { (says) } td colspan="6" { "not measured" } }
                        }
                    }
                }
            }
        }
    }
}

/// A case's name, which leads to the catalogue; one of an older result may stand there no more.
fn head(topic: &str, name: &str, unit: &str) -> Markup {
    let place = match topic {
        build_metrics::TOPIC => Some(format!("{}#programs", catalogue::PAGE)),
        _ => (!unit.is_empty()).then(|| catalogue::place(topic, name)),
    };
    html! {
        th scope="row" {
            @match place {
                Some(place) => { a href=(place) { (topic) "/" (name) } }
                None => { (topic) "/" (name) }
            }
        }
    }
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
