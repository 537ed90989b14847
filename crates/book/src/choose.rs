//! For someone who chooses: when to pick Rust, when Go, when it does not matter; a map of loads that were measured;
//! and how to measure one's own. Every line is written from figures, and is not there without them.

mod alike;
mod decide_lists;
mod form;
mod grid;
mod lists_markup;
mod map;

use lab_judge::verdict::Verdict;
use maud::{Markup, html};

use crate::{
    provenance,
    verdicts::{Judged, Verdicts, mark, sentence},
};
use decide_lists::Advice;

pub use lists_markup::lists;

/// The page's content.
pub fn html(verdicts: &Verdicts) -> Markup {
    html! {
        h1 { "Pick Rust, pick Go, or either" }
        p.question {
            "Each line is written from figures and shows them: where they decide nothing, it is not there. The best evidence is "
            a href="#own" { "your own load, in about three minutes" } "."
        }
        (lists(verdicts, None))
        h2 #map { "The map" }
        p { "Find your load: down, what stays alive; across, the load, as a share of each server’s own capacity." }
        (map::html(verdicts))
        h2 #own { "Measure your own load" }
        (form::html())
        (settings(verdicts))
        (depends(verdicts))
        (provenance::origin(verdicts))
    }
}

/// What changes the figures without another language.
fn settings(verdicts: &Verdicts) -> Markup {
    let (settings, lacking) = Advice::read().settings(verdicts);
    html! {
        h2 #settings { "What helps without another language" }
        @if !settings.is_empty() {
            ul { @for says in &settings { li { (sentence(says)) "." } } }
        }
        @if !lacking.is_empty() {
            p.ev {
                "More could stand here, but too few blocks were measured of "
                @for (place, query) in lacking.iter().enumerate() { @if place > 0 { ", " } code { (query) } }
                ". " code { "cargo lab measure --thorough" } " measures more."
            }
        }
    }
}

/// The claims that are true in some circumstances only.
fn depends(verdicts: &Verdicts) -> Markup {
    let is_such = |claim: &&Judged| matches!(claim.verdict, Verdict::Depends(_));
    let claims: Vec<&Judged> = verdicts.claims.iter().filter(is_such).collect();
    html! {
        @if !claims.is_empty() {
            h2 #depends { "Claims that depend on circumstances" }
            ul.circumstances {
                @for claim in claims {
                    li {
                        a href=(claim.place()) { (claim.id) } " " (sentence(&claim.says)) " " (mark(claim.verdict.word()))
                        div.evidence { (sentence(&claim.finding)) "." }
                    }
                }
            }
        }
    }
}
