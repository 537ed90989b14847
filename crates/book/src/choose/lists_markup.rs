//! The three lists: when to pick Rust, when Go, and when it does not matter.

use maud::{Markup, html};

use super::{
    alike,
    decide_lists::{Advice, List, Written},
};
use crate::{
    result_figures::Measured,
    verdicts::{Judged, Verdicts, cited, sentence},
};

/// The lists with their headings.
const LISTS: [(List, &str, &str); 3] = [
    (List::Rust, "rust", "Pick Rust if…"),
    (List::Go, "go", "Pick Go if…"),
    (List::Either, "", "It doesn’t matter if…"),
];

/// The lists: each line with its evidence and its claims, or only the first `most` lines of each, with their
/// claims. All of it is written from figures; a line whose figures decide nothing is not there.
pub fn lists(verdicts: &Verdicts, most: Option<usize>) -> Markup {
    let mut lines = Advice::read().lines(verdicts);
    lines.extend(alike::line(Measured(&verdicts.files)));
    html! {
        div.three {
            @for (list, class, title) in LISTS {
                div class={ "pick " (class) } {
                    @let title = html! { @if list == List::Either { (title) } @else { span.lang { (title) } } };
                    @if most.is_some() { h3 { (title) } } @else { h2 { (title) } }
                    @let own: Vec<&Written> = lines.iter().filter(|line| line.list == list).collect();
                    @if own.is_empty() {
                        p.ev { "Nothing that was measured says so; " code { "cargo lab measure --thorough" } " measures more." }
                    } @else {
                        ul { @for line in own.into_iter().take(most.unwrap_or(usize::MAX)) { (one(line, most.is_none(), verdicts)) } }
                    }
                }
            }
        }
    }
}

fn one(line: &Written, has_evidence: bool, verdicts: &Verdicts) -> Markup {
    html! {
        li {
            (sentence(&line.says)) "."
            span.ev {
                @if has_evidence { (sentence(&line.evidence)) "." }
                @for claim in line.claims.iter().filter_map(|id| find(id, verdicts)) { " " (cited(claim)) }
            }
        }
    }
}

fn find<'a>(id: &str, verdicts: &'a Verdicts) -> Option<&'a Judged> {
    verdicts.claims.iter().find(|claim| claim.id == id)
}
