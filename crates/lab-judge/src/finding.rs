//! The finding: a verdict in one plain sentence with its figure.
//!
//! `claims.toml` has a sentence for each verdict that a claim can have. There `{NAME}` stands for the figure of
//! the test or the shown figure whose state, clock or both are so called, `{figure}` for that of an only test,
//! `{answer}` for the one that tests the counter-argument. `{NAME|less}` is how many per cent a ratio lies
//! below 1, `{NAME|more}` and `{NAME|change}` how many above, `{NAME|inverse}` the ratio the other way round.
//! What depends, is undecided, only shown, or misses in several ways has shared sentences.

use lab_results::{layout, quantity, stats::Estimate};

use crate::{
    claims::Claim,
    figures::Figure,
    judgement::{FigureLanguages, NamedFigure, Tested},
    verdict::{On, Outcome, Reason, Verdict},
};

/// The longest finding, in characters.
pub const LONGEST: usize = 140;

/// The finding of a claim.
pub fn sentence(
    claim: &Claim,
    verdict: &Verdict,
    tests: &[Tested],
    shown: &[Tested],
    answer: Option<&Tested>,
) -> String {
    let own = own(claim, verdict);
    let filled = own.and_then(|template| fill(template, tests, shown, answer).ok());
    filled.unwrap_or_else(|| shared(claim, verdict, tests))
}

/// The claim's own sentence for a verdict, if it has one.
pub fn own<'a>(claim: &'a Claim, verdict: &Verdict) -> Option<&'a str> {
    let own = &claim.finding;
    let template = match verdict {
        Verdict::Holds => &own.holds,
        Verdict::Understated => &own.understated,
        Verdict::Overstated => &own.overstated,
        Verdict::Reversed => &own.reversed,
        Verdict::False {
            parts_differ: false,
        } => &own.not_so,
        Verdict::False { parts_differ: true } => &own.parts_differ,
        Verdict::Depends(_) => &own.depends,
        Verdict::Undecided(_) => &own.undecided,
        Verdict::Shown => &own.shown,
    };
    template.as_deref()
}

/// A template with its figures in their places; the name of the figure that it lacks, if it does.
pub fn fill(
    template: &str,
    tests: &[Tested],
    shown: &[Tested],
    answer: Option<&Tested>,
) -> Result<String, String> {
    fill_with(template, |placeholder| {
        if let Some(states) = states(placeholder, tests) {
            return Some(states);
        }
        let (name, filter) = placeholder.split_once('|').unwrap_or((placeholder, ""));
        brief_text(find(name, tests, shown, answer)?, filter)
    })
}

/// The names of the states that a placeholder asks for: those that hold, or those that miss.
fn states(placeholder: &str, tests: &[Tested]) -> Option<String> {
    let is_asked: fn(&Outcome) -> bool = match placeholder {
        "states that hold" => |outcome| *outcome == Outcome::Met,
        "states that miss" => |outcome| matches!(outcome, Outcome::Violated(_)),
        _ => return None,
    };
    Some(named(tests, is_asked))
}

/// The names of the tests of which this is so.
fn named(tests: &[Tested], is: fn(&Outcome) -> bool) -> String {
    let all = tests.iter().filter(|tested| is(&tested.outcome));
    let names: Vec<String> = all.map(Tested::name).collect();
    names.join(", ")
}

/// A template with what this makes of each `{placeholder}`; the first placeholder of which it makes nothing.
pub fn fill_with(
    template: &str,
    render: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, after) = after.split_once('}').ok_or(after)?;
        text += before;
        text += &render(placeholder).ok_or(placeholder)?;
        rest = after;
    }
    Ok(text + rest)
}

/// The test or shown figure of this name: of its state and clock, of its state (then by the first clock), of its
/// clock, or the only test; `answer` is the one that tests the counter-argument.
pub fn find<'a>(
    name: &str,
    tests: &'a [Tested],
    shown: &'a [Tested],
    answer: Option<&'a Tested>,
) -> Option<&'a Tested> {
    if name == "answer" {
        return answer;
    }
    let named = |all: &'a [Tested]| {
        let mut whole = all.iter();
        let whole = whole.find(|tested| tested.name() == name);
        whole.or_else(|| all.iter().find(|tested| tested.state == name))
    };
    named(tests)
        .or_else(|| named(shown))
        .or_else(|| tests.first().filter(|_| name == "figure"))
}

/// The figure that a placeholder names, `NAME` or `NAME|FILTER`, with its interval; none where it is missing.
pub fn figure(
    placeholder: &str,
    tests: &[Tested],
    shown: &[Tested],
    answer: Option<&Tested>,
) -> Option<NamedFigure> {
    let (name, filter) = placeholder.split_once('|').unwrap_or((placeholder, ""));
    filtered(find(name, tests, shown, answer)?, filter)
}

