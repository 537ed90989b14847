//! Interval strips: figures on a scale of one line, in HTML, so that their text keeps its size on every screen.
//!
//! A strip knows nothing of claims; [`of_judgement`] draws a claim's judged figures against their bound.

mod labels;

use lab_judge::{
    judgement::{FigureLanguages, Judgement, Tested},
    verdict::Outcome,
};
use lab_results::quantity;
use maud::{Markup, html};

use crate::{
    plot::{Axis, Kind},
    result_figures::Shown,
    verdicts::kind,
};
use labels::{Label, rows};

/// The space between the ends of a strip and the ends of its scale, in pixels: half a mark fits into it.
const MARGIN: f64 = 8.0;

/// The narrowest strip of a claim, in pixels: a column of the ledger.
const COLUMN: f64 = 170.0;

/// From here on a range of positive values is drawn by factors.
const WIDE: f64 = 20.0;

/// How values are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// From zero on.
    Linear,
    /// By factors; all values are positive.
    Log,
}

/// One figure on a strip.
#[derive(Debug, Clone)]
pub struct Mark {
    /// What it stands for.
    pub kind: Kind,
    /// The figure with its interval; it is hollow without one.
    pub figure: Shown,
    /// What stands below it; empty for nothing.
    pub label: String,
}

/// A further value, drawn as a thin line.
#[derive(Debug, Clone)]
pub struct Line {
    /// The value.
    pub value: f64,
    /// What it is, for who points at it.
    pub says: String,
    /// What stands below it; empty for nothing.
    pub label: String,
}

/// The range in which a claim would hold, or a claimed range. An infinite end is open.
#[derive(Debug, Clone)]
pub struct Band {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// What stands below it; empty for nothing.
    pub label: String,
}

/// Figures on a scale of one line.
#[derive(Debug, Clone)]
pub struct Strip {
    /// All of it in one sentence, for those who do not see it.
    pub says: String,
    /// How values are placed.
    pub scale: Scale,
    /// The unit of all values.
    pub unit: String,
    /// The range in which a claim would hold.
    pub band: Option<Band>,
    /// Where a dashed line stands: 1 for a ratio.
    pub one: Option<f64>,
    /// The figures.
    pub marks: Vec<Mark>,
    /// Further values.
    pub lines: Vec<Line>,
    /// Whether round values stand below the scale where there is room.
    pub ticks: bool,
    /// What the left and the right end mean; empty for nothing.
    pub ends: [String; 2],
    /// The narrowest width at which it is shown, in pixels: no two labels touch from there on.
    pub width: f64,
}

impl Strip {
    /// It in a page.
    pub fn html(&self) -> Markup {
        let axis = self.axis();
        let rows = rows(self.labels(&axis), self.width);
        html! {
            div.strip {
                div.iv role="img" aria-label=(self.says) {
                    i.axis {}
                    @if let Some(band) = &self.band { (self.band(band, &axis)) }
                    @if let Some(one) = self.one { i.one style={ "left:" (self.percent(axis.at(one))) } {} }
                    @for line in &self.lines {
                        i.ln title=(line.says) style={ "left:" (self.percent(axis.at(line.value))) } {}
                    }
                    @for mark in &self.marks { (self.mark(mark, &axis)) }
                }
                @for row in &rows {
                    div.ticks aria-hidden="true" { @for label in row { (label.html(self.width)) } }
                }
                @if self.ends.iter().any(|end| !end.is_empty()) {
                    div.ends { @for end in &self.ends { span { (end) } } }
                }
            }
        }
    }

    fn axis(&self) -> Axis {
        let marks = self.marks.iter().flat_map(|mark| ends(mark.figure));
        let bounds = self.band.iter().flat_map(|band| [band.low, band.high]);
        let lines = self.lines.iter().map(|line| line.value);
        let values = marks.chain(bounds).chain(self.one).chain(lines);
        let values = values.filter(|value| value.is_finite());
        let places = (MARGIN, self.width - MARGIN);
        match self.scale {
            Scale::Linear => Axis::from_zero(values, &self.unit, places),
            Scale::Log => Axis::log(values, &self.unit, places),
        }
    }

    /// A place in pixels of the narrowest width, as a share of any width.
    fn percent(&self, place: f64) -> String {
        format!("{:.1}%", place / self.width * 100.0)
    }

    /// Whether no value of the scale lies at or beyond this end.
    fn is_open(&self, end: f64) -> bool {
        !end.is_finite() || self.scale == Scale::Log && end <= 0.0
    }

    /// The ends of a band, in pixels.
    fn places_of(&self, band: &Band, axis: &Axis) -> (f64, f64) {
        let place = |end: f64, open: f64| {
            if self.is_open(end) {
                open
            } else {
                axis.at(end)
            }
        };
        (place(band.low, 0.0), place(band.high, self.width))
    }

    fn band(&self, band: &Band, axis: &Axis) -> Markup {
        let (from, to) = self.places_of(band, axis);
        let left = if self.is_open(band.low) {
            " open-left"
        } else {
            ""
        };
        let right = if self.is_open(band.high) {
            " open-right"
        } else {
            ""
        };
        let style = format!(
            "left:{};width:{}",
            self.percent(from),
            self.percent(to - from)
        );
        html! { i class={ "bd" (left) (right) } style=(style) {} }
    }

