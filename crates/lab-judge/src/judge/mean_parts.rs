//! What a mean of ratios is made of: it without each mechanism, and its single ratios.

use anyhow::Result;

use crate::{
    claims::{Claim, Clock, RATIO},
    figures::Results,
    formula::Formula,
    judgement::{FigureLanguages, TestQuestion, Tested},
    verdict::Outcome,
    verdict_rule::Bound,
};

/// The parts of the means of a claim, in wall time.
pub(super) fn parts(claim: &Claim, results: &Results) -> Result<Vec<Tested>> {
    let mut parts = Vec::new();
    for test in claim.test.iter().filter(|test| test.headline.is_some()) {
        let texts: Vec<String> = test.texts_by(Some(Clock::Wall)).collect();
        let ratios = texts.iter().map(|text| claim.formula(text));
        let ratios = ratios.collect::<Result<Vec<Formula>>>()?;
        for mechanism in &test.mechanism {
            let kept = ratios.iter().zip(&texts);
            let kept = kept.filter(|(ratio, _)| !mechanism.topics.contains(&ratio.topic()));
            let (ratios, texts) = kept
                .map(|(ratio, text)| (ratio.clone(), text.clone()))
                .unzip();
            parts.push(part(
                format!("without {}", mechanism.name),
                &Formula::Mean(ratios),
                TestQuestion::Mean(texts),
                results,
            ));
        }
        for (ratio, text) in ratios.iter().zip(texts) {
            parts.push(part(
                ratio.topic(),
                ratio,
                TestQuestion::Value(text),
                results,
            ));
        }
    }
    Ok(parts)
}

fn part(state: String, formula: &Formula, question: TestQuestion, results: &Results) -> Tested {
    Tested {
        state,
        fixed: None,
        note: String::new(),
        clock: None,
        question,
        refutes: false,
        languages: Some(FigureLanguages::GoOverRust),
        unit: RATIO.to_owned(),
        figure: Some(results.figure(formula, true)),
        seen: None,
        here: None,
        bound: Bound::default(),
        outcome: Outcome::Met,
    }
}
