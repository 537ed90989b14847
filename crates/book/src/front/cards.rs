//! The pairs as cards: a question, and the figure that it asks about on a scale by factors.

use lab_judge::{claims::Card, figures::Results, formula::Formula};
use lab_results::quantity;
use lab_workspace::project::Topic;
use maud::{Markup, html};

use super::{Cover, counted, hero};
use crate::{learn, result_figures::Shown, verdicts::sentence};

/// How far the longest bar reaches from the middle, in per cent.
const REACH: f64 = 48.0;

/// A card's figures: Go's, Rust's, and the one over the other.
struct Compared<'a> {
    card: &'a Card,
    go: Shown,
    rust: Shown,
    ratio: Shown,
}

/// The part of the page.
pub fn html(cover: &Cover) -> Markup {
    let results = Results::new(&cover.verdicts.files);
    let all = cover.project.topics.iter().map(|topic| {
        let card = cover.claims.card.get(&topic.name);
        (topic, card.and_then(|card| compared(card, &results)))
    });
    let all: Vec<(&Topic, Option<Compared>)> = all.collect();
    let logs = all.iter().flat_map(|(_, compared)| compared);
    let widest = logs.map(|compared| compared.ratio.value.ln().abs());
    let widest = widest.fold(f64::MIN_POSITIVE, f64::max);
    let is_measured = all.iter().any(|(_, compared)| compared.is_some());
    html! {
        section.part #pairs {
            div.heading {
                h2 { (counted(all.len(), "pair")) }
                p {
                    "Go left, Rust right, twins at the same height."
                    @if is_measured { " Each bar says by what factor one language takes more, on a scale by factors." }
                }
                @if let Some(chapter) = hero::chosen(cover) {
                    a.onward href=(chapter.path()) { "Read the code side by side →" }
                }
            }
            div.cards { @for (topic, compared) in &all { (html_card(topic, compared.as_ref(), widest)) } }
            p { a href=(learn::PAGE) { "The order to read them in" } ", with minutes for each." }
        }
    }
}

fn compared<'a>(card: &'a Card, results: &Results) -> Option<Compared<'a>> {
    let figure = |text: &str, is_ratio| {
        let formula = Formula::parse(text).ok()?;
        Shown::from_figure(&results.figure(&formula, is_ratio))
    };
    let ratio = figure(&card.ratio(), true)?;
    let is_drawn = ratio.value.is_finite() && ratio.value > 0.0;
    is_drawn.then_some(())?;
    Some(Compared {
        card,
        go: figure(&card.go, false)?,
        rust: figure(&card.rust, false)?,
        ratio,
    })
}

fn html_card(topic: &Topic, compared: Option<&Compared>, widest: f64) -> Markup {
    html! {
        a.topic href={ (topic.name) ".html" } {
            b { (topic.title) }
            code { (topic.name) }
            @if let Some(compared) = compared { (result(compared, widest)) }
        }
    }
}

/// The bar, from the middle towards the language that takes more, and the sentence.
fn result(compared: &Compared, widest: f64) -> Markup {
    let log = compared.ratio.value.ln();
    let width = (log.abs() / widest * REACH).max(0.5);
    let (class, side) = if log >= 0.0 {
        ("go", "left")
    } else {
        ("rust", "right")
    };
    let template = if log >= 0.0 {
        &compared.card.more
    } else {
        &compared.card.less
    };
    html! {
        span.factor aria-hidden="true" { i class=(class) style=(format!("{side}:50%;width:{width:.1}%")) {} }
        span.result {
            (worded(template, compared)) (doubt(compared)) "."
            @if let Some(why) = &compared.card.why { " " (sentence(why)) }
        }
    }
}

/// What is to be said where the noise could make the difference, or there are too few runs to tell.
fn doubt(compared: &Compared) -> &'static str {
    match compared.ratio.interval {
        None => " (a hint: too few runs for an interval)",
        Some((low, high)) if low <= 1.0 && high >= 1.0 => " (no more than the noise)",
        Some(_) => "",
    }
}

/// A card's sentence with its figures in their places.
fn worded(template: &str, compared: &Compared) -> Markup {
    let unit = &compared.card.unit;
    let ratio = compared.ratio.value;
    let value = |name: &str| match name {
        "go" => quantity::brief(compared.go.value, unit),
        "rust" => quantity::brief(compared.rust.value, unit),
        _ => quantity::brief(ratio.max(1.0 / ratio), "ratio"),
    };
    let parts = template.split('{').map(|part| match part.split_once('}') {
        Some((name, rest)) => (value(name), rest),
        None => (String::new(), part),
    });
    html! { @for (figure, rest) in parts { @if !figure.is_empty() { b { (figure) } } (rest) } }
}
