//! The first findings: those of one place in a row, with a large figure and a picture.

use lab_judge::{
    claims::{Front, Sorted},
    ledger,
    verdict::Verdict,
};
use lab_results::quantity;
use maud::{Markup, html};

use super::{claim_figures, counted, finding_picture};
use crate::{
    result_figures::Shown,
    verdicts::{Judged, badge, sentence},
};

/// A large figure.
struct Large {
    value: String,
    of: String,
    interval: Option<String>,
    is_open: bool,
}

/// The part of the page.
pub fn html(claims: &[Judged]) -> Markup {
    let rows = ledger::findings(claims);
    html! {
        @if !rows.is_empty() {
            section.part #findings {
                div.heading {
                    h2 { "What we found" }
                    p { (counted(rows.len(), "finding")) ". Each badge leads to its claim; a figure stands above its 95 % interval." }
                }
                ol.findings { @for row in &rows { (html_row(row)) } }
            }
        }
    }
}

fn html_row(row: &[&Judged]) -> Markup {
    let large = row.iter().copied().find_map(large);
    let picture = row.iter().find_map(|claim| finding_picture::html(claim));
    html! {
        li {
            div.fig {
                @match large {
                    Some(Large { value, of, interval, is_open }) => {
                        b { (value) }
                        @if let Some(interval) = interval { small { (interval) } }
                        small { (of) @if is_open { ", measured so far" } }
                    }
                    None => { small { "not measured yet" } }
                }
            }
            div.says {
                @for (claim, front) in row.iter().filter_map(|claim| Some((claim, claim.front.as_ref()?))) {
                    p { span.asks { (front.asks) } " " (answer(claim, front)) " " (badge(claim)) }
                }
            }
            @if let Some(picture) = picture { div.gfx { (picture) } }
        }
    }
}

/// The large figures of all findings, each with what it is.
pub fn large_figures(claims: &[Judged]) -> Vec<(String, String)> {
    let places = ledger::findings(claims).into_iter().flatten();
    places
        .filter_map(large)
        .map(|large| (large.value, large.of))
        .collect()
}

fn large(claim: &Judged) -> Option<Large> {
    let front = claim.front.as_ref()?;
    let of = front.of.clone()?;
    let is_open = matches!(claim.verdict, Verdict::Undecided(_));
    let (value, interval) = match &front.sorted {
        Some(sorted) => (range(claim, sorted)?, None),
        None => one(claim, front.figure.as_deref()?)?,
    };
    Some(Large {
        value,
        of,
        interval,
        is_open,
    })
}

/// A figure, and its interval in its own unit. A change has its sign.
fn one(claim: &Judged, name: &str) -> Option<(String, Option<String>)> {
    let named = claim_figures::figure(claim, name)?;
    let Shown { value, interval } = Shown::from_figure(&named.figure)?;
    let is_rise = name.ends_with("|change") && value > 0.0;
    let sign = if is_rise { "+" } else { "" };
    let text = sign.to_owned() + &quantity::brief(value, &named.unit);
    let interval = interval.map(|(low, high)| quantity::interval(value, low, high, &named.unit));
    let minus = |text: String| text.replace('-', "−");
    Some((minus(text), interval.map(minus)))
}

/// The lowest and the highest of ratios.
fn range(claim: &Judged, sorted: &Sorted) -> Option<String> {
    let ratios = states(claim, sorted);
    let values = ratios.iter().map(|(_, ratio)| ratio.value);
    let low = values.clone().reduce(f64::min)?;
    let high = values.reduce(f64::max)?;
    let [low, high] = [low, high].map(|value| quantity::brief(value, "ratio"));
    Some(if low == high {
        low
    } else {
        format!("{}–{high}", low.trim_end_matches('×'))
    })
}

/// The states that were measured, each with its ratio.
fn states<'a>(claim: &Judged, sorted: &'a Sorted) -> Vec<(&'a str, Shown)> {
    let measured = sorted.states.iter().filter_map(|state| {
        let figure = claim_figures::figure(claim, &state.figure)?.figure;
        Some((state.says.as_str(), Shown::from_figure(&figure)?))
    });
    measured.collect()
}

/// The first words of a finding, which answer yes or no, and the rest.
pub fn lead(claim: &Judged) -> (Option<&str>, &str) {
    match claim.finding.split_once(": ") {
        Some((lead, rest)) => (Some(lead), rest),
        None => (None, claim.finding.as_str()),
    }
}

/// The answer to the question: the finding, or why there is none and what is measured so far.
fn answer(claim: &Judged, front: &Front) -> Markup {
    let (lead, rest) = lead(claim);
    let sorted = front.sorted.as_ref().and_then(|s| sort(claim, s));
    let is_open = matches!(claim.verdict, Verdict::Undecided(_));
    let so_far = || {
        let template = front.so_far.as_ref();
        let filled = template.and_then(|template| claim_figures::filled(claim, template));
        sorted.clone().or(filled)
    };
    html! {
        @if let Some(lead) = lead { b { (sentence(lead)) ":" } " " }
        @if is_open {
            (sentence(rest)) "."
            @if let Some(so_far) = so_far() { " Measured so far: " (sentence(&so_far)) "." }
        } @else {
            (sentence(sorted.as_deref().unwrap_or(rest))) "."
        }
    }
}

/// The states of a ratio as a sentence: where it is below 1, where it does not differ from 1, where above.
fn sort(claim: &Judged, sorted: &Sorted) -> Option<String> {
    let mut groups = [
        (&sorted.below, Vec::new()),
        (&sorted.around, Vec::new()),
        (&sorted.above, Vec::new()),
    ];
    for (says, ratio) in states(claim, sorted) {
        let (low, high) = ratio.interval.unwrap_or((ratio.value, ratio.value));
        let place = match (high < 1.0, low > 1.0) {
            (true, _) => 0,
            (_, true) => 2,
            _ => 1,
        };
        let figure = quantity::brief(ratio.value, "ratio");
        groups[place].1.push(format!("{says} ({figure})"));
    }
    let parts = groups.into_iter().filter(|(_, states)| !states.is_empty());
    let parts: Vec<String> = parts
        .map(|(begin, states)| format!("{begin} {}", joined(&states)))
        .collect();
    (!parts.is_empty()).then(|| format!("{} {}", sorted.begins, parts.join("; ")))
}

/// Words as a list within a sentence.
fn joined(words: &[String]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        words => words.concat(),
    }
}