/// A figure through a filter, in two or three digits.
fn brief_text(tested: &Tested, filter: &str) -> Option<String> {
    let named = filtered(tested, filter)?;
    let value = match named.figure {
        Figure::Known(estimate) => estimate.value,
        Figure::Rough { value, .. } => value,
        Figure::Missing(_) => return None,
    };
    Some(quantity::brief(value, &named.unit))
}

/// A known figure through a filter; none for an unknown filter.
fn filtered(tested: &Tested, filter: &str) -> Option<NamedFigure> {
    let through = |value: f64| match filter {
        "less" => 1.0 - value,
        "more" | "change" => value - 1.0,
        "inverse" => 1.0 / value,
        _ => value,
    };
    let unit = match filter {
        "" | "inverse" => tested.unit.as_str(),
        "less" | "more" | "change" => "share",
        _ => return None,
    };
    let figure = match tested.figure.as_ref()? {
        Figure::Known(estimate) => {
            let (one, other) = (through(estimate.low), through(estimate.high));
            Figure::Known(Estimate {
                value: through(estimate.value),
                low: one.min(other),
                high: one.max(other),
                count: estimate.count,
            })
        }
        Figure::Rough { value, blocks } => Figure::Rough {
            value: through(*value),
            blocks: *blocks,
        },
        Figure::Missing(_) => return None,
    };
    Some(NamedFigure {
        name: tested.name(),
        unit: unit.to_owned(),
        figure,
    })
}

/// The sentence of a claim that has none of its own for this verdict.
fn shared(claim: &Claim, verdict: &Verdict, tests: &[Tested]) -> String {
    let figures = figures(tests);
    let text = match verdict {
        Verdict::Depends(on) => {
            let on = match on {
                On::NotIn(_) => "It depends".to_owned(),
                on => format!("It depends on {on}"),
            };
            format!("{on}: {}", answers(tests, &figures))
        }
        Verdict::Undecided(why) => format!("Undecided: {}{}", why.plain(), open_state(why, tests)),
        Verdict::Shown if figures.is_empty() => "Not measured here".to_owned(),
        Verdict::Shown => match &claim.figure {
            Some(said) => format!("Measured here: {figures}; said: {said}"),
            None => format!("Measured here: {figures}"),
        },
        Verdict::Holds => format!("As said: {}", answers(tests, &figures)),
        _ => format!("Not as said: {}", answers(tests, &figures)),
    };
    layout::cut(&text, LONGEST)
}

/// The state that is open for this reason, in brackets, where others are decided.
fn open_state(why: &Reason, tests: &[Tested]) -> String {
    let open = tests
        .iter()
        .find(|tested| tested.outcome.is_open(Some(why)));
    match open.map(Tested::name) {
        Some(name)
            if !name.is_empty() && !tests.iter().all(|tested| tested.outcome.is_open(None)) =>
        {
            format!(" ({name})")
        }
        _ => String::new(),
    }
}

/// The figures of tests in a row.
fn figures(tests: &[Tested]) -> String {
    let languages = tests.first().and_then(|tested| tested.languages);
    let is_shared = tests.iter().all(|tested| tested.languages == languages);
    let head = match languages {
        Some(languages @ (FigureLanguages::GoOverRust | FigureLanguages::RustOverGo))
            if is_shared =>
        {
            match languages {
                FigureLanguages::GoOverRust => "Go's over Rust's ",
                _ => "Rust's over Go's ",
            }
        }
        _ => "",
    };
    let each = tests.iter().filter_map(|tested| {
        let figure = brief_text(tested, "")?;
        Some(format!("{} {figure}", tested.name()).trim().to_owned())
    });
    let each: Vec<String> = each.collect();
    match &each[..] {
        [] => String::new(),
        each => format!("{head}{}", each.join(", ")),
    }
}

/// The figures, or where there are none in which states the answer is yes and in which no.
fn answers(tests: &[Tested], figures: &str) -> String {
    if !figures.is_empty() {
        return figures.to_owned();
    }
    let yes = states("states that hold", tests).unwrap_or_default();
    let no = states("states that miss", tests).unwrap_or_default();
    match (yes.as_str(), no.as_str()) {
        ("", "") => "no".to_owned(),
        (yes, "") => format!("yes {yes}"),
        ("", no) => format!("not {no}"),
        (yes, no) => format!("yes {yes}; not {no}"),
    }
}

#[cfg(test)]
mod tests;
