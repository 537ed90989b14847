//! A claim in full: its verdict, what was asked and found, a picture, the cause, the other side.

use maud::{Markup, html};

use crate::{
    memory,
    plot::Plot,
    verdicts::{Judged, Tested, mark, sentence},
};

/// A claim with its plots.
pub fn html(claim: &Judged, plots: &[Plot]) -> Markup {
    let is_measured = claim.is_headline || !claim.formulas.is_empty();
    html! {
        section.claim id=(claim.address()) {
            h3 { span.id { (claim.id) } " " (sentence(&claim.says)) }
            p {
                (mark(&claim.verdict))
                @if claim.whole != claim.verdict { " " (claim.whole.trim_start_matches(&claim.verdict).trim()) }
                span.said {
                    @match (&claim.source, &claim.figure) {
                        (Some(source), Some(figure)) => { " " (source) " says: " (figure) "." }
                        (None, Some(figure)) => { " The article says: " (figure) "." }
                        (Some(source), None) => { " Said by " (source) "." }
                        (None, None) => {}
                    }
                }
            }
            @if !claim.tests.is_empty() { (tests(claim)) }
            (memory::html(&claim.memory, &claim.id))
            @if !claim.shown.is_empty() { p { b { "Beside. " } (claim.shown.join("; ")) "." } }
            @if !plots.is_empty() {
                div.plots { @for plot in plots { (plot.html()) } }
            }
            @for (says, found) in &claim.causes {
                p { b { "Cause. " } (sentence(says)) " " (found) "." }
            }
            @if let Some((says, figure)) = &claim.answer {
                p { b { "The other side. " } (sentence(says)) @if let Some(figure) = figure { " " (figure) "." } }
            }
            @for caveat in &claim.caveats {
                p { b { "Mind. " } (sentence(caveat)) }
            }
            p.command {
                "Again: "
                @if is_measured { code { "cargo lab measure --only " (claim.id) } ", then " }
                code { "cargo lab judge " (claim.id) }
            }
        }
    }
}

fn tests(claim: &Judged) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "What was asked for " (claim.id) } {
            table.tests {
                thead { tr { @for title in ["asked", "holds within", "found"] { th scope="col" { (title) } } } }
                tbody {
                    @for test in &claim.tests {
                        tr {
                            th scope="row" { (asked(test)) }
                            td { (test.bound()) }
                            td {
                                @match test.is_kept { Some(true) => { span.holds { "✓" } " " } Some(false) => { span.fails { "✗" } " " } None => {} }
                                (test.said())
                            }
                        }
                    }
                }
            }
        }
    }
}

fn asked(test: &Tested) -> Markup {
    html! {
        @match &test.place {
            Some(place) => { a href=(place) { (test.asked) } }
            None => { (test.asked) }
        }
    }
}
