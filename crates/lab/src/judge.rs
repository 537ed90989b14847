//! Judges the claims: each verdict is computed from the figures of results and from what programs do.

mod cause;
mod figures;
pub mod ledger;
mod rule;
mod world;

use anyhow::{Context as _, Result};

use crate::{
    claims::{Claim, Test},
    formula::Formula,
};

pub use cause::{Experiment, Explained, explain};
pub use figures::{Figure, Results};
pub use rule::{Finding, Verdict};
pub use world::World;

/// A claim with its verdict and what led to it.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// The verdict.
    pub verdict: Verdict,
    /// What its tests found, in their order.
    pub found: Vec<Found>,
    /// What answers the other side's objection, if that was measured.
    pub answer: Option<Figure>,
    /// The tested cause, if one is supposed.
    pub cause: Option<Experiment<'a>>,
}

/// What one test found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The state it stands for; empty if there is one only.
    pub state: String,
    /// `wall` or `cpu`, where the test is made for both.
    pub clock: Option<&'static str>,
    /// The unit of the figure.
    pub unit: String,
    /// The figure; none for a question of yes or no.
    pub figure: Option<Figure>,
    /// What was seen, for a question of yes or no.
    pub seen: Option<String>,
    /// Whether the bound is kept.
    pub finding: Finding,
}

/// Judges one claim.
pub fn judge<'a>(claim: &'a Claim, results: &Results, world: &World) -> Result<Judgement<'a>> {
    let mut found = Vec::new();
    let mut parted = None;
    for test in &claim.test {
        let told = ask(claim, test, results, world)?;
        if let [wall, cpu] = &told[..] {
            let (wall, cpu) = (wall.finding.clone(), cpu.finding.clone());
            parted = parted.or(rule::both_times(wall, cpu).err());
        }
        found.extend(told);
    }
    let findings: Vec<_> = found
        .iter()
        .map(|f| (f.state.clone(), f.finding.clone()))
        .collect();
    let verdict = match (&claim.needs, parted) {
        (Some(needs), _) => Verdict::Undecided(format!("needs {needs}")),
        (None, Some(parted)) => parted,
        (None, None) => rule::verdict(claim.join, &findings),
    };
    let answer = match &claim.answered_by {
        Some(Test {
            value: Some(value),
            unit,
            ..
        }) => Some(results.figure(&formula(claim, value)?, is_ratio(unit.as_deref()))),
        _ => None,
    };
    Ok(Judgement {
        claim,
        verdict,
        found,
        answer,
        cause: explain(claim, results)?,
    })
}

fn ask(claim: &Claim, test: &Test, results: &Results, world: &World) -> Result<Vec<Found>> {
    let state = test.state.clone().unwrap_or_default();
    let unit = test.unit.clone().unwrap_or_default();
    let Some(value) = &test.value else {
        let (is_so, seen) = world.answer(test)?;
        let finding = match is_so {
            Some(is_so) if is_so == test.refutes => Finding::Broken,
            Some(_) => Finding::Kept,
            None => Finding::Open(seen.clone()),
        };
        let seen = Some(seen);
        return Ok(vec![Found {
            state,
            clock: None,
            unit,
            figure: None,
            seen,
            finding,
        }]);
    };
    let clocks: &[Option<&'static str>] = if value.contains("TIME") {
        &[Some("wall"), Some("cpu")]
    } else {
        &[None]
    };
    let mut told = Vec::new();
    for clock in clocks {
        let value = value.replace("TIME", clock.unwrap_or_default());
        let figure = results.figure(&formula(claim, &value)?, is_ratio(Some(&unit)));
        let finding = match &figure {
            Figure::Known(estimate) => rule::finding(estimate, test.least, test.most),
            Figure::Rough { blocks, .. } => Finding::Open(format!("quick: {blocks} blocks")),
            Figure::Missing(what) => Finding::Open(what.clone()),
        };
        let (state, unit) = (state.clone(), unit.clone());
        told.push(Found {
            state,
            clock: *clock,
            unit,
            figure: Some(figure),
            seen: None,
            finding,
        });
    }
    Ok(told)
}

fn formula(claim: &Claim, text: &str) -> Result<Formula> {
    Formula::parse(text).with_context(|| format!("the claim {} in claims.toml", claim.id))
}

fn is_ratio(unit: Option<&str>) -> bool {
    unit == Some("ratio")
}
