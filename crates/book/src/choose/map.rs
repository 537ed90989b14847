//! The map: latency and memory of both servers by live objects, payload and load. Each point is a cell; all cells of
//! the page have one scale.

use lab_judge::judgement;
use lab_results::{layout::count, quantity, result::ResultFile, scenario};
use maud::{Markup, html};

use super::grid::{Grid, Spot, grids};
use crate::{
    plot::Axis,
    prose::slug,
    result_figures::{Measured, Shown},
    result_plots::many,
    server_scenarios::{self, Both},
    table::{self, Column, Row},
    verdicts::Verdicts,
};

/// Where a scale begins and ends, in percent of a cell.
const ENDS: (f64, f64) = (4.0, 96.0);

/// The points of one machine.
struct Map<'a> {
    /// The beginning of its addresses.
    id: &'static str,
    title: &'static str,
    files: &'a [ResultFile],
    grids: Vec<Grid>,
}

/// The scales of all cells.
struct Scales {
    p99: Axis,
    memory: Axis,
    /// What they reach from and to, in words.
    said: String,
}

/// The maps with their legend: that of the points measured here, and that of the reference.
pub fn html(verdicts: &Verdicts) -> Markup {
    let [own, reference] = [&verdicts.own_load, &verdicts.reference_load];
    let mut maps = Vec::new();
    if !own.is_empty() {
        maps.push(Map::new("own", "Measured here", own));
    }
    if !reference.is_empty() || own.is_empty() {
        maps.push(Map::new("reference", "Our reference machine", reference));
    }
    let scales = Scales::new(&maps);
    html! {
        p.map-legend {
            span.lang.go { "Go" } " and " span.lang.rust { "Rust" } " in each cell: p99 above, resident memory below"
            (scales.said) ". " span.dots { "●●●" } " six blocks and more, with an interval; " span.dots { "●●○" } " four or five; "
            span.dots { "●○○" } " fewer: a hint; ≈ no more than a server differs from itself."
        }
        @for map in &maps { (map.html(&scales)) }
    }
}

impl<'a> Map<'a> {
    fn new(id: &'static str, title: &'static str, files: &'a [ResultFile]) -> Self {
        Map {
            id,
            title,
            files,
            grids: grids(&server_scenarios::points(Measured(files))),
        }
    }

    fn html(&self, scales: &Scales) -> Markup {
        let first = self.grids.iter().position(|grid| !grid.spots.is_empty());
        let first = first.unwrap_or(0);
        html! {
            h3 id={ "map-" (self.id) } { (self.title) }
            p.map-legend {
                @if self.files.is_empty() {
                    "No servers were measured yet: " code { "cargo lab sweep" } " measures twelve points in about ten minutes."
                } @else {
                    (provenance(self.files))
                }
            }
            div.cell-map {
                div {
                    @if self.grids.len() > 1 {
                        div.segs.needs-js role="group" aria-label="Memory of a request" {
                            @for (place, grid) in self.grids.iter().enumerate() {
                                button type="button" aria-pressed=(place == first) { (grid.kind.name()) }
                            }
                        }
                    }
                    div.mapset {
                        @for (place, grid) in self.grids.iter().enumerate() { (self.figure(grid, place == first, scales)) }
                    }
                }
                (self.panel(&self.grids[first]))
            }
        }
    }

    fn figure(&self, grid: &Grid, is_on: bool, scales: &Scales) -> Markup {
        let kind = &grid.kind;
        html! {
            figure class=[is_on.then_some("on")] {
                figcaption { b { (kind.request()) ":" } " " (summary(grid)) "." }
                div.points style={ "--columns:" (grid.columns.len()) } {
                    div.corner {}
                    @for column in &grid.columns { div.ch aria-hidden="true" { (kind.heading(*column)) } }
                    @for live in &grid.live {
                        div.rh aria-hidden="true" { b { (many(*live as f64)) } " " @if *live == 0 { "nothing alive" } @else { "alive" } }
                        @for column in &grid.columns {
                            @let place = (*live, *column);
                            @match grid.spots.get(&place) {
                                Some(spot) => { (self.cell(grid, place, spot, is_on, scales)) }
                                None => { (missing(grid, place)) }
                            }
                        }
                    }
                }
                @if !grid.spots.is_empty() { (self.table(grid)) }
            }
        }
    }

