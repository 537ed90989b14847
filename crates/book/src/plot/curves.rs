//! Lines through points: latency by percentile, growth by size, memory over time.

use lab_results::quantity;
use maud::{Markup, html};

use super::{Kind, Plot, WIDTH, axis::Axis, tenths};

/// A line.
#[derive(Debug, Clone)]
pub struct Curve {
    /// What it is.
    pub label: String,
    /// Whose it is.
    pub kind: Kind,
    /// Drawn in dashes: a variant of another line.
    pub is_dashed: bool,
    /// The line.
    pub line: Vec<[f64; 2]>,
    /// Points that are marked and stand in the table: place, value, interval.
    pub points: Vec<Point>,
}

/// A place, the value there, its interval.
pub type Point = (f64, f64, Option<(f64, f64)>);

/// The two scales.
pub struct Scales<'a> {
    /// Places across with their labels.
    pub ticks: Vec<(f64, String)>,
    /// Whether places are by factors.
    pub across_is_log: bool,
    /// What is across.
    pub across: &'a str,
    /// What is up.
    pub up: &'a str,
    /// The unit of what is up.
    pub unit: &'a str,
    /// Whether values are by factors.
    pub up_is_log: bool,
}

const TOP: f64 = 26.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;

/// Whether two places are the same one.
pub fn is_at(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}

/// Draws lines.
pub fn plot(title: String, about: String, scales: &Scales, curves: &[Curve]) -> Plot {
    let values = curves.iter().flat_map(|curve| {
        let points = curve.points.iter().flat_map(|(_, value, interval)| {
            let (low, high) = interval.unwrap_or((*value, *value));
            [low, high]
        });
        curve.line.iter().map(|point| point[1]).chain(points)
    });
    let bottom = TOP + HEIGHT;
    let up = if scales.up_is_log {
        Axis::log(values, scales.unit, (bottom, TOP))
    } else {
        Axis::from_zero(values, scales.unit, (bottom, TOP))
    };
    let columns = columns(curves);
    let mut head = vec![scales.across.to_string()];
    for column in &columns {
        let named = scales.ticks.iter().find(|tick| is_at(tick.0, *column));
        head.push(named.map_or_else(|| quantity::plain(*column, ""), |(_, label)| label.clone()));
    }
    Plot {
        title,
        about,
        drawn: drawn(scales, curves, &up),
        height: bottom + 50.0 + curves.len() as f64 * 17.0,
        head,
        figures: curves
            .iter()
            .map(|curve| figures(curve, &columns, scales.unit))
            .collect(),
    }
}

/// Places of all marked points, sorted.
fn columns(curves: &[Curve]) -> Vec<f64> {
    let all = curves.iter().flat_map(|curve| &curve.points);
    let mut columns: Vec<f64> = all.map(|point| point.0).collect();
    columns.sort_by(f64::total_cmp);
    columns.dedup();
    columns
}

/// Grid, curves and legend.
fn drawn(scales: &Scales, curves: &[Curve], up: &Axis) -> Markup {
    let bottom = TOP + HEIGHT;
    let places = curves.iter().flat_map(|c| c.line.iter().map(|p| p[0]));
    let across = if scales.across_is_log {
        Axis::log(places, "", (LEFT, WIDTH - 16.0))
    } else {
        Axis::from_zero(places, "", (LEFT, WIDTH - 16.0))
    };
    let furthest = curves.iter().flat_map(|c| &c.line).map(|p| p[0]);
    let furthest = furthest.fold(f64::MIN, f64::max);
    let ticks = scales.ticks.iter().filter(|tick| tick.0 <= furthest);
    let ticks = across.spaced(ticks.cloned().collect());
    html! {
        text.tick x="4" y="14" { (scales.up) }
        @for (value, label) in up.ticks() {
            line.grid x1=(LEFT) x2=(WIDTH - 16.0) y1=(up.at(value)) y2=(up.at(value)) {}
            text.tick x=(LEFT - 6.0) y=(tenths(up.at(value) + 4.0)) text-anchor="end" { (label) }
        }
        @for (place, label) in &ticks {
            line.grid x1=(across.at(*place)) x2=(across.at(*place)) y1=(TOP) y2=(bottom) {}
            text.tick x=(across.at(*place)) y=(bottom + 15.0) text-anchor="middle" { (label) }
        }
        text.tick x=(f64::midpoint(LEFT, WIDTH)) y=(bottom + 32.0) text-anchor="middle" { (scales.across) }
        @for curve in curves { (draw(curve, &across, up)) }
        @for (place, curve) in curves.iter().enumerate() {
            @let y = bottom + 50.0 + place as f64 * 17.0;
            line class=(class(curve)) x1=(LEFT) x2=(LEFT + 26.0) y1=(y) y2=(y) {}
            (curve.kind.mark(LEFT + 13.0, y))
            text x=(LEFT + 34.0) y=(y + 4.0) { (curve.label) }
        }
    }
}

