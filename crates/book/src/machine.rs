//! This machine: what measured, with what, and how noisy it was.

use std::collections::BTreeMap;

use lab::result::ResultFile;
use maud::{Markup, html};

use crate::{front, verdicts::Verdicts};

/// The page about the machine.
pub fn html(verdicts: &Verdicts) -> Markup {
    html! {
        h1 { "This machine" }
        p { (front::where_from(verdicts)) }
        @if let Some(first) = verdicts.files.first() { (of(first, &verdicts.files)) }
    }
}

/// The first of the files stands for the machine of all.
fn of(file: &ResultFile, files: &[ResultFile]) -> Markup {
    let measurements = || files.iter().flat_map(|file| &file.measurements);
    let left_out: Vec<_> = files.iter().flat_map(|file| &file.left_out).collect();
    let machine = &file.machine;
    let blocks: usize = measurements()
        .map(|measurement| measurement.blocks.len())
        .sum();
    let mut dropped: BTreeMap<&str, usize> = BTreeMap::new();
    for block in measurements().flat_map(|measurement| &measurement.dropped) {
        *dropped.entry(&block.why).or_default() += 1;
    }
    let steal = measurements()
        .flat_map(|measurement| &measurement.blocks)
        .map(|block| block.steal)
        .fold(0.0, f64::max);
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
        h2 #noise { "How noisy it was" }
        p {
            (blocks) " blocks count. The host took at most " (format!("{:.1}", steal * 100.0)) " % of a block's time. "
            @if dropped.is_empty() { "No block was dropped." } @else { "Dropped:" }
        }
        @if !dropped.is_empty() {
            ul { @for (why, count) in &dropped { li { (count) " × " (why) } } }
        }
        h2 #cases { "The cases" }
        div.scroll tabindex="0" role="region" aria-label="The cases" {
            table.facts {
                thead { tr { @for title in ["case", "size", "Go", "Rust", "cores", "blocks"] { th scope="col" { (title) } } } }
                tbody {
                    @for measurement in measurements() {
                        @let subject = &measurement.subject;
                        tr {
                            th scope="row" { (subject.topic) "/" (subject.case) }
                            td { (subject.scale) } td { (subject.go) } td { (subject.rust) } td { (subject.cores) } td { (measurement.blocks.len()) }
                        }
                    }
                }
            }
        }
        @if !left_out.is_empty() {
            h2 #left-out { "Left out" }
            ul { @for left in &left_out { li { (left.subject) ": " (left.why) } } }
        }
    }
}
