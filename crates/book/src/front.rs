//! The front page: the question, the answer in lines made from the verdicts, the ways into the book.

use std::collections::BTreeMap;

use lab_judge::{claims::Front, ledger};
use lab_results::result::ResultFile;
use lab_workspace::project::Project;

use crate::{
    measured::Measured,
    plot::Plot,
    plots,
    verdicts::{Judged, LEDGER, Verdicts, by_source, counts, mark, sentence},
};
use maud::{Markup, html};

/// The page's content.
pub fn html(project: &Project, verdicts: &Verdicts) -> Markup {
    let claims = &verdicts.claims;
    let (article, others) = by_source(claims);
    html! {
        h1 { "Go and Rust memory, side by side" }
        div.prose {
            p.question {
                "Go leaves memory to a collector, Rust to ownership. What does each cost, and what does each spare? "
                (project.topics.len()) " pairs of programs do the same thing in both languages, and every claim of one article about them is tested."
            }
        }
        (ways(project))
        h2 #answer { "What we found" }
        (tally(article, "claims"))
        @if !others.is_empty() { (tally(others, "claims of other sources")) }
        (findings(claims))
        p { (where_from(verdicts)) }
        @let plots = first_plots(Measured(&verdicts.files));
        @if !plots.is_empty() {
            h2 #figures { "What was measured" }
            div.plots { @for plot in &plots { (plot.html()) } }
        }
        h2 #pairs { "The pairs" }
        ol.topics {
            @for topic in &project.topics {
                li { a href={ (topic.name) ".html" } { (topic.title) } }
            }
        }
        (own())
    }
}

/// The findings of the claims that answer what a reader asks first, those of one place in one item.
fn findings(claims: &[Judged]) -> Markup {
    let mut places: BTreeMap<usize, Vec<(&Judged, &Front)>> = BTreeMap::new();
    for claim in claims {
        if let Some(front) = &claim.front {
            places.entry(front.place).or_default().push((claim, front));
        }
    }
    html! {
        @if !places.is_empty() {
            ol.answers {
                @for all in places.values() {
                    li {
                        @for (claim, front) in all {
                            span.asks { (front.asks) } " "
                            b { (sentence(&claim.finding)) "." } " "
                            a href=(claim.place()) { (claim.id) " " (mark(claim.verdict.word())) } " "
                        }
                    }
                }
            }
            p.hint { "[ ] = 95 % interval. Each finding leads to its claim, with bound, control and the command that measures it again." }
        }
    }
}

/// The three ways into the book.
fn ways(project: &Project) -> Markup {
    let first = project.topics.first();
    html! {
        ul.ways {
            @if let Some(topic) = first {
                li { a href={ (topic.name) ".html" } { b { "Read the code side by side" } } " Go left, Rust right, twins at the same height. " a href="learn.html" { "The order to read in" } "." }
            }
            li { a href="choose.html" { b { "Choose" } } " When Rust, when Go, and when it does not matter." }
            li { a href=(LEDGER) { b { "Check a claim" } } " Its bound, its figure, its control, and what the other camp would answer." }
        }
    }
}

/// How to measure one's own service.
fn own() -> Markup {
    html! {
        h2 #own { "Measure your own service" }
        p {
            "Do not trust our figures for your service: measure yours in three minutes. The lab says first whether the difference is larger than that of a server from itself. "
            code { "cargo lab point --live-objects 2000000 --rate 800 --payload 64KiB --slo p99=20ms" }
        }
    }
}

fn tally(claims: &[Judged], what: &str) -> Markup {
    html! {
        p.counts {
            "Of " (claims.len()) " " (what) ":"
            @for (word, count) in counts(claims) { " " span.tally { (mark(word)) " " b { (count) } } }
        }
    }
}

/// Time, memory and latency at a glance.
fn first_plots(measured: Measured) -> Vec<Plot> {
    let requests = plots::by_percentile(measured, "pauses", &["request"], "request_ns");
    let nodes = plots::by_setting(measured, "footprint", "grown", "node_bytes");
    let all = plots::forest(measured).into_iter();
    all.chain(requests).chain(nodes).collect()
}

/// Where the figures come from.
pub fn where_from(verdicts: &Verdicts) -> Markup {
    let files = &verdicts.files;
    html! {
        @if !files.is_empty() {
            @if verdicts.is_reference { "These are figures of our reference machine. " }
            (measured_with(files)) " "
            a href="machine.html" { "The machine, and how noisy it was" } "."
        } @else {
            "Nothing is measured yet, so every figure is missing: " code { "cargo lab measure" } " measures on this machine, and the next build of the book shows it."
        }
    }
}

/// The command and the machine of each of these results, and which of them are not whole.
pub fn measured_with(files: &[ResultFile]) -> Markup {
    html! {
        "Measured with "
        @for (place, file) in files.iter().enumerate() {
            @if place > 0 { "; " }
            code { (file.command) } ": " (ledger::heading(std::slice::from_ref(file), lab_results::layout::WIDTH).replace('\n', " "))
            @if !file.complete { " (not complete: the run was stopped)" }
        }
        "."
    }
}
