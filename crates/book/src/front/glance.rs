//! All claims at a glance: a tile for each, by verdict, and what was found of some that do not hold.

use lab_judge::{ledger, verdict};
use maud::{Markup, html};

use super::findings::lead;
use crate::verdicts::{Judged, LEDGER, counts, mark, sentence};

/// Largest number of shown claims that do not hold.
const MAX_MISSES: usize = 4;

/// The part of the page: the article's claims, and a line about those of other sources.
pub fn html(article: &[Judged], others: &[Judged]) -> Markup {
    html! {
        @if !article.is_empty() {
            section.part #claims {
                div.heading {
                    h2 { (article.len()) " claims at a glance" }
                    p { (summary(article)) "." }
                    a.onward href=(LEDGER) { "All claims and figures →" }
                }
                div.mosaic {
                    @for (word, count) in counts(article) { (kind(article, word, count)) }
                }
                (misses(article))
                @if let Some(first) = others.first() {
                    p.others { "Of " (others.len()) " claims of other sources " (summary(others)) ". " a href=(first.row()) { "See them" } "." }
                }
            }
        }
    }
}

/// How many claims came out which way, in the words of the rows below.
fn summary(claims: &[Judged]) -> String {
    let judgements: Vec<_> = claims.iter().map(|claim| &claim.judgement).collect();
    ledger::counts_by_verdict(&judgements)
}

/// The claims of one verdict.
fn kind(claims: &[Judged], word: &str, count: usize) -> Markup {
    let own = claims.iter().filter(|claim| claim.verdict.word() == word);
    html! {
        div.kind {
            a.label href={ (LEDGER) "#verdict=" (word) } { (mark(word)) " " b { (count) } }
            div.tiles {
                @for claim in own {
                    a class={ "tile " (word) } href=(claim.row()) title=(claim.says.replace('`', "")) { (claim.id) }
                }
            }
            p.meaning { (verdict::meaning(word)) }
        }
    }
}

/// Some claims that do not hold and stand in no finding above: first those whose source gives a figure.
fn misses(claims: &[Judged]) -> Markup {
    let is_miss = |claim: &&Judged| claim.verdict.is_miss() && claim.front.is_none();
    let mut misses: Vec<&Judged> = claims.iter().filter(is_miss).collect();
    misses.sort_by_key(|claim| claim.said.is_none());
    misses.truncate(MAX_MISSES);
    html! {
        @if !misses.is_empty() {
            div.said-found {
                @for claim in misses {
                    a href=(claim.row()) {
                        span { "Said: " (sentence(&claim.says)) }
                        @let (lead, rest) = lead(claim);
                        " Found: " @if let Some(lead) = lead { b { (sentence(lead)) ":" } " " } (sentence(rest)) "."
                    }
                }
            }
        }
    }
}
