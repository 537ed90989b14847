//! How a claim was tested: its figures with their bounds, the cases, the control, what speaks against it, the
//! commands, and its formulas last.

use std::collections::BTreeSet;

use lab_judge::{
    figures::Figure,
    formula::Formula,
    judgement::{FigureLanguages, GUARD, NamedFigure, TestQuestion, Tested, figure_text},
    ledger,
    verdict::Outcome,
};
use lab_results::{
    evidence::{Fact, Question},
    layout::count,
    quantity,
};
use maud::{Markup, html};

use crate::{
    catalogue,
    plot::Plot,
    resident_memory,
    verdicts::{Judged, place_of, sentence},
};

/// All of it, with the claim's plots.
pub fn html(claim: &Judged, plots: &[Plot]) -> Markup {
    html! {
        @if !claim.tests.is_empty() { (results(claim)) }
        dl {
            (verdict(claim))
            (measuring(claim))
            (caveats(claim))
        }
        (resident_memory::html(&resident_memory::all(&claim.memory), &claim.id))
        @if !plots.is_empty() { div.plots { @for plot in plots { (plot.html()) } } }
        dl { (repeating(claim)) }
    }
}

/// Its tests: what each is, what was found, and when it passes.
fn results(claim: &Judged) -> Markup {
    html! {
        table.tests {
            thead { tr { @for title in ["test", "result", "passes if"] { th scope="col" { (title) } } } }
            tbody {
                @for tested in &claim.tests {
                    tr {
                        th scope="row" { (name(tested)) }
                        td { (sign(tested)) (result(tested)) }
                        td { (passes_if(tested)) }
                    }
                }
            }
        }
    }
}

/// Whose figure it is, of which state and clock.
fn name(tested: &Tested) -> String {
    let languages = tested.languages.map_or("", FigureLanguages::label);
    let name = tested.name() + &tested.note;
    match (languages, name.trim()) {
        ("", "") => "the answer".to_owned(),
        ("", name) => name.to_owned(),
        (languages, "") => languages.to_owned(),
        (languages, name) if name == languages => name.to_owned(),
        (languages, name) => format!("{languages}: {name}"),
    }
}

/// Whether the figure keeps its bound.
fn sign(tested: &Tested) -> Markup {
    let (class, sign, word) = match tested.outcome {
        _ if tested.figure.is_some() && !tested.bound.binds() => return html! {},
        Outcome::Met => ("holds", "✓", "met: "),
        Outcome::Violated(_) => ("missed", "✕", "missed: "),
        Outcome::Inconclusive(_) => ("open", "?", "open: "),
    };
    html! { span class=(class) { span aria-hidden="true" { (sign) } span.vh { (word) } } " " }
}

/// The figure with its interval, or what was seen.
fn result(tested: &Tested) -> String {
    match &tested.figure {
        Some(figure) => figure_text(figure, &tested.unit),
        None => tested.describe(),
    }
}

/// What the figure or the answer has to be, in words.
fn passes_if(tested: &Tested) -> String {
    let TestQuestion::Question(question) = &tested.question else {
        return tested.bound_text();
    };
    let answer = match question {
        Question::Fact(fact) => values(fact),
        Question::Replay(replay) => format!("the script ends with “{}”", replay.last),
        Question::Mistake(_) => "the tools answer as recorded".to_owned(),
        Question::Check(_) => "the check says yes".to_owned(),
    };
    if tested.refutes {
        format!("not: {answer}")
    } else {
        answer
    }
}

/// The values of a fact that bear a claim out.
fn values(fact: &Fact) -> String {
    let each = [("Go", &fact.go), ("Rust", &fact.rust)];
    let each = each.into_iter().filter_map(|(language, value)| {
        let value = value.as_ref()?;
        Some(format!("{} in {language}", quantity::with_commas(value)))
    });
    each.collect::<Vec<_>>().join(" and ")
}

/// A term of the list and what stands beside it.
fn entry(term: &str, body: &Markup) -> Markup {
    html! { dt { (term) } dd { (body) } }
}

/// What was said, why the verdict is as it is, how the rule changed, and whether it is a guard.
fn verdict(claim: &Judged) -> Markup {
    let why = claim.verdict.why();
    let source = claim.source.as_deref().unwrap_or("the article");
    html! {
        @if !why.is_empty() { (entry("Verdict", &html! { (claim.verdict.word()) ": " (why) })) }
        @if let Some(figure) = &claim.said { (entry("Said", &html! { (figure) " (" (source) ")" })) }
        @for revision in &claim.revised {
            (entry("Rule revised", &html! { (revision.on.day()) ": " (sentence(&revision.why)) }))
        }
        @if claim.guard { (entry("Guard", &html! { (sentence(GUARD[1])) })) }
    }
}

