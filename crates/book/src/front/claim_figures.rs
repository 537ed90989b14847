//! Figures of a claim, by the names that `claims.toml` gives them.

use lab_judge::{
    finding,
    judgement::{Judgement, NamedFigure, Tested},
};

/// The test or the shown figure of this name.
pub fn tested<'a>(claim: &'a Judgement, name: &str) -> Option<&'a Tested> {
    finding::find(name, &claim.tests, &claim.shown, answer(claim))
}

/// The figure of this name, through its filter.
pub fn figure(claim: &Judgement, name: &str) -> Option<NamedFigure> {
    finding::figure(name, &claim.tests, &claim.shown, answer(claim))
}

/// A sentence with the claim's figures in their places; none if one is missing.
pub fn filled(claim: &Judgement, template: &str) -> Option<String> {
    finding::fill(template, &claim.tests, &claim.shown, answer(claim)).ok()
}

/// What tests the counter-argument.
fn answer(claim: &Judgement) -> Option<&Tested> {
    claim.counter_argument.as_ref()?.tested.as_ref()
}
