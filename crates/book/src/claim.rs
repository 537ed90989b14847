//! A claim in full, in the order of the ledger: claim, verdict, finding, figures with their bounds, how it was
//! tested, control, ablations, caveats, the counter-argument, how to reproduce it.

use lab_judge::{
    judgement::{NamedFigure, Tested},
    ledger,
    verdict::Outcome,
};
use maud::{Markup, html};

use crate::{
    memory,
    plot::Plot,
    verdicts::{Judged, mark, place_of, sentence},
};

/// A claim with its plots.
pub fn html(claim: &Judged, plots: &[Plot]) -> Markup {
    let why = claim.verdict.why();
    html! {
        section.claim id=(claim.address()) {
            h3 { span.id { (claim.id) } " " (sentence(&claim.says)) }
            p.finding {
                (mark(claim.verdict.word())) " " b { (sentence(&claim.finding)) "." }
                @if !why.is_empty() { " " span.said { "(" (why) ")" } }
            }
            @if let Some(sentence) = quote_source(claim) { p.said { (sentence) } }
            @for revision in &claim.revised {
                p.said { "Rule revised " (revision.on.day()) ": " (sentence(&revision.why)) }
            }
            @if !claim.tests.is_empty() { (results(claim)) }
            @if !claim.shown.is_empty() {
                @let shown: Vec<String> = claim.shown.iter().filter_map(Tested::said).collect();
                @if !shown.is_empty() { p { b { "Also measured. " } (shown.join("; ")) "." } }
            }
            (memory::html(&memory::all(&claim.memory), &claim.id))
            @if !plots.is_empty() {
                div.plots { @for plot in plots { (plot.html()) } }
            }
            @if let Some(control) = names(&claim.control) {
                p { b { "Control. " } "A side over itself: " (control) "." }
            }
            @for ablation in &claim.ablations {
                p {
                    b { "Ablation. " } (sentence(&ablation.says)) " "
                    @if ablation.was_tested() { (ablation.explained) ": " (ledger::experimented(ablation)) }
                    @else { "This was not tested here" }
                    "."
                }
            }
            @for caveat in &claim.caveats {
                p { b { "Caveat. " } (sentence(caveat)) }
            }
            @if let Some(counter) = &claim.counter_argument {
                p {
                    b { "Counter-argument. " } (sentence(&counter.says))
                    @if let Some(figure) = counter.tested.as_ref().and_then(Tested::said) { " " (figure) "." }
                    @if let Some(elsewhere) = &counter.elsewhere { " (" (elsewhere) ".)" }
                }
            }
            p.command {
                "Reproduce: "
                @for (number, command) in claim.reproduce.iter().enumerate() {
                    @if number > 0 { ", then " }
                    code { (command) }
                }
            }
            @for run in &claim.measured { p.said { "Measured: " (run.said()) "." } }
        }
    }
}

/// What the source says, in a sentence.
fn quote_source(claim: &Judged) -> Option<String> {
    match (&claim.source, &claim.said) {
        (Some(source), Some(figure)) => Some(format!("{source} says: {figure}.")),
        (None, Some(figure)) => Some(format!("The article says: {figure}.")),
        (Some(source), None) => Some(format!("Said by {source}.")),
        (None, None) => None,
    }
}

fn names(figures: &[NamedFigure]) -> Option<String> {
    let said: Vec<String> = figures.iter().filter_map(NamedFigure::said).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn results(claim: &Judged) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Results of " (claim.id) } {
            table.tests {
                thead { tr { @for title in ["result", "holds if", "test"] { th scope="col" { (title) } } } }
                tbody {
                    @for tested in &claim.tests {
                        tr {
                            th scope="row" {
                                @match tested.outcome {
                                    _ if tested.figure.is_some() && !tested.bound.binds() => {}
                                    Outcome::Met => { span.holds { "✓" } " " }
                                    Outcome::Violated(_) => { span.missed { "✕" } " " }
                                    Outcome::Inconclusive(_) => {}
                                }
                                @if let Some(whose) = tested.whose { (whose.said()) ": " }
                                (tested.told())
                            }
                            td { (tested.bound_said()) }
                            td.test { (link_test(tested)) }
                        }
                    }
                }
            }
        }
    }
}

/// The test in words, as a link to its place where it has one.
fn link_test(tested: &Tested) -> Markup {
    html! {
        @match place_of(tested) {
            Some(place) => { a href=(place) { (tested.asked_said()) } }
            None => { (tested.asked_said()) }
        }
    }
}
