//! Plots of a result: which figures they show, and a title that says what one sees. `plot.rs` draws them.

mod memory;
mod of_case;
mod of_claim;

use lab_results::result::Measurement;

use crate::{
    catalogue,
    plot::{
        Kind, Plot,
        rows::{self, Figure, Row, Scale},
    },
    result_figures::{self, Measured, Shown},
};

pub use of_case::many;
use of_case::{by_percentile, by_setting, growth};
pub use of_claim::of_claim;

impl From<(Kind, Shown)> for Figure {
    fn from((kind, shown): (Kind, Shown)) -> Self {
        Figure {
            kind,
            value: shown.value,
            interval: shown.interval,
        }
    }
}

/// All ratios of wall time with their controls; none if nothing is measured.
pub fn forest(measured: Measured) -> Option<Plot> {
    let all = measured.all();
    ratios(&all.collect::<Vec<_>>())
}

fn ratios(measurements: &[&Measurement]) -> Option<Plot> {
    let plain = measurements
        .iter()
        .filter(|m| m.own_scale && result_figures::is_plain(m));
    let mut found: Vec<(Shown, Row)> = plain.filter_map(|m| ratio_row(m)).collect();
    found.sort_by(|one, other| other.0.value.total_cmp(&one.0.value));
    let known = found.iter().filter_map(|(ratio, _)| ratio.interval);
    let (mut slower, mut faster, mut open) = (0, 0, 0);
    for (low, high) in known {
        match (low > 1.0, high < 1.0) {
            (true, _) => slower += 1,
            (_, true) => faster += 1,
            _ => open += 1,
        }
    }
    let rows: Vec<Row> = found.into_iter().map(|(_, row)| row).collect();
    (!rows.is_empty()).then(|| {
        rows::plot(
            tally(slower, faster, open),
            "Go's time by the clock over Rust's in each case with nothing set, 95 % intervals, on a scale by factors. \
             The small ring below is the control: a side against itself. What it strays from 1 is noise. \
             Times of many short requests are told by percentile instead."
                .to_owned(),
            ("Go's time over Rust's", "ratio"),
            Scale::Ratios,
            &rows,
        )
    })
}

/// In how many cases which language takes longer.
fn tally(slower: usize, faster: usize, open: usize) -> String {
    let cases = if slower == 1 { "case" } else { "cases" };
    let ties = match open {
        0 => "none is a tie".to_owned(),
        1 => "1 is a tie".to_owned(),
        open => format!("{open} are ties"),
    };
    format!("Go takes longer in {slower} {cases}, Rust in {faster}, and {ties}")
}

fn ratio_row(measurement: &Measurement) -> Option<(Shown, Row)> {
    let ratio = result_figures::go_over_rust(measurement, "wall_ns")?;
    let mut figures = vec![Figure::from((Kind::Ratio, ratio))];
    let control = result_figures::control(measurement, "wall_ns");
    figures.extend(control.map(|control| Figure::from((Kind::Control, control))));
    let key = &measurement.key;
    let row = Row {
        label: format!("{} · {}", key.topic, key.case.replace('_', " ")),
        place: Some(catalogue::of_topic(&key.topic)),
        figures,
    };
    Some((ratio, row))
}

/// The plots of a topic's cases that no claim has drawn: ratios, times beside each other, and each
/// case's figures by setting, by size and by percentile.
pub fn of_topic(topic: &str, measured: Measured, drawn: &mut Vec<String>) -> Vec<Plot> {
    let own = measured.all().filter(|m| m.key.topic == topic);
    let own: Vec<&Measurement> = own.collect();
    let mut plots: Vec<Plot> = ratios(&own).into_iter().collect();
    plots.extend(of_case::side_by_side(measured, topic));
    let plain = own
        .iter()
        .filter(|m| m.own_scale && result_figures::is_plain(m));
    for measurement in plain {
        let case = measurement.key.case.as_str();
        for figure in ["wall_ns", "node_bytes"] {
            by_setting_and_size(&mut plots, drawn, measured, [topic, case, figure]);
        }
        for list in result_figures::lists(measurement) {
            let cases = [case];
            let key = format!("{topic} {list} {cases:?}");
            add(&mut plots, drawn, key, || {
                by_percentile(measured, topic, &cases, &list)
            });
        }
    }
    plots
}

/// Adds a case's figure by setting and by size, where they tell something and are not drawn yet.
fn by_setting_and_size(
    plots: &mut Vec<Plot>,
    drawn: &mut Vec<String>,
    measured: Measured,
    [topic, case, figure]: [&str; 3],
) {
    let set = || by_setting(measured, topic, case, figure);
    add(
        plots,
        drawn,
        format!("{topic}/{case} {figure} by setting"),
        set,
    );
    let size = || growth(measured, topic, case, figure);
    add(
        plots,
        drawn,
        format!("{topic}/{case} {figure} by size"),
        size,
    );
}

/// Adds a plot unless one of this name was drawn.
fn add(
    plots: &mut Vec<Plot>,
    drawn: &mut Vec<String>,
    key: String,
    plot: impl FnOnce() -> Option<Plot>,
) {
    if !drawn.contains(&key)
        && let Some(plot) = plot()
    {
        drawn.push(key);
        plots.push(plot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tie_is_and_two_are() {
        let tallies =
            [(1, 2, 1), (2, 1, 2), (0, 0, 0)].map(|(go, rust, open)| tally(go, rust, open));
        assert_eq!(
            tallies,
            [
                "Go takes longer in 1 case, Rust in 2, and 1 is a tie",
                "Go takes longer in 2 cases, Rust in 1, and 2 are ties",
                "Go takes longer in 0 cases, Rust in 0, and none is a tie",
            ]
        );
    }
}
