//! Servers under load: what a point is, from the name of its case, and its percentiles as plots.

use lab_judge::load::compared;
use lab_results::{
    scenario::{self, Buffers, Pace, Purpose},
    result::{Measurement, Run},
    settings::DEFAULT,
};

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

/// The resident memory of a server in the middle of its load.
const RESIDENT: &str = "resident_p50_bytes";

/// What a request touches unless something else is said.
pub const USUAL: u64 = 1 << 20;

/// A point of load.
pub struct Point<'a> {
    /// What was measured there.
    pub measurement: &'a Measurement,
    /// The percent of its own capacity that each server got, where that is how it was asked.
    pub share: Option<u32>,
    /// How many bytes a request touches.
    pub payload: u64,
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
    let key = &measurement.key;
    if key.topic != scenario::TOPIC {
        return None;
    }
    let asked = scenario::Scenario::parse(&key.case).ok()?;
    let lists = measured::lists(measurement);
    let latency = lists.iter().find(|name| name.contains("latency"));
    let (share, pace) = match asked.pace {
        Pace::Own(share) => (Some(share), None),
        Pace::Plain => (None, Some("as many as with nothing set".to_owned())),
        Pace::Even(share) => (
            None,
            Some(format!("{share} % of the slower server for both")),
        ),
        Pace::Fixed(rate) => (None, Some(format!("{rate} a second"))),
    };
    let buffers = match asked.buffers {
        Buffers::Fresh => None,
        Buffers::Pooled => Some("pooled"),
        Buffers::Uncleared => Some("pooled, not cleared"),
        Buffers::Mixed => Some("fresh or pooled, at random"),
    };
    let usual = scenario::Scenario::default().connections;
    let connections = Some(asked.connections).filter(|count| *count != usual);
    let connections = connections.map(|count| format!("{count} connections"));
    let purpose = match asked.purpose {
        Purpose::Latency => None,
        Purpose::Soak => Some("minutes of load"),
        Purpose::Watch => Some("watched"),
        Purpose::Connections => Some("1 to 10,000 connections"),
    };
    let words = [
        buffers,
        asked.poisson.then_some("Poisson arrivals"),
        asked.shared.then_some("cores shared"),
        asked.attacked.then_some("attacked"),
        purpose,
    ];
    let set = [&key.go, &key.rust];
    let set = set.into_iter().filter(|name| *name != DEFAULT).cloned();
    let one = (key.cores != "all").then(|| format!("{} core", key.cores));
    let words = words.into_iter().flatten().map(str::to_owned);
    let words = connections.into_iter().chain(words);
    Some(Point {
        measurement,
        share,
        payload: asked.payload,
        other: pace
            .into_iter()
            .chain(words)
            .chain(set)
            .chain(one)
            .collect(),
        figure: latency.or(lists.first())?.clone(),
    })
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
            many(self.measurement.key.scale as f64)
        )];
        parts.push(scenario::size(self.payload));
        parts.extend(self.share.map(|share| format!("{share} % load")));
        parts.extend(self.other.iter().cloned());
        parts.join(", ")
    }

    /// Go's percentile over Rust's, and whether that is more than a server differs from itself.
    pub fn ratio(&self, share: f64) -> Option<(Shown, bool)> {
        let of = |run: &Run| Times::of(std::iter::once(run), &self.figure).percentile(share);
        self.compared(&format!("p{}({})", share * 100.0, self.figure), of)
    }

    /// The same of resident memory under load.
    fn memory(&self) -> Option<(Shown, bool)> {
        self.compared(RESIDENT, |run| measured::figure(run, RESIDENT))
    }

    /// A figure of Go's over that of Rust's, and whether that is more than a server differs from itself, as
    /// the lab tells it.
    fn compared(&self, text: &str, of: impl Fn(&Run) -> Option<f64>) -> Option<(Shown, bool)> {
        let blocks = &self.measurement.blocks;
        let pairs = blocks
            .iter()
            .filter_map(|b| Some((of(&b.go)?, of(&b.rust)?)));
        let ratio = measured::ratio(&pairs.collect::<Vec<_>>())?;
        let both = compared(blocks, text);
        let is_told = both.differs() && both.ratios.len() == blocks.len();
        Some((ratio, is_told))
    }
}

