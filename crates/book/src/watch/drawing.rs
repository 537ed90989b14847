//! One side of one step, drawn: values as marks in their state, arrows for what keeps them alive.

use std::collections::BTreeMap;

use maud::{Markup, html};

use lab_verify::trace::{Kind, Line, State};

use super::scene::{Scene, side, state, words};
use crate::{pair::GO, plot::tenths};

/// How wide a drawing is in its own pixels.
const WIDTH: f64 = 280.0;
/// Where the first row of values lies, below the bar of what the script holds.
const TOP: f64 = 76.0;
/// The largest distance between rows, and what all rows take together.
const ROWS: (f64, f64) = (54.0, 150.0);
/// No more values have names and arrows.
pub const FEW: usize = 12;
/// No more values have their state written below.
const ROOMY: usize = 6;

/// The hatching of garbage and of leaks, once a page.
pub fn patterns() -> Markup {
    html! {
        svg width="0" height="0" style="position:absolute" aria-hidden="true" {
            defs {
                @for (id, colour) in [("garbage", "var(--go)"), ("leaked", "var(--off)")] {
                    pattern id=(id) width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse" {
                        rect width="6" height="6" style="fill:var(--paper)" {}
                        rect width="2.4" height="6" style={ "fill:" (colour) } {}
                    }
                }
            }
        }
    }
}

/// An arrow of the legend.
pub fn sample(weak: bool) -> Markup {
    html! {
        svg viewBox="0 0 30 10" aria-hidden="true" {
            path d="M0 5H30" stroke="currentColor" stroke-width="2" stroke-dasharray=[weak.then_some("4 4")] {}
        }
    }
}

/// Where the values of a scene lie, the same in all of its steps.
struct Places {
    at: BTreeMap<String, (f64, f64)>,
    radius: f64,
    height: f64,
}

/// The drawing of a side behind a step. The tally below it says the states to those who do not see it.
pub fn html(scene: &Scene, before: Option<&Line>, line: &Line, of: usize) -> Markup {
    let places = Places::arrange(scene);
    let this = side(line, of);
    let is_new = |id: &str, now: State| {
        let before = before.and_then(|before| state(side(before, of), id));
        before != Some(now)
    };
    let has_room = places.at.len() <= ROOMY;
    html! {
        svg.mem viewBox={ "0 0 " (WIDTH) " " (places.height.round()) } aria-hidden="true" {
            @if places.at.len() <= FEW && scene.has_links() {
                rect.roots x="4" y="6" width=(WIDTH - 8.0) height="26" rx="5" {}
                text x=(WIDTH / 2.0) y="23" { "the script holds" }
                @for id in &this.held {
                    @if let Some((x, y)) = places.at.get(id) {
                        (arrow("held", (*x, 33.0), (*x, y - places.radius - 2.0)))
                    }
                }
                @for link in &this.links {
                    @if let (Some(from), Some(to)) = (places.at.get(&link.from), places.at.get(&link.to)) {
                        (between(if link.kind == Kind::Weak { "weak" } else { "" }, *from, *to, places.radius))
                    }
                }
            }
            @for object in &this.objects {
                @if let Some(&(x, y)) = places.at.get(&object.id) {
                    g class=(object.state) {
                        (mark(of, x, y, places.radius))
                        @if places.at.len() <= FEW {
                            text x=(tenths(x)) y=(tenths(y + 5.0)) style=[small(&object.id, places.radius)] { (object.id) }
                        }
                        @if has_room && object.state != State::Alive && is_new(&object.id, object.state) {
                            text.state x=(tenths(x)) y=(tenths(y + places.radius + 15.0)) { (words(object.state)) }
                        }
                    }
                }
            }
        }
    }
}

impl Places {
    /// Each value has a column of its own, so that no arrow from above crosses another; its row is its
    /// distance from what the script holds.
    fn arrange(scene: &Scene) -> Places {
        let ids = scene.ids();
        let per_row = ids.len().clamp(1, FEW);
        let column = (WIDTH - 24.0) / per_row as f64;
        let radius = (column * 0.4).min(18.0);
        if ids.len() > FEW || !scene.has_links() {
            let row = 2.0 * radius + 24.0;
            let place = |at: usize| {
                let (x, y) = (at % per_row, at / per_row);
                (12.0 + column * (x as f64 + 0.5), 24.0 + row * y as f64)
            };
            let rows = ids.len().div_ceil(per_row) as f64;
            let at = ids.into_iter().map(|(id, _)| id).enumerate();
            return Places {
                at: at.map(|(at, id)| (id, place(at))).collect(),
                radius,
                height: rows * row + 20.0,
            };
        }
        let deepest = ids.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
        let row = ROWS.0.min(ROWS.1 / deepest.max(1) as f64);
        let place = |at: usize, depth: usize| {
            let x = 12.0 + column * (at as f64 + 0.5);
            (x, TOP + row * depth as f64)
        };
        let at = ids.into_iter().enumerate();
        Places {
            at: at.map(|(at, (id, depth))| (id, place(at, depth))).collect(),
            radius,
            height: TOP + row * deepest as f64 + radius + 24.0,
        }
    }
}

/// Go's values are round, Rust's are square.
fn mark(side: usize, x: f64, y: f64, radius: f64) -> Markup {
    html! {
        @if side == GO {
            circle cx=(tenths(x)) cy=(tenths(y)) r=(tenths(radius)) {}
        } @else {
            @let half = radius * 0.9;
            rect x=(tenths(x - half)) y=(tenths(y - half)) width=(tenths(2.0 * half)) height=(tenths(2.0 * half)) {}
        }
    }
}

/// An arrow from the edge of one value to the edge of another, beside the one that leads back.
fn between(class: &str, from: (f64, f64), to: (f64, f64), radius: f64) -> Markup {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let (aside_x, aside_y) = (-uy * 5.0, ux * 5.0);
    let out = radius + 4.0;
    let start = (from.0 + ux * out + aside_x, from.1 + uy * out + aside_y);
    let end = (to.0 - ux * out + aside_x, to.1 - uy * out + aside_y);
    arrow(class, start, end)
}

fn arrow(class: &str, from: (f64, f64), to: (f64, f64)) -> Markup {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / length * 7.0, dy / length * 7.0);
    let neck = (to.0 - ux, to.1 - uy);
    let line = format!(
        "M{} {}L{} {}",
        tenths(from.0),
        tenths(from.1),
        tenths(neck.0),
        tenths(neck.1)
    );
    let tip = format!(
        "M{} {}L{} {}L{} {}z",
        tenths(to.0),
        tenths(to.1),
        tenths(neck.0 - uy * 0.5),
        tenths(neck.1 + ux * 0.5),
        tenths(neck.0 + uy * 0.5),
        tenths(neck.1 - ux * 0.5)
    );
    html! {
        path class={ "link " (class) } d=(line) {}
        path class={ "tip " (class) } d=(tip) {}
    }
}

/// A long name is written smaller, to stay within its mark.
fn small(id: &str, radius: f64) -> Option<String> {
    let fits = 3.2 * radius / id.chars().count().max(1) as f64;
    (fits < 14.0).then(|| format!("font-size:{}px", tenths(fits.max(6.0))))
}
