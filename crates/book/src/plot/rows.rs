//! A line for each figure, with its interval: ratios on a scale by factors, quantities as bars.

use lab_results::quantity;
use maud::{Markup, html};

use super::{Kind, Plot, WIDTH, axis::Axis, tenths};

/// One figure.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub label: String,
    /// Where the book tells more of it.
    pub place: Option<String>,
    /// The figures: most rows have one; a ratio has its control beside it.
    pub figures: Vec<Figure>,
}

/// A value with its interval, if there were blocks enough for one.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// What it stands for.
    pub kind: Kind,
    /// The estimate.
    pub value: f64,
    /// The interval.
    pub interval: Option<(f64, f64)>,
}

/// How the rows are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// By factors, with a line at 1.
    Ratios,
    /// By factors.
    Factors,
    /// Bars from nothing on.
    Bars,
}

const STEP: f64 = 22.0;

/// How wide a letter of a label is.
const LETTER: f64 = 6.4;

/// No label takes more; the table has the whole one.
const LONGEST: usize = 31;

/// Draws rows; the axis is titled with what is shown, and has ticks in its unit.
pub fn plot(
    title: String,
    about: String,
    (what, unit): (&str, &str),
    scale: Scale,
    rows: &[Row],
) -> Plot {
    let figures = rows.iter().flat_map(|row| &row.figures);
    let ends = |figure: &Figure| figure.interval.unwrap_or((figure.value, figure.value));
    let values = figures.flat_map(|figure| {
        let (low, high) = ends(figure);
        [figure.value, low, high]
    });
    let one = (scale == Scale::Ratios).then_some(1.0);
    let values = values.chain(one);
    let longest = rows
        .iter()
        .map(|row| row.label.chars().count().min(LONGEST));
    let left = tenths(longest.max().unwrap_or(0) as f64 * LETTER + 16.0);
    let places = (left, WIDTH - 24.0);
    let axis = if scale == Scale::Bars {
        Axis::from_zero(values, unit, places)
    } else {
        Axis::log(values, unit, places)
    };
    let bottom = rows.len() as f64 * STEP + 8.0;
    let drawn = html! {
        @for (value, label) in axis.ticks() {
            line.grid x1=(axis.at(value)) x2=(axis.at(value)) y1="4" y2=(bottom) {}
            text.tick x=(axis.at(value)) y=(bottom + 16.0) text-anchor="middle" { (label) }
        }
        text.tick x=(WIDTH - 24.0) y=(bottom + 32.0) text-anchor="end" { (what) }
        @if scale == Scale::Ratios {
            line.one x1=(axis.at(1.0)) x2=(axis.at(1.0)) y1="4" y2=(bottom) {}
        }
        @for (place, row) in rows.iter().enumerate() {
            @let y = place as f64 * STEP + 17.0;
            text x=(tenths(left - 10.0)) y=(y + 4.0) text-anchor="end" { (cut(&row.label)) }
            @for figure in &row.figures { (draw(*figure, &axis, y, scale)) }
        }
    };
    let head = ["what", "figure", "95 % interval"];
    Plot {
        title,
        about,
        drawn,
        height: bottom + 40.0,
        head: head.into_iter().map(str::to_owned).collect(),
        figures: rows.iter().flat_map(|row| figures_of(row, unit)).collect(),
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LONGEST {
        return label.to_owned();
    }
    label.chars().take(LONGEST - 1).chain(['…']).collect()
}

fn draw(figure: Figure, axis: &Axis, y: f64, scale: Scale) -> Markup {
    let class = figure.kind.class();
    let y = if figure.kind == Kind::Control {
        y + 6.0
    } else {
        y
    };
    let x = axis.at(figure.value);
    html! {
        @if scale == Scale::Bars {
            @let zero = axis.at(0.0);
            rect class={ "amount " (class) } x=(x.min(zero)) y=(y - 6.0) width=(tenths((x - zero).abs())) height="12" {}
        }
        @if let Some((low, high)) = figure.interval {
            line class={ "span " (class) } x1=(axis.at(low)) x2=(axis.at(high)) y1=(y) y2=(y) {}
        }
        (figure.kind.mark(x, y))
    }
}

fn figures_of(row: &Row, unit: &str) -> Vec<Vec<Markup>> {
    let each = |figure: &Figure| {
        let name = match figure.kind {
            Kind::Control => format!("{}, control", row.label),
            _ => row.label.clone(),
        };
        let name = html! {
            @if let Some(place) = &row.place { a href=(place) { (name) } } @else { (name) }
        };
        let interval = match figure.interval {
            Some((low, high)) => format!(
                "{} to {}",
                quantity::plain(low, unit),
                quantity::plain(high, unit)
            ),
            None => "too few blocks".to_owned(),
        };
        vec![
            name,
            html! { (quantity::plain(figure.value, unit)) },
            html! { (interval) },
        ]
    };
    row.figures.iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_has_its_figures_as_a_table_and_text_stays_text() {
        let row = Row {
            label: "<script>".to_owned(),
            place: None,
            figures: vec![Figure {
                kind: Kind::Ratio,
                value: 2.0,
                interval: Some((1.5, 2.5)),
            }],
        };
        let drawn = plot(
            "T".to_owned(),
            "A".to_owned(),
            ("time of Go over Rust", "ratio"),
            Scale::Ratios,
            &[row],
        );
        let shown = drawn.html().into_string();
        assert!(
            shown.contains("time of Go over Rust</text>")
                && shown.contains("<circle")
                && shown.contains("1.5× to 2.5×"),
            "{shown}"
        );
        assert!(!shown.contains("NaN") && !shown.contains("<script>"));
        // Its caption and its table say all of it in a page; alone it has a text alternative.
        assert!(
            shown.contains("<svg class=\"drawn\" viewBox")
                && shown.contains("aria-hidden=\"true\">")
        );
        assert!(!shown.contains("xmlns") && !shown.contains("role=\"img\""));
        let alone = drawn.alone();
        for said in [
            "xmlns=\"http://www.w3.org/2000/svg\"",
            "role=\"img\" aria-label=\"T. A\"",
        ] {
            assert!(alone.contains(said), "{alone}");
        }
        assert!(!alone.contains("aria-hidden"), "{alone}");
    }
}
