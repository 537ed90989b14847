//! Plots of one claim: what else its cases show.

use std::collections::BTreeMap;

use lab_judge::formula::{Formula, Reference};

use super::{
    add, by_setting_and_size, forest,
    memory::over_time,
    of_case::{by_percentile, by_setting},
};
use crate::{plot::Plot, result_figures::Measured, verdicts::Judged};

/// What else a claim's cases show beside its figures. What an earlier claim of the same page shows is not drawn
/// again.
pub fn of_claim(claim: &Judged, measured: Measured, drawn: &mut Vec<String>) -> Vec<Plot> {
    let mut plots = Vec::new();
    if claim.is_headline() {
        plots.extend(forest(measured));
    }
    let references = references(claim);
    let mut lists: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for reference in references.iter().filter(|r| r.is_list) {
        let cases = lists
            .entry((&reference.topic, &reference.figure))
            .or_default();
        if !cases.contains(&reference.case.as_str()) {
            cases.push(&reference.case);
        }
    }
    for ((topic, figure), cases) in &lists {
        let key = format!("{topic} {figure} {cases:?}");
        add(&mut plots, drawn, key, || {
            by_percentile(measured, topic, cases, figure)
        });
    }
    // What a claim is about stands first in its formulas.
    for reference in references.iter().filter(|r| !r.is_list).take(1) {
        let Reported {
            topic,
            case,
            figure,
            ..
        } = reference;
        by_setting_and_size(&mut plots, drawn, measured, [topic, case, figure]);
    }
    for reference in &references {
        let Reported { topic, case, .. } = reference;
        let missed = || by_setting(measured, topic, case, "missed");
        add(&mut plots, drawn, format!("{topic} missed"), missed);
    }
    // Memory over time belongs to what is said of memory, and of several cases the first one shows it.
    for reference in references.iter().filter(|r| r.is_of_memory()).take(1) {
        let Reported { topic, case, .. } = reference;
        let key = format!("{topic}/{case} over time");
        add(&mut plots, drawn, key, || over_time(measured, topic, case));
    }
    plots
}

/// A figure of a claim's formulas, whichever side.
#[derive(Debug, Clone, PartialEq)]
struct Reported {
    topic: String,
    case: String,
    figure: String,
    is_list: bool,
}

impl Reported {
    fn is_of_memory(&self) -> bool {
        self.figure.contains("bytes")
    }
}

fn references(claim: &Judged) -> Vec<Reported> {
    let mut all = Vec::new();
    for text in claim.formulas() {
        if let Ok(formula) = Formula::parse(text) {
            walk(&formula, &mut all);
        }
    }
    let mut once: Vec<Reported> = Vec::new();
    for reported in all {
        if !once.contains(&reported) {
            once.push(reported);
        }
    }
    once
}

fn walk(formula: &Formula, all: &mut Vec<Reported>) {
    let reported = |reference: &Reference, is_list| Reported {
        topic: reference.query.topic.clone(),
        case: reference.query.case.clone(),
        figure: reference.figure.clone(),
        is_list,
    };
    match formula {
        Formula::Figure(reference)
        | Formula::PerPass(reference)
        | Formula::First(reference)
        | Formula::Total(reference) => {
            all.push(reported(reference, false));
        }
        Formula::Percentile(_, reference) | Formula::Count(reference) => {
            all.push(reported(reference, true));
        }
        Formula::Log(inner) => walk(inner, all),
        Formula::Two(left, _, right) => {
            walk(left, all);
            walk(right, all);
        }
        Formula::Mean(quantities) | Formula::Least(quantities) => {
            for quantity in quantities {
                walk(quantity, all);
            }
        }
        Formula::Number(_) | Formula::Stalls(_) => {}
    }
}
