//! The front page: the question, the answer in lines made from the verdicts, the ledger.

use lab_judge::{ledger, verdict::WORDS};
use lab_results::result::ResultFile;
use lab_workspace::project::Project;

use crate::{
    measured::Measured,
    plot::Plot,
    plots,
    verdicts::{Judged, Verdicts, by_source, counts, mark, name, sentence},
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
        h2 #answer { "The answer" }
        (tally(article, "claims"))
        @if !others.is_empty() { (tally(others, "claims of other sources")) }
        p { (where_from(verdicts)) }
        (findings(claims))
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
        p { "New here? " a href="learn.html" { "Begin with the order to read in" } ". For figures of your own: " a href="choose.html" { "choosing" } "." }
        h2 #ledger { "The ledger" }
        p.hint { "A verdict favours the language that gains by it; what depends, is undecided or only shown favours neither." }
        (filter(claims))
        (table(article))
        @if !others.is_empty() {
            h3 #others { (ledger::OTHERS) }
            (table(others))
        }
    }
}

/// The findings of the claims that answer what a reader asks first.
fn findings(claims: &[Judged]) -> Markup {
    html! {
        ol.answers {
            @for claim in claims.iter().filter(|claim| claim.front.is_some()) {
                li { (sentence(&claim.finding)) ". " a href=(claim.place()) { (claim.id) " " (mark(claim.verdict.word())) } }
            }
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

fn filter(claims: &[Judged]) -> Markup {
    let mut topics: Vec<&str> = Vec::new();
    for claim in claims {
        if !topics.contains(&claim.topic.as_str()) {
            topics.push(&claim.topic);
        }
    }
    html! {
        form.filter {
            label { "Verdict " select name="verdict" { option value="" { "all" } @for word in WORDS { option { (word) } } } }
            label { "Topic " select name="topic" { option value="" { "all" } @for name in topics { option { (name) } } } }
            label { "Favours " select name="favours" { option value="" { "any" } option { "Go" } option { "Rust" } option { "neither" } } }
            label { "Sort by " select name="sort" { option value="" { "the article" } @for (place, title) in COLUMNS.iter().enumerate().take(4) { option value=(place) { (title) } } } }
            span.left role="status" {}
        }
    }
}

/// The ledger's columns.
const COLUMNS: [&str; 5] = [
    "claim",
    "topic",
    "verdict",
    "favours",
    "what is said, what was found",
];

fn table(claims: &[Judged]) -> Markup {
    html! {
        table.ledger {
            thead {
                tr {
                    @for title in COLUMNS {
                        th scope="col" { button type="button" { (title) } }
                    }
                }
            }
            tbody {
                @for claim in claims {
                    @let favours = claim.ahead.map(name);
                    tr data-verdict=(claim.verdict.word()) data-topic=(claim.topic) data-favours=(favours.unwrap_or("neither")) {
                        th scope="row" { a href=(claim.place()) { (claim.id) } }
                        td { (claim.topic) }
                        td { (mark(claim.verdict.word())) }
                        td.favours { (favours.unwrap_or_default()) }
                        td {
                            (sentence(&claim.says))
                            div.evidence { (sentence(&claim.finding)) }
                        }
                    }
                }
            }
        }
    }
}