    fn cell(
        &self,
        grid: &Grid,
        place: (u64, u64),
        spot: &Spot,
        is_on: bool,
        scales: &Scales,
    ) -> Markup {
        let is_best = grid.best() == Some(place);
        let blocks = count(spot.blocks, "block");
        let is_alike = spot.p99.is_some_and(|p99| !p99.differs);
        html! {
            a.cell.best[is_best] href={ "#" (self.address(grid, place)) } aria-current=[(is_best && is_on).then_some("true")]
                data-live=(place.0) data-payload=(payload(grid)) {
                span.vh { (name(grid, place)) ", " (blocks) ": " }
                span.above {
                    span { "p99" span.column aria-hidden="true" { " at " (grid.kind.heading(place.1)) } @if is_alike { " ≈" } }
                    span.dots title=(blocks) aria-hidden="true" { (spot.dots()) }
                }
                @match &spot.p99 {
                    Some(p99) => { (dumbbell(p99, "ns", &scales.p99)) }
                    None => { span.few { "too few requests" } }
                }
                @if let Some(memory) = &spot.memory {
                    span.vh { ", memory " }
                    (dumbbell(memory, "bytes", &scales.memory))
                }
            }
        }
    }

    /// The figures of a grid, a row for each point: what its cells lead to.
    fn table(&self, grid: &Grid) -> Markup {
        let label = format!("{}: {}", self.title, grid.kind.name());
        let columns = [("point", "")].into_iter();
        let columns: Vec<Column> = columns
            .chain(COLUMNS.map(|[title, _]| (title, "")))
            .collect();
        let rows = grid.spots.iter().map(|(place, spot)| {
            let cells = [name(grid, *place)].into_iter().chain(figures(spot));
            Row {
                id: Some(self.address(grid, *place)),
                ..table::row(cells.map(table::text))
            }
        });
        html! {
            details.folded {
                summary { "The figures: " (grid.kind.name()) }
                (table::html(&label, &columns, rows))
            }
        }
    }

    /// One point in full, beside the map: the best one until another is chosen.
    fn panel(&self, grid: &Grid) -> Markup {
        html! {
            @if let Some((place, spot)) = grid.best().and_then(|place| Some((place, grid.spots.get(&place)?))) {
                section.panel.needs-js aria-label={ "The chosen point: " (self.title) } aria-live="polite" {
                    h4 { (name(grid, place)) }
                    dl { @for ([title, _], figure) in COLUMNS.iter().zip(figures(spot)) { dt { (title) } dd { (figure) } } }
                    a.measure href="#own" data-live=(place.0) data-payload=(payload(grid)) { "Measure this point yourself" }
                }
            }
        }
    }

    fn address(&self, grid: &Grid, (live, column): (u64, u64)) -> String {
        let point = format!("{} {live} {column}", grid.kind.name());
        format!("at-{}-{}", self.id, slug(&point))
    }
}

/// A point that was not measured: it fills the form, if a map can measure it.
fn missing(grid: &Grid, place: (u64, u64)) -> Markup {
    let column = html! { span.column aria-hidden="true" { "at " (grid.kind.heading(place.1)) } };
    html! {
        @if grid.kind.is_swept() {
            a.cell.none href="#own" data-live=(place.0) data-payload=(payload(grid)) data-share=(place.1) {
                span.vh { (name(grid, place)) ": " } (column) span { "not measured" } span.measure { "measure it" }
            }
        } @else {
            div.cell.none { span.vh { (name(grid, place)) ": " } (column) span { "not measured" } }
        }
    }
}

/// The columns of the figures with their units.
const COLUMNS: [[&str; 2]; 7] = [
    ["p99, Go", "ns"],
    ["p99, Rust", "ns"],
    ["p99, Go ÷ Rust", "ratio"],
    ["memory, Go", "bytes"],
    ["memory, Rust", "bytes"],
    ["memory, Go ÷ Rust", "ratio"],
    ["evidence", ""],
];

/// The figures of a point, in the order of their columns.
fn figures(spot: &Spot) -> Vec<String> {
    let of = |both: Option<Both>, missing: &str| {
        let values = both.map_or([None; 3], |both| {
            [Some(both.go), Some(both.rust), both.ratio]
        });
        values.map(|value| {
            (
                value,
                both.is_some_and(|both| !both.differs),
                missing.to_owned(),
            )
        })
    };
    let all = [of(spot.p99, "too few requests"), of(spot.memory, "-")].concat();
    let said = all.into_iter().zip(COLUMNS);
    let said = said.map(|((value, is_alike, missing), [_, unit])| match value {
        Some(value) if is_alike && unit == "ratio" => {
            format!("{}, no more than a server from itself", value.text(unit))
        }
        Some(value) => value.text(unit),
        None => missing,
    });
    let hint = if spot.is_solid() {
        ""
    } else {
        ", too few for an interval"
    };
    let evidence = format!("{} {}{hint}", spot.dots(), count(spot.blocks, "block"));
    said.chain([evidence]).collect()
}

