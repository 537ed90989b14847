//! Asks one test of a claim: its figure and its bound, or its question of yes or no.

use std::slice;

use anyhow::Result;

use lab_results::evidence::Evidence;
use lab_workspace::language::Language;

use crate::{
    claims::{Claim, Clock, RATIO, Test},
    figures::{Figure, Missing, Results},
    formula::Formula,
    judgement::{FigureLanguages, TestQuestion, Tested},
    preconditions::Decision,
    verdict::{Miss, Outcome, Reason},
    verdict_rule::{self, Bound},
};

/// Purpose for which a figure is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// For a verdict.
    Judge,
    /// To be shown beside a verdict: the figure may be of another size than the claim names, and then says so.
    Show,
}

/// Asks one test; one of a measured time, by both clocks.
pub(super) fn ask(
    claim: &Claim,
    test: &Test,
    results: &Results,
    evidence: &dyn Evidence,
    purpose: Purpose,
) -> Result<Vec<Tested>> {
    if test.lowest {
        return Ok(vec![lowest(claim, test, results)?]);
    }
    let by_clock = claim.formulas(test)?;
    if by_clock.is_empty() {
        return Ok(vec![yes_or_no(claim, test, evidence)?]);
    }
    let revised = match purpose {
        // No newer block makes up for what a machine lacks.
        Purpose::Judge if !test.incurable => test.since(claim),
        _ => None,
    };
    let newer = revised.map(|when| results.since(when.seconds()));
    let newer = newer.as_ref().unwrap_or(results);
    let tested = by_clock.into_iter().map(|(clock, formulas)| {
        let mut found = estimate(claim, test, &formulas, newer, purpose);
        let mut is_older = None;
        if revised.is_some() && matches!(found.figure, Figure::Missing(_)) {
            let any = estimate(claim, test, &formulas, results, purpose);
            if !matches!(any.figure, Figure::Missing(_)) {
                (found, is_older) = (any, revised);
            }
        }
        let first = match purpose {
            Purpose::Judge => before(claim, test, newer)?,
            Purpose::Show => None,
        };
        let outcome = match (is_older, first, newer.doubt(&formulas)) {
            (Some(when), ..) => Outcome::Inconclusive(Reason::Revised(when.clone())),
            (_, Some(first), _) => first,
            (.., Some(caution)) => Outcome::Inconclusive(Reason::Caution(caution)),
            _ => otherwise(test, found.outcome),
        };
        Ok(Tested {
            state: test.state.clone().unwrap_or_default(),
            fixed: test.fixed.clone(),
            note: found.note,
            clock,
            question: question(test, clock),
            refutes: false,
            languages: languages(&formulas),
            unit: test.unit.clone().unwrap_or_default(),
            figure: Some(found.figure),
            seen: None,
            here: None,
            bound: test.bound(claim),
            outcome,
        })
    });
    tested.collect()
}

/// What is decided before the figure of a test, if anything is.
fn before(claim: &Claim, test: &Test, results: &Results) -> Result<Option<Outcome>> {
    for step in &test.before {
        let estimate = match results.figure(&claim.formula(&step.value)?, false) {
            Figure::Known(estimate) => estimate,
            // A step that can only violate the test says nothing without an interval: the next steps decide.
            _ if step.decides => continue,
            other => return Ok(Some(bound(claim, test, &other))),
        };
        match step.decide(&estimate) {
            None => {}
            Some(Decision::Undecided(why)) => {
                return Ok(Some(Outcome::Inconclusive(Reason::Before(why))));
            }
            Some(Decision::Violated) => {
                return Ok(Some(verdict_rule::outcome(&estimate, &test.bound(claim))));
            }
        }
    }
    Ok(None)
}

/// The outcome of a test whose figure alone tells nothing where it does not keep the bound.
fn otherwise(test: &Test, outcome: Outcome) -> Outcome {
    match (&test.otherwise, outcome) {
        (Some(why), Outcome::Violated(_) | Outcome::Inconclusive(Reason::Noise { .. })) => {
            Outcome::Inconclusive(Reason::Before(why.clone()))
        }
        (_, outcome) => outcome,
    }
}

/// A figure, what is to be said of it, and whether it keeps its bound.
struct Found {
    figure: Figure,
    note: String,
    outcome: Outcome,
}

fn estimate(
    claim: &Claim,
    test: &Test,
    formulas: &[Formula],
    results: &Results,
    purpose: Purpose,
) -> Found {
    let [formula] = formulas else {
        return mean(claim, test, formulas, results);
    };
    if test.headline.is_some() {
        return mean(claim, test, formulas, results);
    }
    let is_ratio = is_ratio(test);
    let (figure, note) = match purpose {
        Purpose::Show => results.shown(formula, is_ratio),
        Purpose::Judge => {
            let figure = results.of_each(formula, is_ratio, test.fewest_blocks());
            (figure, String::new())
        }
    };
    let outcome = bound(claim, test, &figure);
    Found {
        figure,
        note,
        outcome,
    }
}

fn yes_or_no(claim: &Claim, test: &Test, evidence: &dyn Evidence) -> Result<Tested> {
    let question = test.question()?;
    let (is_so, seen) = evidence.answer(&question)?;
    let outcome = match is_so {
        Some(is_so) if is_so == test.refutes => Outcome::Violated(Miss::False),
        Some(_) => Outcome::Met,
        None => Outcome::Inconclusive(Reason::Unanswered(seen.clone())),
    };
    Ok(Tested {
        state: test.state.clone().unwrap_or_default(),
        fixed: test.fixed.clone(),
        note: String::new(),
        clock: None,
        here: evidence.differs_here(&question)?,
        question: TestQuestion::Question(question),
        refutes: test.refutes,
        languages: None,
        unit: String::new(),
        figure: None,
        seen: Some(seen),
        bound: test.bound(claim),
        outcome,
    })
}

