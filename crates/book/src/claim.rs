//! A claim as a card: claim, verdict, finding, one small picture; how it was tested stands behind a disclosure.

mod details;

use lab_results::quantity;
use maud::{Markup, html};

use crate::{
    claim_picture,
    plot::Plot,
    result_figures::{Measured, Shown},
    result_plots,
    verdicts::{Judged, mark, sentence},
};

/// A claim with its plots.
pub struct ClaimCard<'a> {
    claim: &'a Judged,
    plots: Vec<Plot>,
}

/// The cards of claims. A plot stands on one card only: `drawn` names those that the page has already.
pub fn cards<'a>(
    claims: impl IntoIterator<Item = &'a Judged>,
    measured: Measured,
    drawn: &mut Vec<String>,
) -> Vec<ClaimCard<'a>> {
    let card = |claim| ClaimCard {
        claim,
        plots: result_plots::of_claim(claim, measured, drawn),
    };
    claims.into_iter().map(card).collect()
}

/// Cards in a page.
pub fn html(cards: &[ClaimCard]) -> Markup {
    html! { div.claims { @for card in cards { (card.html()) } } }
}

impl ClaimCard<'_> {
    /// Its plots.
    pub fn plots(&self) -> &[Plot] {
        &self.plots
    }

    fn html(&self) -> Markup {
        let claim = self.claim;
        html! {
            section.claim id=(claim.address()) {
                div.judged {
                    a.id href=(claim.row()) title="Its row in the ledger" { (claim.id) }
                    @if let Some(source) = &claim.source { span.said-by { (source) } }
                    (mark(claim.verdict.word()))
                }
                h3 { (sentence(&claim.says)) }
                p.finding { (finding(claim)) }
                div.picture { (claim_picture::html(claim)) }
                details {
                    summary { "Bound, figures, control, counter-argument, how to measure it again" }
                    (details::html(claim, &self.plots))
                }
            }
        }
    }
}

/// A claim's finding, with its first figure in bold.
pub fn finding(claim: &Judged) -> Markup {
    let figures = claim.tests.iter().chain(&claim.shown).filter_map(|tested| {
        let shown = Shown::from_figure(tested.figure.as_ref()?)?;
        Some(quantity::brief(shown.value, &tested.unit))
    });
    let text = &claim.finding;
    let found = figures.filter_map(|figure| whole(text, &figure));
    let first = found.min_by_key(|(from, _)| *from);
    html! {
        @match first {
            Some((from, to)) => { (sentence(&text[..from])) b { (&text[from..to]) } (sentence(&text[to..])) }
            None => { (sentence(text)) }
        }
        "."
    }
}

/// From where to where a figure stands in a text, as a whole number and outside of code.
fn whole(text: &str, figure: &str) -> Option<(usize, usize)> {
    let from = text.find(figure)?;
    let to = from + figure.len();
    let (before, after) = (&text[..from], &text[to..]);
    let is_part = before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-'))
        || after.starts_with(|c: char| c.is_ascii_digit());
    let is_code = before.matches('`').count() % 2 == 1;
    (!is_part && !is_code).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_found_whole_and_outside_of_code() {
        let text = "`8 B` of 18 B: 8 B";
        assert_eq!(whole(text, "18 B"), Some((9, 13)));
        assert_eq!(whole(text, "8 B"), None, "the first one is code");
        assert_eq!(whole("2.15×", "5×"), None);
        assert_eq!(whole("takes 15 times", "1"), None);
        assert_eq!(whole("takes 1 ms", "1 ms"), Some((6, 10)));
    }
}
