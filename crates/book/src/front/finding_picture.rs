//! The small pictures beside findings: strips and bars in HTML.

use std::fmt::Write as _;

use lab_judge::{
    claims::{Kind as Drawing, Picture},
    judgement::{TestQuestion, Tested},
};
use lab_results::quantity;
use maud::{Markup, html};

use super::claim_figures;
use crate::{
    interval_strip::{self, Band, Line, Mark, Scale, Strip},
    plot::Kind,
    result_figures::Shown,
    verdicts::{Judged, kind},
};

/// The narrowest picture, in pixels: the width of a phone.
const WIDTH: f64 = 300.0;

/// A figure with its words.
struct Figure<'a> {
    says: &'a str,
    tested: &'a Tested,
    shown: Shown,
}

impl Figure<'_> {
    fn value(&self) -> String {
        quantity::brief(self.shown.value, &self.tested.unit)
    }

    /// What it is, and its value; empty where it is not to be named.
    fn label(&self) -> String {
        match self.says {
            "" => String::new(),
            says => format!("{says} {}", self.value()),
        }
    }

    /// The same for those who do not see it.
    fn description(&self) -> String {
        let name = if self.says.is_empty() {
            self.tested.name()
        } else {
            self.says.to_owned()
        };
        format!("{name} {}", self.value())
    }
}

/// The picture of a claim; none where it has none, or nothing was measured.
pub fn html(claim: &Judged) -> Option<Markup> {
    let picture = claim.front.as_ref()?.picture.as_ref()?;
    let figures = picture.figures.iter().filter_map(|named| {
        let tested = claim_figures::tested(claim, &named.figure)?;
        Some(Figure {
            says: &named.says,
            tested,
            shown: Shown::from_figure(tested.figure.as_ref()?)?,
        })
    });
    let figures: Vec<Figure> = figures.collect();
    match picture.kind {
        Drawing::Strip => strip(claim, picture, &figures),
        Drawing::Ratios => ratios(claim, picture),
        Drawing::Bars => bars(picture, &figures),
        Drawing::Part => part(picture, figures.first()?),
    }
}

/// What the ends of a scale mean.
fn ends(picture: &Picture) -> [String; 2] {
    match &picture.below[..] {
        [left, right, ..] => [left.clone(), right.clone()],
        [one] => [one.clone(), String::new()],
        [] => Default::default(),
    }
}

fn strip(claim: &Judged, picture: &Picture, figures: &[Figure]) -> Option<Markup> {
    let first = figures.first()?.tested;
    let bound = first.bound;
    let said = claim.said.as_ref().map(|said| format!("said: {said}"));
    let band = bound.binds().then(|| Band {
        low: bound.least.unwrap_or(f64::NEG_INFINITY),
        high: bound.most.unwrap_or(f64::INFINITY),
        label: said.unwrap_or_default(),
    });
    let descriptions: Vec<String> = figures.iter().map(Figure::description).collect();
    let mut says = descriptions.join("; ") + ".";
    if bound.binds() {
        let is_shared = figures.iter().all(|figure| figure.tested.bound == bound);
        let which = match (figures.len(), is_shared) {
            (1, _) => "it",
            (_, true) => "each",
            (_, false) => "the first",
        };
        let _ = write!(
            says,
            " The claim holds if {which} is {}.",
            first.bound_text()
        );
    }
    let scale = interval_strip::scale(&first.unit, figures.iter().map(|figure| figure.shown));
    let marks = figures.iter().map(|figure| Mark {
        kind: kind(figure.tested),
        figure: figure.shown,
        label: figure.label(),
    });
    let strip = Strip {
        says,
        scale,
        unit: first.unit.clone(),
        band,
        one: (scale == Scale::Log && first.unit == "ratio").then_some(1.0),
        marks: marks.collect(),
        lines: Vec::new(),
        ticks: false,
        ends: ends(picture),
        width: WIDTH,
    };
    Some(strip.html())
}

/// The ratios of a mean, each a line, and the mean.
fn ratios(claim: &Judged, picture: &Picture) -> Option<Markup> {
    let is_mean = |tested: &&Tested| matches!(tested.question, TestQuestion::Mean(_));
    let mean = claim.tests.iter().find(is_mean)?;
    let TestQuestion::Mean(texts) = &mean.question else {
        return None;
    };
    let shown = Shown::from_figure(mean.figure.as_ref()?)?;
    let ratio = |text: &String| {
        let is_it = |part: &&Tested| part.question == TestQuestion::Value(text.clone());
        let part = claim.shown.iter().find(is_it)?;
        let ratio = Shown::from_figure(part.figure.as_ref()?)?;
        Some((ratio.value, part.state.clone()))
    };
    let mut all: Vec<(f64, String)> = texts.iter().filter_map(ratio).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let named =
        |(value, topic): &(f64, String)| format!("{topic} {}", quantity::brief(*value, "ratio"));
    let whole = quantity::brief(shown.value, &mean.unit);
    let outer = [all.first()?, all.last()?].map(named);
    let says = format!(
        "{} ratios, from {} to {}; the mean is {whole}.",
        all.len(),
        outer[0],
        outer[1]
    );
    let last = all.len() - 1;
    let lines = all.iter().enumerate().map(|(place, one)| Line {
        value: one.0,
        says: named(one),
        label: if place == 0 || place == last {
            named(one)
        } else {
            String::new()
        },
    });
    let lines = lines.collect();
    let mean = Mark {
        kind: Kind::Ratio,
        figure: shown,
        label: "mean".to_owned(),
    };
    let strip = Strip {
        says,
        scale: Scale::Log,
        unit: "ratio".to_owned(),
        band: None,
        one: Some(1.0),
        marks: vec![mean],
        lines,
        ticks: true,
        ends: ends(picture),
        width: WIDTH,
    };
    Some(strip.html())
}

/// A bar for each figure, from zero on, in the colour of its language.
fn bars(picture: &Picture, figures: &[Figure]) -> Option<Markup> {
    let largest = figures.iter().map(|figure| figure.shown.value);
    let largest = largest.reduce(f64::max).filter(|largest| *largest > 0.0)?;
    let width = |figure: &Figure| (figure.shown.value / largest * 100.0).max(0.0);
    Some(html! {
        div.bars {
            @for figure in figures {
                span { (figure.says) }
                i class=(kind(figure.tested).class()) style=(format!("width:{:.1}%", width(figure))) {}
                b { (figure.value()) }
            }
        }
        @for below in &picture.below { p.below { (below) } }
    })
}

/// A share as a part of a whole.
fn part(picture: &Picture, figure: &Figure) -> Option<Markup> {
    let share = figure.shown.value;
    if !(0.0..=1.0).contains(&share) {
        return None;
    }
    let rest = quantity::brief(1.0 - share, "share");
    let other = picture.below.first().map_or("the rest", String::as_str);
    Some(html! {
        div.whole role="img" aria-label={ (figure.description()) ", " (other) " " (rest) } {
            i style=(format!("width:{:.1}%", 100.0 - share * 100.0)) {}
            i class=(kind(figure.tested).class()) style=(format!("width:{:.1}%", share * 100.0)) {}
        }
        div.ends aria-hidden="true" { span { (other) " " (rest) } span { (figure.description()) } }
    })
}
