//! What stands beside a verdict: the control, other settings, and the setting that the answer names.

use std::collections::BTreeMap;

use anyhow::Result;

use lab_results::{query::Query, settings::DEFAULT};

use super::{bound, is_ratio};
use crate::{
    claims::{Claim, Clock, RATIO, Test},
    figures::{Figure, Results},
    formula::Formula,
    judgement::{NamedFigure, Tested, UnderSetting, name},
    verdict::{Outcome, Verdict},
};

/// The figures of a claim's tests under each other setting that was measured of its cases.
pub(super) fn settings(claim: &Claim, results: &Results) -> Result<Vec<UnderSetting>> {
    let mut by_setting: BTreeMap<String, Vec<NamedFigure>> = BTreeMap::new();
    for test in &claim.test {
        for (clock, formulas) in claim.formulas(test)? {
            let mut under: BTreeMap<String, Vec<Formula>> = BTreeMap::new();
            for formula in &formulas {
                for (setting, formula) in results.under_other_settings(formula) {
                    under.entry(setting).or_default().push(formula);
                }
            }
            for (setting, mut ratios) in under {
                let figure = if test.headline.is_none() {
                    named(test, clock, results.figure(&ratios[0], is_ratio(test)))
                } else {
                    let known =
                        |f: &Formula| !matches!(results.figure(f, true), Figure::Missing(_));
                    ratios.retain(known);
                    mean_of_most(test, clock, ratios, formulas.len(), results)
                };
                by_setting.entry(setting).or_default().extend(figure);
            }
        }
    }
    by_setting.retain(|_, found| !found.is_empty());
    let one = |(setting, figures)| UnderSetting { setting, figures };
    Ok(by_setting.into_iter().map(one).collect())
}

/// The mean of a headline's ratios, where most of them were measured; its name says how many.
fn mean_of_most(
    test: &Test,
    clock: Option<Clock>,
    ratios: Vec<Formula>,
    of: usize,
    results: &Results,
) -> Option<NamedFigure> {
    let count = ratios.len();
    if 2 * count <= of {
        return None;
    }
    let test = Test {
        state: Some(format!("mean of {count} of {of} topics")),
        ..test.clone()
    };
    named(&test, clock, results.figure(&Formula::Mean(ratios), true))
}

/// The figures of a claim's tests with a side's second run in the place of its first, over themselves.
pub(super) fn control(claim: &Claim, results: &Results) -> Result<Vec<NamedFigure>> {
    let mut all = Vec::new();
    for test in &claim.test {
        for (clock, formulas) in claim.formulas(test)? {
            let formula = match &formulas[..] {
                [formula] if test.headline.is_none() => formula.clone(),
                ratios => Formula::Mean(ratios.to_vec()),
            };
            let test = Test {
                unit: Some(RATIO.to_owned()),
                ..test.clone()
            };
            all.extend(named(&test, clock, results.control(&formula)));
        }
    }
    Ok(all)
}

/// A figure of a test behind the names of its state and clock; nothing if it was not measured.
fn named(test: &Test, clock: Option<Clock>, figure: Figure) -> Option<NamedFigure> {
    let is_missing = matches!(figure, Figure::Missing(_));
    (!is_missing).then(|| NamedFigure {
        name: name(test.state.as_deref().unwrap_or_default(), clock),
        unit: test.unit.clone().unwrap_or_default(),
        figure,
    })
}

/// What would become of a claim under the setting in which its answer asks for the same figure, where it is
/// decided with nothing set.
pub(super) fn elsewhere(
    claim: &Claim,
    verdict: &Verdict,
    answer: &Tested,
) -> Result<Option<String>> {
    let is_decided = verdict.is_miss() || *verdict == Verdict::Holds;
    let Some(counter) = claim.answered_by.as_ref().filter(|_| is_decided) else {
        return Ok(None);
    };
    let (Some(text), Some(figure @ (Figure::Known(_) | Figure::Rough { .. }))) =
        (&counter.value, &answer.figure)
    else {
        return Ok(None);
    };
    // Of another size it is not the same figure.
    if !answer.note.is_empty() {
        return Ok(None);
    }
    let formula = Formula::parse(text)?;
    let setting = formula.setting();
    let as_it_comes = formula.over(&|query| Query {
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        ..query.clone()
    });
    for test in &claim.test {
        let alone = claim.test.len() == 1;
        for (clock, formulas) in claim.formulas(test)? {
            if setting.is_empty() || formulas != [as_it_comes.clone()] {
                continue;
            }
            let by = clock.map_or(String::new(), |clock| format!(" by {} time", clock.name()));
            let (what, bounds) = match &test.state {
                Some(state) if !alone => (state.as_str(), ["keep its bound", "miss its bound"]),
                _ => ("it", ["hold", "not hold"]),
            };
            let would = match bound(claim, test, figure) {
                Outcome::Met => bounds[0],
                Outcome::Violated(_) => bounds[1],
                Outcome::Inconclusive(_) => "be undecided",
            };
            return Ok(Some(format!("with {setting}, {what} would {would}{by}")));
        }
    }
    Ok(None)
}
