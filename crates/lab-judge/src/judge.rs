//! Judges the claims: each verdict is computed from the figures of results and from what programs do.

use anyhow::{Context as _, Result};

use lab_results::{evidence::Evidence, layout::count, stats::FEWEST};

use crate::{
    cause::{Experiment, explain},
    claims::{Claim, Join, Test},
    figures::{FEWEST_OF_EACH, Figure, Results},
    formula::Formula,
    rule::{self, Finding, Verdict},
};

/// What a machine lacks that is too small for a claim: no figure of it says anything.
const CORES: &str = "cores";

/// A claim with its verdict and what led to it.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// The verdict.
    pub verdict: Verdict,
    /// What its tests found, in their order.
    pub found: Vec<Found>,
    /// The figures beside the verdict.
    pub shown: Vec<Found>,
    /// What tests the other side's answer.
    pub answer: Option<Found>,
    /// The tested causes, as far as some are supposed.
    pub causes: Vec<Experiment<'a>>,
}

/// What one test found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The place of its test among those of the claim.
    pub test: usize,
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
    /// The smallest and the largest value that keep the bound, as far as there is one.
    pub bound: [Option<f64>; 2],
    /// Whether the bound is kept.
    pub finding: Finding,
}

/// Judges one claim.
pub fn judge<'a>(
    claim: &'a Claim,
    results: &Results,
    world: &dyn Evidence,
) -> Result<Judgement<'a>> {
    let mut found = Vec::new();
    let mut parted = None;
    for (place, test) in claim.test.iter().enumerate() {
        let mut told = ask(claim, test, results, world, claim.join == Join::Shown)?;
        for found in &mut told {
            found.test = place;
        }
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
    let verdict =
        parted.unwrap_or_else(|| match (rule::verdict(claim.join, &findings), &claim.on) {
            (Verdict::Depends(_), Some(on)) => Verdict::Depends(on.clone()),
            (verdict, _) => verdict,
        });
    let verdict = match verdict {
        Verdict::Undecided(why) if results.is_quick(claim, &why)? => {
            Verdict::Undecided("quick".to_owned())
        }
        verdict => verdict,
    };
    let verdict = match unfit(claim, results, world)? {
        Some(why) if why == CORES => Verdict::Undecided(why),
        Some(why) if !matches!(verdict, Verdict::Undecided(_)) => {
            Verdict::Undecided(format!("machine: {why}"))
        }
        _ => verdict,
    };
    let mut shown = Vec::new();
    for test in &claim.shown {
        shown.extend(ask(claim, test, results, world, true)?);
    }
    let answer = match &claim.answered_by {
        Some(test) => ask(claim, test, results, world, true)?.into_iter().next(),
        None => None,
    };
    Ok(Judgement {
        claim,
        verdict,
        found,
        shown,
        answer,
        causes: explain(claim, results)?,
    })
}

/// Why the machine decided what was seen, if it did.
fn unfit(claim: &Claim, results: &Results, world: &dyn Evidence) -> Result<Option<String>> {
    for test in &claim.fit {
        for found in ask(claim, test, results, world, false)? {
            match found.finding {
                Finding::Kept => {}
                Finding::Broken => return Ok(Some(found.state)),
                Finding::Open(why) => return Ok(Some(format!("{}? {why}", found.state))),
            }
        }
    }
    Ok(None)
}

/// Asks one test, of a measured time for both clocks. A figure that is only shown may be of another
/// size than it asks for, and then says so.
fn ask(
    claim: &Claim,
    test: &Test,
    results: &Results,
    world: &dyn Evidence,
    only_shown: bool,
) -> Result<Vec<Found>> {
    let state = test.state.clone().unwrap_or_default();
    let unit = test.unit.clone().unwrap_or_default();
    if test.lowest {
        return Ok(vec![lowest(claim, test, results)?]);
    }
    let asked = formulas(claim, test)?;
    if asked.is_empty() {
        let (is_so, seen) = world.answer(&test.question()?)?;
        let finding = match is_so {
            Some(is_so) if is_so == test.refutes => Finding::Broken,
            Some(_) => Finding::Kept,
            None => Finding::Open(seen.clone()),
        };
        return Ok(vec![Found {
            test: 0,
            state,
            clock: None,
            unit,
            figure: None,
            seen: Some(seen),
            bound: [None; 2],
            finding,
        }]);
    }
    let mut told = Vec::new();
    for (clock, formulas) in asked {
        let mut state = state.clone();
        let (figure, finding) = match (&test.headline, &formulas[..]) {
            (None, [formula]) if only_shown => {
                let (figure, size) = results.shown(formula, is_ratio(test));
                state = [state, size].concat();
                let finding = bound(test, &figure);
                (figure, finding)
            }
            (None, [formula]) => {
                let figure = if test.each {
                    results.of_each(formula, is_ratio(test))
                } else {
                    results.figure(formula, is_ratio(test))
                };
                let finding = bound(test, &figure);
                (figure, finding)
            }
            _ => {
                let (figure, without, finding) = mean(test, &formulas, results);
                state += &without;
                (figure, finding)
            }
        };
        let finding = match results.doubt(&formulas) {
            Some(caution) => Finding::Open(caution.to_string()),
            None => finding,
        };
        told.push(Found {
            test: 0,
            state,
            clock,
            unit: unit.clone(),
            figure: Some(figure),
            seen: None,
            bound: [test.least, test.most],
            finding,
        });
    }
    Ok(told)
}