/// A percentile of both servers at each of these points; one alone shows nothing of what it depends on.
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
    let last = rows.last().filter(|_| rows.len() >= 2)?;
    let value = |figure: &Figure| {
        let language = if figure.kind == Kind::Go {
            "Go"
        } else {
            "Rust"
        };
        format!("{} in {language}", short(figure.value, "ns"))
    };
    let values: Vec<String> = last.figures.iter().map(value).collect();
    Some(rows::plot(
        format!(
            "{title}: {name} is {} at {}",
            values.join(" and "),
            last.label
        ),
        format!(
            "Latency at {name} from the intended start of a request: the round mark is Go, the square one Rust, on a scale by factors, with 95 % intervals."
        ),
        (&format!("latency at {name}"), "ns"),
        Scale::Factors,
        &rows,
    ))
}

/// The maps of the points that differ in live objects, payload and share alone: for each payload one of
/// latency and one of memory.
pub fn maps(points: &[Point]) -> Vec<Plot> {
    let plain: Vec<&Point> = points.iter().filter(|point| point.is_plain()).collect();
    let mut payloads: Vec<u64> = plain.iter().map(|point| point.payload).collect();
    payloads.sort_unstable();
    payloads.dedup();
    let maps = payloads.iter().flat_map(|payload| {
        let here: Vec<&Point> = plain
            .iter()
            .filter(|point| point.payload == *payload)
            .copied()
            .collect();
        let latency = map(&here, ["p99", "Above 1 Go takes longer."], |point| {
            point.ratio(0.99)
        });
        let memory = map(
            &here,
            ["resident memory", "Above 1 Go takes more."],
            Point::memory,
        );
        [latency, memory]
    });
    maps.flatten().collect()
}

/// A map of points with the same payload; what it shows by its name, and what a ratio above 1 means.
fn map<'a>(
    points: &[&Point<'a>],
    [what, above]: [&str; 2],
    ratio: impl Fn(&Point<'a>) -> Option<(Shown, bool)>,
) -> Option<Plot> {
    let payload = scenario::size(points.first()?.payload);
    let scale = |point: &Point| point.measurement.key.scale;
    let mut live: Vec<u64> = points.iter().map(|point| scale(point)).collect();
    let mut shares: Vec<u32> = points.iter().filter_map(|point| point.share).collect();
    live.sort_unstable();
    live.dedup();
    shares.sort_unstable();
    shares.dedup();
    let cells = points.iter().filter_map(|point| {
        let (ratio, is_told) = ratio(point)?;
        Some(Cell {
            column: shares
                .iter()
                .position(|share| Some(*share) == point.share)?,
            row: live.iter().position(|live| *live == scale(point))?,
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
    Some(map::plot(
        format!(
            "{payload} a request: at {told} of {} points {what} differs more than a server from itself",
            cells.len()
        ),
        format!(
            "Go's {what} over Rust's. {above} Where the sign ≈ stands a server differs from itself by as much: the choice does not matter there."
        ),
        ("share of each server's own capacity", &shares),
        ("live objects", &live),
        &cells,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn measurement(case: &str) -> Measurement {
        let latency: Vec<_> = (1..=4000).map(|ns| json!([ns, 1])).collect();
        let run = json!({ "answer": "1", "samples": [{ "latency_ns": latency }], "runtime": {}, "process": {} });
        let block = json!({
            "order": ["go", "rust", "control"], "go": run, "rust": run, "control": run,
            "control_of": "go", "steal": 0.0,
        });
        let key = json!({
            "topic": "server", "case": case, "scale": 1_000_000, "go": "default", "rust": "default",
            "cores": "all",
        });
        let whole = json!({
            "subject": key, "own_scale": true, "blocks": [block], "wanted": null,
        });
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn what_a_request_touches_is_read_as_the_lab_reads_it() {
        let payload = |case: &str| point(&measurement(case)).map(|point| point.payload);
        let told = ["load", "load_64k", "load_1k", "load_25_512b"].map(payload);
        assert_eq!(told, [Some(USUAL), Some(65_536), Some(1024), Some(512)]);
        assert_eq!(payload("loads"), None);
        for other in ["load_pooled", "load_100c", "load_attacked", "load_soak"] {
            assert!(!point(&measurement(other)).unwrap().is_plain(), "{other}");
        }
    }

    #[test]
    fn one_point_alone_is_no_plot_and_two_name_the_languages() {
        let measurements = ["load", "load_75"].map(measurement);
        let points: Vec<Point> = measurements.iter().filter_map(point).collect();
        let points: Vec<&Point> = points.iter().collect();
        assert!(by_point("T", &points[..1], 0.99, "p99").is_none());
        let plot = by_point("T", &points, 0.99, "p99").unwrap();
        assert!(
            plot.title.contains(" in Go and ") && plot.title.contains(" in Rust at "),
            "{}",
            plot.title
        );
    }
}
