//! This machine: what measured, with what, how noisy it was, and the catalogue of cases.

use std::collections::BTreeMap;

use lab::{
    formula::Side,
    load::points,
    measure::{doubts, plan::Case},
    result::{Measurement, ResultFile},
    settings::SETTINGS,
};
use maud::{Markup, html};

use crate::{chapter::Chapter, front, measured, verdicts::Verdicts};

/// The page about the machine.
pub fn html(verdicts: &Verdicts, chapters: &[Chapter]) -> Markup {
    let measurements: Vec<&Measurement> = verdicts
        .files
        .iter()
        .flat_map(|file| &file.measurements)
        .collect();
    html! {
        h1 { "This machine" }
        p { (front::where_from(verdicts)) }
        p { a href="methodology.html" { "How each figure comes about" } ", " a href="bias.html" { "where this may be unfair" } ", " a href="results.html" { "what a result's file holds" } "." }
        @if let Some(first) = verdicts.files.first() {
            (machine(first))
            (noise(&verdicts.files, &measurements))
        }
        (settings())
        (catalogue(&measurements, chapters))
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
    let mut dropped: BTreeMap<&str, usize> = BTreeMap::new();
    for block in measurements.iter().flat_map(|m| &m.dropped) {
        *dropped.entry(&block.why).or_default() += 1;
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
            @if dropped.is_empty() { "No block was dropped." } @else { "Dropped:" }
        }
        @if !dropped.is_empty() {
            ul { @for (why, count) in &dropped { li { (count) " × " (why) } } }
        }
        @for said in files.iter().filter_map(doubts::resolution) { p { (said) } }
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
                            td { @match setting.side { Side::Go => "Go", Side::Rust => "Rust" } }
                            td.says { (setting.says) }
                        }
                    }
                }
            }
        }
    }
}

/// All cases, also those that were not measured.
fn catalogue(measurements: &[&Measurement], chapters: &[Chapter]) -> Markup {
    let load = points::cases().into_iter().map(|case| {
        let Case {
            topic,
            name,
            unit,
            says,
        } = case;
        (topic, [name, unit, says])
    });
    let own = chapters.iter().flat_map(|chapter| {
        let cases = chapter.told.cases.iter().cloned();
        cases.map(|case| (chapter.topic.name.clone(), case))
    });
    let mut cases: Vec<(String, [String; 3])> = own.chain(load).collect();
    for m in measurements {
        let subject = &m.subject;
        let is_it = |(topic, [name, ..]): &(String, [String; 3])| {
            (topic, name) == (&subject.topic, &subject.case)
        };
        if !cases.iter().any(is_it) {
            let case = [subject.case.clone(), String::new(), String::new()];
            cases.push((subject.topic.clone(), case));
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
        h2 #cases { "The cases" }
        div.scroll tabindex="0" role="region" aria-label="The cases" {
            table.facts {
                thead { tr { @for title in titles { th scope="col" { (title) } } } }
                tbody {
                    @for (topic, [name, unit, says]) in &cases {
                        @let found: Vec<_> = measurements.iter().filter(|m| (&m.subject.topic, &m.subject.case) == (topic, name)).collect();
                        @for (place, m) in found.iter().enumerate() {
                            tr {
                                (head(topic, name))
                                td { (unit) } td.says { @if place == 0 { (says) } }
                                td { (m.subject.scale) } td { (m.subject.go) } td { (m.subject.rust) } td { (m.subject.cores) } td { (m.blocks.len()) }
                                td { @if let Some((name, shown)) = measured::any_control(m) { (name) " " (shown.said("ratio")) } }
                            }
                        }
                        @if found.is_empty() {
                            tr { (head(topic, name)) td { (unit) } td.says { (says) } td colspan="6" { "not measured" } }
                        }
                    }
                }
            }
        }
    }
}

fn head(topic: &str, name: &str) -> Markup {
    html! { th scope="row" { (topic) "/" (name) } }
}

fn left_out(files: &[ResultFile]) -> Markup {
    let left_out: Vec<_> = files.iter().flat_map(|file| &file.left_out).collect();
    html! {
        @if !left_out.is_empty() {
            h2 #left-out { "Left out" }
            ul { @for left in &left_out { li { (left.subject) ": " (left.why) } } }
        }
    }
}