/// The formulas of a test: its value, or the ratios of a headline; for both clocks where it is made for
/// both, and none for a question of yes or no.
pub(crate) fn formulas(
    claim: &Claim,
    test: &Test,
) -> Result<Vec<(Option<&'static str>, Vec<Formula>)>> {
    let texts = test.texts();
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let all = |clock: Option<&'static str>| {
        let clocked = |text: &String| text.replace("TIME", clock.unwrap_or_default());
        let parsed = texts.iter().map(|text| formula(claim, &clocked(text)));
        Ok((clock, parsed.collect::<Result<_>>()?))
    };
    test.clocks().iter().copied().map(all).collect()
}

/// A figure against the bound of its test.
pub(crate) fn bound(test: &Test, figure: &Figure) -> Finding {
    match figure {
        Figure::Known(estimate) => rule::finding(estimate, test.least, test.most),
        Figure::Rough { blocks, .. } => {
            let least = if test.each { FEWEST_OF_EACH } else { FEWEST };
            let blocks = count(*blocks, "block");
            Finding::Open(format!("only {blocks}, it takes at least {least}"))
        }
        Figure::Missing(what) => Finding::Open(what.clone()),
    }
}

/// The geometric mean of ratios, one for each topic; its side has to survive without any one of them.
/// Where some are not measured the others are shown, the second says without which, and nothing is
/// decided.
fn mean(test: &Test, ratios: &[Formula], results: &Results) -> (Figure, String, Finding) {
    let (mut measured, mut without, mut open) = (Vec::new(), Vec::new(), None);
    for ratio in ratios {
        match results.figure(ratio, true) {
            Figure::Missing(what) => {
                without.push(topic(ratio));
                open = open.or(Some(what));
            }
            _ => measured.push(ratio.clone()),
        }
    }
    if let Some(what) = open {
        let figure = match &measured[..] {
            [] => Figure::Missing(what.clone()),
            _ => results.figure(&Formula::Mean(measured), true),
        };
        let without = format!(" without {}", without.join(", "));
        return (figure, without, Finding::Open(what));
    }
    let all = results.figure(&Formula::Mean(ratios.to_vec()), true);
    let left_out = (0..ratios.len()).map(|place| {
        let mut rest = ratios.to_vec();
        let one = rest.remove(place);
        let figure = results.figure(&Formula::Mean(rest), true);
        (topic(&one), bound(test, &figure))
    });
    let finding = rule::survives(bound(test, &all), left_out);
    (all, String::new(), finding)
}

/// The lowest ratio of a claim's headline, in CPU time, and whose it is.
fn lowest(claim: &Claim, test: &Test, results: &Results) -> Result<Found> {
    let mut lowest: Option<(f64, String, Figure)> = None;
    for text in claim
        .test
        .iter()
        .filter_map(|t| t.headline.as_ref())
        .flatten()
    {
        let ratio = formula(claim, &text.replace("TIME", "cpu"))?;
        let figure = results.figure(&ratio, true);
        let value = match &figure {
            Figure::Known(estimate) => estimate.value,
            Figure::Rough { value, .. } => *value,
            Figure::Missing(_) => continue,
        };
        if lowest.as_ref().is_none_or(|(least, ..)| value < *least) {
            lowest = Some((value, topic(&ratio), figure));
        }
    }
    let (state, figure) = lowest.map_or_else(
        || {
            (
                String::new(),
                Figure::Missing("no topic is measured".to_owned()),
            )
        },
        |(_, topic, figure)| (format!("the lowest is that of {topic},"), figure),
    );
    Ok(Found {
        test: 0,
        state,
        clock: Some("cpu"),
        unit: test.unit.clone().unwrap_or_default(),
        finding: bound(test, &figure),
        figure: Some(figure),
        seen: None,
        bound: [test.least, test.most],
    })
}

fn topic(ratio: &Formula) -> String {
    let wanted = ratio.wanted().into_iter().next();
    wanted.map(|wanted| wanted.topic).unwrap_or_default()
}

fn formula(claim: &Claim, text: &str) -> Result<Formula> {
    Formula::parse(text).with_context(|| format!("the claim {} in claims.toml", claim.id))
}

pub(crate) fn is_ratio(test: &Test) -> bool {
    test.unit.as_deref() == Some("ratio")
}

#[cfg(test)]
mod synthetic;
#[cfg(test)]
pub(crate) mod tests;
