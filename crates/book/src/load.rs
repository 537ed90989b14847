//! Servers under load: what a point is, from the name of its case, and its percentiles as plots.

use lab::result::{Block, Measurement, Run};

use crate::{
    measured::{self, Measured, Shown, Times, is_plain},
    plot::{
        Kind, Plot,
        map::{self, Cell},
        rows::{self, Figure, Row, Scale},
        short,
    },
    plots::many,
};

/// The topic whose program serves.
const TOPIC: &str = "server";

/// A point of load.
pub struct Point<'a> {
    /// What was measured there.
    pub measurement: &'a Measurement,
    /// The percent of its own capacity that each server got, where that is how it was asked.
    pub share: Option<u64>,
    /// What a request touches, as the case's name has it.
    pub payload: String,
    /// What else is set.
    pub other: Vec<String>,
    /// The list of latencies.
    figure: String,
}

/// All points of load; none where the lab performed none.
pub fn points(measured: Measured) -> Vec<Point> {
    measured.all().filter_map(point).collect()
}

fn point(measurement: &Measurement) -> Option<Point<'_>> {
    let subject = &measurement.subject;
    let mut words = subject.case.split('_');
    if subject.topic != TOPIC || words.next() != Some("load") {
        return None;
    }
    let lists = measured::lists(measurement);
    let latency = lists.iter().find(|name| name.contains("latency"));
    let mut point = Point {
        measurement,
        share: Some(50),
        payload: "1m".to_owned(),
        other: Vec::new(),
        figure: latency.or(lists.first())?.clone(),
    };
    for word in words {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        match (digits.parse::<u64>(), &word[digits.len()..]) {
            (Ok(share), "") => point.share = Some(share),
            (Ok(_), "k" | "m" | "b") => word.clone_into(&mut point.payload),
            _ => {
                if matches!(word, "plain" | "even") || word.ends_with("rps") {
                    point.share = None;
                }
                point.other.push(word.to_owned());
            }
        }
    }
    let set = [&subject.go, &subject.rust];
    let set = set
        .into_iter()
        .filter(|name| *name != lab::settings::DEFAULT);
    point.other.extend(set.cloned());
    if subject.cores != "all" {
        point.other.push(format!("{} core", subject.cores));
    }
    Some(point)
}

impl Point<'_> {
    /// Whether only live objects, payload and share are varied.
    pub fn is_plain(&self) -> bool {
        self.other.is_empty() && self.share.is_some() && is_plain(self.measurement)
    }

    /// What it is, in a few words.
    pub fn name(&self) -> String {
        let mut parts = vec![format!(
            "{} live",
            many(self.measurement.subject.scale as f64)
        )];
        parts.push(
            self.payload.to_uppercase()
                + if self.payload.ends_with('b') {
                    ""
                } else {
                    "iB"
                },
        );
        parts.extend(self.share.map(|share| format!("{share} % load")));
        parts.extend(self.other.iter().cloned());
        parts.join(", ")
    }

    /// Go's percentile over Rust's, and whether that is more than a server differs from itself.
    pub fn ratio(&self, share: f64) -> Option<(Shown, bool)> {
        let of = |run: &Run| Times::of(std::iter::once(run), &self.figure).percentile(share);
        let blocks = &self.measurement.blocks;
        let pairs = blocks
            .iter()
            .filter_map(|b| Some((of(&b.go)?, of(&b.rust)?)));
        let ratio = measured::ratio(&pairs.collect::<Vec<_>>())?;
        let control = |block: &Block| {
            let own = if block.control_of == "go" {
                &block.go
            } else {
                &block.rust
            };
            Some((of(&block.control)?, of(own)?))
        };
        let control = measured::ratio(&blocks.iter().filter_map(control).collect::<Vec<_>>());
        let strays = control.map_or(f64::INFINITY, |control| {
            let (low, high) = control.interval.unwrap_or((control.value, control.value));
            low.ln().abs().max(high.ln().abs())
        });
        let (low, high) = ratio.interval.unwrap_or((ratio.value, ratio.value));
        let nearest = if low <= 1.0 && high >= 1.0 {
            0.0
        } else {
            low.ln().abs().min(high.ln().abs())
        };
        Some((ratio, nearest > strays))
    }
}

/// A percentile of both servers at each of these points.
pub fn by_point(title: &str, points: &[&Point], share: f64, name: &str) -> Option<Plot> {
    let row = |point: &&Point| {
        let of = |side| measured::percentile(point.measurement, side, &point.figure, share);
        let figures = [Kind::Go, Kind::Rust]
            .into_iter()
            .filter_map(|side| Some(Figure::from((side, of(side)?))));
        let figures: Vec<Figure> = figures.collect();
        (!figures.is_empty()).then(|| Row {
            label: point.name(),
            place: None,
            figures,
            bound: None,
        })
    };
    let rows: Vec<Row> = points.iter().filter_map(row).collect();
    let told = rows.last().map(|row| {
        let each = row.figures.iter().map(|figure| short(figure.value, "ns"));
        (row.label.clone(), each.collect::<Vec<_>>().join(" and "))
    });
    let (label, values) = told?;
    Some(rows::plot(
        format!("{title}: {name} is {values} at {label}"),
        format!(
            "Latency at {name} from the intended start of a request: the round mark is Go, the square one Rust, on a scale by factors, with 95 % intervals."
        ),
        "ns",
        Scale::Factors,
        &rows,
    ))
}

/// The map of the points that differ in live objects, payload and share alone, a plot for each payload.
pub fn maps(points: &[Point]) -> Vec<Plot> {
    let plain: Vec<&Point> = points.iter().filter(|point| point.is_plain()).collect();
    let mut payloads: Vec<&str> = plain.iter().map(|point| point.payload.as_str()).collect();
    payloads.sort_unstable();
    payloads.dedup();
    let map = |payload: &&str| {
        let here: Vec<&&Point> = plain
            .iter()
            .filter(|point| point.payload == **payload)
            .collect();
        let mut live: Vec<u64> = here
            .iter()
            .map(|point| point.measurement.subject.scale)
            .collect();
        let mut shares: Vec<u64> = here.iter().filter_map(|point| point.share).collect();
        for values in [&mut live, &mut shares] {
            values.sort_unstable();
            values.dedup();
        }
        let cells = here.iter().filter_map(|point| {
            let (ratio, is_told) = point.ratio(0.99)?;
            Some(Cell {
                column: shares
                    .iter()
                    .position(|share| Some(*share) == point.share)?,
                row: live
                    .iter()
                    .position(|live| *live == point.measurement.subject.scale)?,
                ratio: ratio.value,
                interval: ratio.interval,
                is_told,
            })
        });
        let cells: Vec<Cell> = cells.collect();
        // A line is no map.
        if live.len() < 2 || shares.len() < 2 || cells.len() < 4 {
            return None;
        }
        let told = cells.iter().filter(|cell| cell.is_told).count();
        let live: Vec<String> = live.iter().map(|live| many(*live as f64)).collect();
        let shares: Vec<String> = shares.iter().map(|share| format!("{share} %")).collect();
        let payload = here.first()?.payload.to_uppercase();
        Some(map::plot(
            format!("{payload}iB a request: at {told} of {} points p99 differs more than a server from itself", cells.len()),
            "Go's p99 over Rust's. Above 1 Go takes longer. Where the sign ≈ stands the control strays as far: the choice does not matter there.".to_owned(),
            ("share of each server's own capacity", &shares),
            ("live objects", &live),
            &cells,
        ))
    };
    payloads.iter().filter_map(map).collect()
}