    fn mark(&self, mark: &Mark, axis: &Axis) -> Markup {
        let class = mark.kind.class();
        let point = axis.at(mark.figure.value);
        html! {
            @if let Some((low, high)) = mark.figure.interval {
                @let (from, to) = (axis.at(low), axis.at(high));
                i class={ "ci " (class) } style={ "left:" (self.percent(from)) ";width:" (self.percent(to - from)) } {}
            }
            @let thin = if mark.figure.interval.is_none() { " thin" } else { "" };
            b class={ "pt " (class) (thin) } style={ "left:" (self.percent(point)) } {}
        }
    }

    /// What could stand below the scale, what matters most first.
    fn labels(&self, axis: &Axis) -> Vec<Label> {
        let marks = self.marks.iter().map(|mark| Label {
            at: axis.at(mark.figure.value),
            text: mark.label.clone(),
            is_needed: true,
        });
        let band = self.band.iter().map(|band| {
            let (from, to) = self.places_of(band, axis);
            Label {
                at: f64::midpoint(from, to),
                text: band.label.clone(),
                is_needed: true,
            }
        });
        let lines = self.lines.iter().map(|line| Label {
            at: axis.at(line.value),
            text: line.label.clone(),
            is_needed: true,
        });
        let ticks = if self.ticks { axis.ticks() } else { Vec::new() };
        let ticks = ticks.into_iter().map(|(value, text)| Label {
            at: axis.at(value),
            text,
            is_needed: false,
        });
        let all = marks.chain(band).chain(lines).chain(ticks);
        all.filter(|label| !label.text.is_empty()).collect()
    }
}

/// Draws the figures that decide a claim against their bound; nothing where none is known.
pub fn of_judgement(judgement: &Judgement) -> Option<Markup> {
    let deciding = deciding(judgement)?;
    let is_alike =
        |tested: &&Tested| tested.bound == deciding.bound && tested.unit == deciding.unit;
    let alike = judgement.tests.iter().filter(is_alike);
    let alike: Vec<(&Tested, Shown)> = alike.filter_map(|t| Some((t, shown(t)?))).collect();
    let bound = deciding.bound;
    let band = bound.binds().then(|| Band {
        low: bound.least.unwrap_or(f64::NEG_INFINITY),
        high: bound.most.unwrap_or(f64::INFINITY),
        label: String::new(),
    });
    let scale = scale(&deciding.unit, alike.iter().map(|(_, shown)| *shown));
    let marks = alike.iter().map(|(tested, shown)| Mark {
        kind: kind(tested),
        figure: *shown,
        label: String::new(),
    });
    let names: Vec<String> = alike.iter().map(|(tested, _)| tested.name()).collect();
    let strip = Strip {
        says: says(deciding, &alike),
        scale,
        unit: deciding.unit.clone(),
        band,
        one: (scale == Scale::Log && deciding.unit == "ratio").then_some(1.0),
        marks: marks.collect(),
        lines: Vec::new(),
        ticks: true,
        ends: match &names[..] {
            [_] => Default::default(),
            names => [names.join("; "), String::new()],
        },
        width: COLUMN,
    };
    Some(strip.html())
}

/// The test that decides: the first one that misses, else the first one in doubt, else the first one.
fn deciding(judgement: &Judgement) -> Option<&Tested> {
    let known = || judgement.tests.iter().filter(|test| shown(test).is_some());
    let is_missed = |test: &&Tested| matches!(test.outcome, Outcome::Violated(_));
    let is_open = |test: &&Tested| matches!(test.outcome, Outcome::Inconclusive(_));
    let missed = known().find(is_missed);
    missed
        .or_else(|| known().find(is_open))
        .or_else(|| known().next())
}

fn shown(tested: &Tested) -> Option<Shown> {
    Shown::from_figure(tested.figure.as_ref()?)
}

/// By factors where ratios, times or a wide range are positive, else from zero on.
pub fn scale(unit: &str, figures: impl Iterator<Item = Shown>) -> Scale {
    let values = figures.flat_map(ends);
    let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let by_factors = match unit {
        "ratio" | "ns" => true,
        "share" => false,
        _ => high / low > WIDE,
    };
    if low > 0.0 && by_factors {
        Scale::Log
    } else {
        Scale::Linear
    }
}

fn ends(figure: Shown) -> [f64; 3] {
    let (low, high) = figure.interval.unwrap_or((figure.value, figure.value));
    [low, figure.value, high]
}

/// The figures and their bound in a sentence or two.
fn says(deciding: &Tested, alike: &[(&Tested, Shown)]) -> String {
    let each = alike.iter().map(|(tested, shown)| {
        let figure = quantity::plain(shown.value, &tested.unit);
        format!("{} {figure}", tested.name()).trim().to_owned()
    });
    let figures = each.collect::<Vec<_>>().join("; ");
    let languages = deciding
        .languages
        .map_or("Measured", FigureLanguages::label);
    if !deciding.bound.binds() {
        return format!("{languages}: {figures}.");
    }
    let bound = deciding.bound_text();
    format!("{languages}: {figures}. The claim holds if this is {bound}.")
}

#[cfg(test)]
mod tests;
