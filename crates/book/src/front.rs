//! The front page: the question, the answer in lines made from the verdicts, the ledger.

use lab::{judge::ledger, project::Project};
use maud::{Markup, html};

use crate::{
    measured::Measured,
    plot::Plot,
    plots,
    verdicts::{Judged, Verdicts, WORDS, by_source, counts, mark, sentence},
};

/// The claims that a reader asks about first, and the question that each answers. Shown are the first
/// five that have an answer.
const FIRST: [(&str, &str); 8] = [
    ("V4", "Is Rust faster?"),
    ("R1", "Does Go's collector stop the program for long?"),
    ("R5", "Has Rust no pauses?"),
    ("V2", "Does Go take more memory?"),
    ("R4", "Is freeing in Rust free?"),
    ("A1", "Is allocating as fast in both?"),
    ("S3", "Does the collector make a server's latency spike?"),
    ("Y4", "Is Go simpler?"),
];

/// The page's content.
pub fn html(project: &Project, verdicts: &Verdicts) -> Markup {
    let claims = &verdicts.claims;
    let (article, others) = by_source(claims);
    let first = FIRST.iter().filter_map(|(id, question)| {
        let named = |claim: &&Judged| claim.id == *id && claim.verdict != "undecided";
        Some((claims.iter().find(named)?, *question))
    });
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
        dl.answers {
            @for (claim, question) in first.take(5) {
                div {
                    dt { (question) }
                    dd { (mark(&claim.verdict)) " " a href=(claim.place()) { (sentence(&claim.says)) } " " span.evidence { (claim.evidence) } }
                }
            }
        }
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
        (filter(project))
        (table(article))
        @if !others.is_empty() {
            h3 #others { (ledger::OTHERS) }
            (table(others))
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
        @if let Some(first) = files.first() {
            @if verdicts.is_reference { "These are the reference's figures, from the machine that is named here. " }
            "Measured with " code { (first.command) } ": " (ledger::heading(files).lines().next().unwrap_or_default()) ". "
            a href="machine.html" { "The machine, and how noisy it was" } "."
        } @else {
            "Nothing is measured yet, so every figure is missing: " code { "cargo lab measure" } " measures on this machine, and the next build of the book shows it."
        }
    }
}

fn filter(project: &Project) -> Markup {
    html! {
        form.filter {
            label { "Verdict " select name="verdict" { option value="" { "all" } @for word in WORDS { option { (word) } } } }
            label { "Topic " select name="topic" { option value="" { "all" } @for name in project.names() { option { (name) } } } }
            label { "About " select name="about" { option value="" { "both" } option { "Go" } option { "Rust" } } }
            span.left role="status" {}
        }
    }
}

fn table(claims: &[Judged]) -> Markup {
    html! {
        table.ledger {
            thead {
                tr {
                    @for title in ["claim", "topic", "verdict", "what is said, what was found"] {
                        th scope="col" { button type="button" { (title) } }
                    }
                }
            }
            tbody {
                @for claim in claims {
                    tr data-verdict=(claim.verdict) data-topic=(claim.topic) data-about=(about(&claim.says)) {
                        th scope="row" { a href=(claim.place()) { (claim.id) } }
                        td { (claim.topic) }
                        td { (mark(&claim.verdict)) }
                        td {
                            (sentence(&claim.says))
                            @if !claim.evidence.is_empty() { div.evidence { (claim.evidence) } }
                        }
                    }
                }
            }
        }
    }
}

/// The languages that a claim names.
fn about(says: &str) -> String {
    ["Go", "Rust"]
        .into_iter()
        .filter(|name| says.contains(name))
        .collect::<Vec<_>>()
        .join(" ")
}