/// A figure of both servers: the values, and their places on the scale of all cells.
fn dumbbell(both: &Both, unit: &str, axis: &Axis) -> Markup {
    let value = |shown: Shown| quantity::brief(shown.value, unit);
    let [go, rust] = [both.go, both.rust].map(|shown| axis.at(shown.value));
    let (left, width) = (go.min(rust), (go - rust).abs());
    html! {
        span.two {
            span.lang.go { span.vh { "Go " } (value(both.go)) } " "
            span.lang.rust { span.vh { "Rust " } (value(both.rust)) }
        }
        span.db aria-hidden="true" {
            i style=(format!("left:{left:.1}%;width:{width:.1}%")) {}
            b.go style=(format!("left:{go:.1}%")) {}
            b.rust style=(format!("left:{rust:.1}%")) {}
        }
    }
}

impl Scales {
    fn new(maps: &[Map]) -> Self {
        let spots = maps.iter().flat_map(|map| &map.grids);
        let spots: Vec<&Spot> = spots.flat_map(|grid| grid.spots.values()).collect();
        let values = |of: fn(&Spot) -> Option<Both>| -> Vec<f64> {
            let both = spots.iter().filter_map(|spot| of(spot));
            both.flat_map(|both| [both.go.value, both.rust.value])
                .collect()
        };
        let (p99, memory) = (values(|spot| spot.p99), values(|spot| spot.memory));
        let range = |values: &[f64], unit: &str| {
            let low = values.iter().copied().min_by(f64::total_cmp)?;
            let high = values.iter().copied().max_by(f64::total_cmp)?;
            let [low, high] = [low, high].map(|value| quantity::brief(value, unit));
            Some(format!("{low} to {high}"))
        };
        let said = range(&p99, "ns").zip(range(&memory, "bytes"));
        let said = said.map(|(p99, memory)| {
            format!(", on one logarithmic scale for all cells, {p99} and {memory}")
        });
        Scales {
            p99: Axis::log(p99.into_iter(), "ns", ENDS),
            memory: Axis::log(memory.into_iter(), "bytes", ENDS),
            said: said.unwrap_or_default(),
        }
    }
}

/// What a grid shows, in a sentence: of points with intervals if there are any.
fn summary(grid: &Grid) -> String {
    if grid.spots.is_empty() {
        return "not measured".to_owned();
    }
    let has_solid = grid.spots.values().any(Spot::is_solid);
    let chosen = grid.spots.values();
    let chosen: Vec<&Spot> = chosen
        .filter(|spot| spot.is_solid() || !has_solid)
        .collect();
    let p99: Vec<Both> = chosen.iter().filter_map(|spot| spot.p99).collect();
    let memory: Vec<Both> = chosen.iter().filter_map(|spot| spot.memory).collect();
    let said = [range("p99", &p99), range("memory", &memory)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let hint = if has_solid {
        ""
    } else {
        " (a hint, from few blocks)"
    };
    format!("{}{hint}", said.join(", "))
}

/// By what factor a figure differs where it differs more than a server from itself.
fn range(what: &str, all: &[Both]) -> Option<String> {
    let differing = all.iter().filter(|both| both.differs);
    let ratios = differing.filter_map(|both| Some(both.ratio?.value));
    let mut ratios: Vec<f64> = ratios.collect();
    ratios.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (ratios.first(), ratios.last()) else {
        let says = format!("{what} differs no more than a server from itself");
        return (!all.is_empty()).then_some(says);
    };
    let between = |low: f64, high: f64| {
        let [low, high] = [low, high].map(|ratio| quantity::brief(ratio, "ratio"));
        if low == high {
            low
        } else {
            format!("{low} to {high}")
        }
    };
    Some(if low > 1.0 {
        format!("Go’s {what} is {} that of Rust", between(low, high))
    } else if high < 1.0 {
        let turned = between(1.0 / high, 1.0 / low);
        format!("Rust’s {what} is {turned} that of Go")
    } else {
        format!("{what} is larger in Go at some points, in Rust at others")
    })
}

/// A point in a few words.
fn name(grid: &Grid, (live, column): (u64, u64)) -> String {
    let alive = match live {
        0 => "Nothing alive".to_owned(),
        live => format!("{} objects alive", many(live as f64)),
    };
    let (request, load) = (grid.kind.request(), grid.kind.load(column));
    format!("{alive}, {request}, {load}")
}

/// What a request of a grid touches, as the command takes it.
fn payload(grid: &Grid) -> String {
    let size = scenario::size(grid.kind.payload.0);
    size.trim_end_matches(" bytes").replace(' ', "")
}

/// Where and when points were measured.
fn provenance(files: &[ResultFile]) -> Markup {
    html! {
        @for (place, file) in files.iter().enumerate() {
            @if place > 0 { "; " }
            // The heading says whose they are.
            (judgement::Measured::from_file(file, false).text())
        }
        "."
    }
}
