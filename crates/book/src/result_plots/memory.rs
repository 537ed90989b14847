//! Memory over time.

use maud::{Markup, html};

use lab_results::{quantity, scenario::is_load};

use super::of_case::BOTH;
use crate::{
    plot::{
        Axis, Kind, Plot,
        curves::{self, Curve, Scales},
    },
    result_figures::Measured,
};

/// Resident memory while a case runs.
pub fn over_time(measured: Measured, topic: &str, case: &str) -> Option<Plot> {
    let measurement = measured.plain(topic, case)?;
    let resident = &measurement.resident;
    let mut drawn = Vec::new();
    for ((side, language), points) in BOTH.into_iter().zip([&resident.go, &resident.rust]) {
        let line: Vec<[f64; 2]> = points
            .iter()
            .map(|[micros, kibibytes]| [*micros as f64 * 1e3, *kibibytes as f64 * 1024.0])
            .collect();
        let highest = line.iter().max_by(|a, b| a[1].total_cmp(&b[1])).copied();
        if let Some([place, value]) = highest {
            drawn.push(Curve {
                label: format!("{language}, at most {}", quantity::plain(value, "bytes")),
                kind: side,
                is_dashed: false,
                points: vec![(place, value, None)],
                line,
            });
        }
    }
    let since = if is_load(topic, case) {
        "the load"
    } else {
        "the process"
    };
    let seen: Vec<String> = drawn.iter().map(|curve| curve.label.clone()).collect();
    let times = drawn.iter().flat_map(|c| &c.line).map(|p| p[0]);
    let ticks = Axis::from_zero(times, "ns", (0.0, 1.0)).marks();
    (!drawn.is_empty()).then(|| {
        let mut plot = curves::plot(
            format!("Resident memory of {}: {}", case.replace('_', " "), seen.join("; ")),
            "Resident memory in one run of each language, read from outside; one run has no interval. The mark is the \
             highest point."
                .to_owned(),
            &Scales {
                ticks,
                across_is_log: false,
                across: &format!("time since {since} began"),
                up: "resident memory",
                unit: "bytes",
                up_is_log: false,
            },
            &drawn,
        );
        (plot.head, plot.figures) = moments(&drawn);
        plot
    })
}

/// How many moments of a line the table lists.
const MOMENTS: u32 = 12;

/// The lines as a table: what was seen last at each of a few moments, up to the end of each.
fn moments(drawn: &[Curve]) -> (Vec<String>, Vec<Vec<Markup>>) {
    let last = |curve: &Curve| curve.line.last().map_or(0.0, |point| point[0]);
    let end = drawn.iter().map(last).fold(0.0, f64::max);
    let language = |curve: &Curve| if curve.kind == Kind::Go { "Go" } else { "Rust" };
    let head = std::iter::once("since the process began").chain(drawn.iter().map(language));
    let row = |moment: u32| {
        let at = end * f64::from(moment) / f64::from(MOMENTS);
        let seen = |curve: &Curve| {
            let until = curve.line.iter().take_while(|point| point[0] <= at);
            let seen = until.last().filter(|_| at <= last(curve) || moment == 0);
            let ended = (at > last(curve)).then_some("ended");
            seen.map_or_else(
                || ended.unwrap_or("-").to_owned(),
                |point| quantity::plain(point[1], "bytes"),
            )
        };
        let cells = drawn.iter().map(seen);
        let cells = std::iter::once(quantity::plain(at, "ns")).chain(cells);
        cells.map(|text| html! { (text) }).collect()
    };
    let head = head.map(str::to_owned).collect();
    (head, (0..=MOMENTS).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lists_a_line_and_not_its_peak_alone() {
        let curve = |kind, end: f64| Curve {
            label: String::new(),
            kind,
            is_dashed: false,
            line: (0..=100)
                .map(|step| [end * f64::from(step) / 100.0, 1024.0])
                .collect(),
            points: Vec::new(),
        };
        let (head, rows) = moments(&[curve(Kind::Go, 1e9), curve(Kind::Rust, 5e8)]);
        assert_eq!(head, ["since the process began", "Go", "Rust"]);
        let text = |row: &Vec<Markup>| row.iter().map(|c| c.clone().into_string()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(text).collect();
        assert_eq!(rows.len(), 13);
        assert_eq!(rows[3], ["250 ms", "1,024 B", "1,024 B"]);
        assert_eq!(rows[12], ["1 s", "1,024 B", "ended"]);
    }
}