/// How it was tested, and what was measured besides.
fn measuring(claim: &Judged) -> Markup {
    let cases = cases(claim);
    let also: Vec<String> = claim.shown.iter().filter_map(Tested::result_text).collect();
    let how = html! {
        @if cases.is_empty() {
            "Programs and compilers were asked; the questions stand below."
        } @else {
            @for (place, case) in cases.iter().enumerate() { @if place > 0 { ", " } code { (case) } }
            @if let Some(blocks) = blocks(claim) { "; " (blocks) }
            ". " a href=(catalogue::PAGE) { "What the cases do" }
        }
    };
    html! {
        @if !claim.tests.is_empty() { (entry("How tested", &how)) }
        @if !also.is_empty() { (entry("Also measured", &html! { (also.join("; ")) })) }
        @if let Some(control) = names(&claim.control) {
            (entry("Control", &html! { "A program measured against itself: " (control) }))
        }
        @for under in &claim.settings {
            @if let Some(figures) = names(&under.figures) {
                (entry("Other setting", &html! { code { (under.setting) } ": " (figures) }))
            }
        }
    }
}

/// The measured cases of its tests, with their sizes and settings.
fn cases(claim: &Judged) -> BTreeSet<String> {
    let texts = claim
        .tests
        .iter()
        .flat_map(|tested| match &tested.question {
            TestQuestion::Value(text) => vec![text],
            TestQuestion::Mean(texts) => texts.iter().collect(),
            TestQuestion::Lowest | TestQuestion::Question(_) => Vec::new(),
        });
    let formulas = texts.filter_map(|text| Formula::parse(text).ok());
    let queries = formulas.flat_map(|formula| formula.queries());
    queries.map(|query| query.to_string()).collect()
}

/// How many blocks its figures are made of.
fn blocks(claim: &Judged) -> Option<String> {
    let of = |tested: &Tested| match tested.figure.as_ref()? {
        Figure::Known(estimate) => (!estimate.is_certain()).then_some(estimate.count),
        Figure::Rough { blocks, .. } => Some(*blocks),
        Figure::Missing(_) => None,
    };
    let all: BTreeSet<usize> = claim.tests.iter().filter_map(of).collect();
    let (fewest, most) = (all.first()?, all.last()?);
    Some(if fewest == most {
        count(*most, "block")
    } else {
        format!("{fewest} to {}", count(*most, "block"))
    })
}

/// Its causes, caveats, and what the other camp would answer.
fn caveats(claim: &Judged) -> Markup {
    html! {
        @for ablation in &claim.ablations {
            @let found = html! {
                (sentence(&ablation.says)) " "
                @if ablation.was_tested() { (ablation.explained) ": " (ledger::experimented(ablation)) "." }
                @else { "This was not tested here." }
            };
            (entry("Ablation", &found))
        }
        @for caveat in &claim.caveats { (entry("Caveat", &sentence(caveat))) }
        @if let Some(counter) = &claim.counter_argument {
            @let answer = html! {
                (sentence(&counter.says))
                @if let Some(figure) = counter.tested.as_ref().and_then(Tested::result_text) { " " b { (figure) } "." }
                @if let Some(elsewhere) = &counter.elsewhere { " (" (elsewhere) ".)" }
            };
            (entry("Counter-argument", &answer))
        }
    }
}

/// The commands that measure it again, when it was measured, and what was asked.
fn repeating(claim: &Judged) -> Markup {
    let commands = html! {
        @for (number, command) in claim.reproduce.iter().enumerate() {
            @if number > 0 { ", then " }
            code { (command) }
        }
    };
    let is_by_two_clocks = |one: &Tested, other: &Tested| {
        one.state == other.state && one.clock.is_some() && other.clock.is_some()
    };
    let answered = claim
        .counter_argument
        .iter()
        .filter_map(|c| c.tested.as_ref());
    html! {
        (entry("Reproduce", &commands))
        @for run in &claim.measured { (entry("Measured", &html! { (run.text()) })) }
        @for tested in claim.tests.chunk_by(is_by_two_clocks) { (question("Formula", &tested[0])) }
        @for tested in answered { (question("Its formula", tested)) }
    }
}

/// What a test asks, as a link to its place where it has one.
fn question(term: &str, tested: &Tested) -> Markup {
    let term = match tested.question {
        TestQuestion::Question(_) => "Question",
        _ => term,
    };
    html! {
        dt { (term) }
        dd.test {
            @match place_of(tested) {
                Some(place) => { a href=(place) { (tested.question_text()) } }
                None => { (tested.question_text()) }
            }
        }
    }
}

fn names(figures: &[NamedFigure]) -> Option<String> {
    let said: Vec<String> = figures.iter().filter_map(NamedFigure::text).collect();
    (!said.is_empty()).then(|| said.join("; "))
}