fn question(test: &Test, clock: Option<Clock>) -> TestQuestion {
    let mut texts: Vec<String> = test.texts_by(clock).collect();
    match texts.pop() {
        Some(only) if test.headline.is_none() => TestQuestion::Value(only),
        last => {
            texts.extend(last);
            TestQuestion::Mean(texts)
        }
    }
}

/// A figure against the bound of its test.
pub(crate) fn bound(claim: &Claim, test: &Test, figure: &Figure) -> Outcome {
    match figure {
        Figure::Known(estimate) => verdict_rule::outcome(estimate, &test.bound(claim)),
        Figure::Rough { blocks, .. } => Outcome::Inconclusive(Reason::FewBlocks {
            blocks: *blocks,
            least: test.fewest_blocks(),
        }),
        Figure::Missing(what) => Outcome::Inconclusive(Reason::Missing(what.clone())),
    }
}

/// The geometric mean of ratios, one for each topic; its side has to survive without any one of them.
/// Where some are not measured the others are shown, with a note without which, and nothing is decided.
fn mean(claim: &Claim, test: &Test, ratios: &[Formula], results: &Results) -> Found {
    let (mut measured, mut without, mut open) = (Vec::new(), Vec::new(), None);
    for ratio in ratios {
        match results.figure(ratio, true) {
            Figure::Missing(what) => {
                without.push(ratio.topic());
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
        return Found {
            figure,
            note: format!(" without {}", without.join(", ")),
            outcome: Outcome::Inconclusive(Reason::Missing(what)),
        };
    }
    let figure = results.figure(&Formula::Mean(ratios.to_vec()), true);
    let without = |name: &str, topics: &[String]| {
        let mut rest = ratios.to_vec();
        rest.retain(|ratio| !topics.contains(&ratio.topic()));
        let figure = results.figure(&Formula::Mean(rest), true);
        (name.to_owned(), bound(claim, test, &figure))
    };
    let mechanisms = test.mechanism.iter();
    let mechanisms = mechanisms.map(|one| without(&one.name, &one.topics));
    let topics = ratios.iter().map(Formula::topic);
    let topics = topics.map(|topic| without(&topic, slice::from_ref(&topic)));
    let outcome = verdict_rule::survives(bound(claim, test, &figure), mechanisms.chain(topics));
    Found {
        figure,
        note: String::new(),
        outcome,
    }
}

/// The lowest ratio of a claim's headline, in CPU time, and whose it is.
fn lowest(claim: &Claim, test: &Test, results: &Results) -> Result<Tested> {
    let mut lowest: Option<(f64, String, Figure)> = None;
    let mut missing = Missing::NoFigure;
    for headline in claim.test.iter().filter(|test| test.headline.is_some()) {
        for text in headline.texts_by(Some(Clock::Cpu)) {
            let ratio = claim.formula(&text)?;
            let figure = results.figure(&ratio, true);
            let value = match &figure {
                Figure::Known(estimate) => estimate.value,
                Figure::Rough { value, .. } => *value,
                Figure::Missing(what) => {
                    missing = what.clone();
                    continue;
                }
            };
            if lowest.as_ref().is_none_or(|(least, ..)| value < *least) {
                lowest = Some((value, ratio.topic(), figure));
            }
        }
    }
    let (state, figure) = match lowest {
        Some((_, topic, figure)) => (format!("the lowest is that of {topic}"), figure),
        None => (String::new(), Figure::Missing(missing)),
    };
    Ok(Tested {
        state,
        fixed: None,
        note: String::new(),
        clock: Some(Clock::Cpu),
        question: TestQuestion::Lowest,
        refutes: false,
        languages: Some(FigureLanguages::GoOverRust),
        unit: test.unit.clone().unwrap_or_default(),
        outcome: bound(claim, test, &figure),
        figure: Some(figure),
        seen: None,
        here: None,
        bound: Bound::default(),
    })
}

/// Whose figures formulas are.
fn languages(formulas: &[Formula]) -> Option<FigureLanguages> {
    let all: Vec<FigureLanguages> = formulas.iter().filter_map(languages_of_one).collect();
    match &all[..] {
        [] => None,
        [first, rest @ ..] if rest.iter().all(|one| one == first) => Some(*first),
        _ => Some(FigureLanguages::Both),
    }
}

fn languages_of_one(formula: &Formula) -> Option<FigureLanguages> {
    let alone = |formula: &Formula| {
        let references = formula.references();
        let (first, rest) = references.split_first()?;
        let is_alone = rest.iter().all(|other| other.side == first.side);
        is_alone.then_some(first.side)
    };
    if let Some(side) = alone(formula) {
        return Some(match side {
            Language::Go => FigureLanguages::Go,
            Language::Rust => FigureLanguages::Rust,
        });
    }
    match formula {
        Formula::Mean(all) => languages(all),
        Formula::Two(over, '/', under) => Some(match (alone(over), alone(under)) {
            (Some(Language::Go), Some(Language::Rust)) => FigureLanguages::GoOverRust,
            (Some(Language::Rust), Some(Language::Go)) => FigureLanguages::RustOverGo,
            _ => FigureLanguages::Both,
        }),
        _ if formula.references().is_empty() => None,
        _ => Some(FigureLanguages::Both),
    }
}

pub(crate) fn is_ratio(test: &Test) -> bool {
    test.unit.as_deref() == Some(RATIO)
}