fn class(curve: &Curve) -> String {
    let dashed = if curve.is_dashed { " dashed" } else { "" };
    format!("curve {}{dashed}", curve.kind.class())
}

fn draw(curve: &Curve, across: &Axis, up: &Axis) -> Markup {
    let places = curve.line.iter();
    let places = places.map(|[place, value]| [across.at(*place), up.at(*value)]);
    let line: Vec<String> = corners(places)
        .iter()
        .map(|[x, y]| format!("{x},{y}"))
        .collect();
    html! {
        polyline class=(class(curve)) points=(line.join(" ")) {}
        @for (place, value, interval) in &curve.points {
            @let x = across.at(*place);
            @if let Some((low, high)) = interval {
                line class={ "span " (curve.kind.class()) } x1=(x) x2=(x) y1=(up.at(*low)) y2=(up.at(*high)) {}
            }
            (curve.kind.mark(x, up.at(*value)))
        }
    }
}

/// A line without the points that lie on a level or upright part between their neighbours: it looks the same.
fn corners(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    let mut corners: Vec<[f64; 2]> = Vec::new();
    let lies_between = |from: [f64; 2], point: [f64; 2], to: [f64; 2], along: usize| {
        let across = 1 - along;
        let is_straight = is_at(from[across], point[across]) && is_at(point[across], to[across]);
        is_straight && (point[along] - from[along]) * (to[along] - point[along]) >= 0.0
    };
    let is_same = |one: &[f64; 2], other: &[f64; 2]| (0..2).all(|way| is_at(one[way], other[way]));
    for point in points {
        if corners.last().is_some_and(|last| is_same(last, &point)) {
            continue;
        }
        while let [.., before, last] = corners[..]
            && (0..2).any(|along| lies_between(before, last, point, along))
        {
            corners.pop();
        }
        corners.push(point);
    }
    corners
}

fn figures(curve: &Curve, columns: &[f64], unit: &str) -> Vec<Markup> {
    let cell = |column: &f64| {
        let point = curve.points.iter().find(|point| is_at(point.0, *column));
        let text = match point {
            Some((_, value, Some((low, high)))) => format!(
                "{} [{}, {}]",
                quantity::plain(*value, unit),
                quantity::plain(*low, unit),
                quantity::plain(*high, unit)
            ),
            Some((_, value, None)) => quantity::plain(*value, unit),
            None => "-".to_owned(),
        };
        html! { (text) }
    };
    std::iter::once(html! { (curve.label) })
        .chain(columns.iter().map(cell))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_corners_and_its_ends_alone() {
        let line = [
            [0.0, 5.0],
            [1.0, 5.0],
            [2.0, 5.0],
            [2.0, 3.0],
            [2.0, 1.0],
            // Back, and beyond where it came from.
            [2.0, 4.0],
            [3.0, 6.0],
            [4.0, 7.0],
            [4.0, 7.0],
        ];
        let expected = [
            [0.0, 5.0],
            [2.0, 5.0],
            [2.0, 1.0],
            [2.0, 4.0],
            [3.0, 6.0],
            [4.0, 7.0],
        ];
        assert_eq!(corners(line.into_iter()), expected);
        assert_eq!(corners(line[..1].iter().copied()), line[..1]);
    }
}
