//! Plots of one case: its times by percentile, its figures by setting and by size, its memory over time.

use lab_results::{quantity, result::Measurement, settings::DEFAULT};

use crate::{
    plot::{
        Kind, Plot,
        curves::{self, Curve, Scales},
        rows::{self, Figure, Row, Scale},
    },
    result_figures::{self, Blocks, Measured, Shown},
};

/// The percentiles that are marked, with their names.
const PERCENTILES: [(f64, &str); 6] = [
    (0.5, "p50"),
    (0.9, "p90"),
    (0.99, "p99"),
    (0.999, "p99.9"),
    (0.9999, "p99.99"),
    (0.99999, "p99.999"),
];

/// Both sides, as a reader calls them.
pub const BOTH: [(Kind, &str); 2] = [(Kind::Go, "Go"), (Kind::Rust, "Rust")];

/// Lists of times by percentile, both sides, several cases of a topic.
pub fn by_percentile(
    measured: Measured,
    topic: &str,
    cases: &[&str],
    figure: &str,
) -> Option<Plot> {
    let mut drawn = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        let Some(measurement) = measured.plain(topic, case) else {
            continue;
        };
        for (side, language) in BOTH {
            let label = match cases.len() {
                1 => language.to_owned(),
                _ => format!("{language}, {}", case.replace('_', " ")),
            };
            drawn.extend(percentiles(measurement, side, figure, label, place > 0));
        }
    }
    let first = drawn.first()?;
    let last = first.points.last()?.0;
    let at = |curve: &Curve| {
        let point = curve
            .points
            .iter()
            .find(|point| curves::is_at(point.0, last))?;
        Some(format!(
            "{} {}",
            curve.label,
            quantity::plain(point.1, "ns")
        ))
    };
    let ticks = PERCENTILES.map(|(share, name)| (nines(share), name.to_owned()));
    let (_, name) = ticks.iter().find(|tick| curves::is_at(tick.0, last))?;
    let seen: Vec<String> = drawn.iter().filter_map(at).collect();
    let what = words(figure);
    let mut of = cases.join(" and ").replace('_', " ");
    if of != what {
        of = format!("{of}, {what}");
    }
    Some(curves::plot(
        format!("{name} of {of}: {}", seen.join(", ")),
        "Time by percentile, estimated over blocks, with 95 % intervals as bars. A percentile without a bar is of all \
         blocks together, since a block alone has fewer than 20 times beyond it. Both scales are logarithmic."
            .to_owned(),
        &Scales {
            ticks: ticks.to_vec(),
            across_is_log: false,
            across: "percentile",
            up: "time",
            unit: "ns",
            up_is_log: true,
        },
        &drawn,
    ))
}

/// How many nines a share has.
fn nines(share: f64) -> f64 {
    (-(1.0 - share).log10() * 1000.0).round() / 1000.0
}

fn percentiles(
    measurement: &Measurement,
    side: Kind,
    figure: &str,
    label: String,
    is_dashed: bool,
) -> Option<Curve> {
    let lists = Blocks::collect(measurement, side, figure);
    let mut height = 0.0_f64;
    let line = (3..=50).map_while(|step| {
        let place = f64::from(step) / 10.0;
        // Where all blocks together take the place of each alone, the estimate may fall; a percentile does not.
        height = height.max(lists.percentile(1.0 - 10f64.powf(-place))?.value);
        Some([place, height])
    });
    let line: Vec<[f64; 2]> = line.collect();
    let marked = PERCENTILES.iter().filter_map(|(share, _)| {
        let found = lists.percentile(*share)?;
        Some((nines(*share), found.value, found.interval))
    });
    let points: Vec<curves::Point> = marked.collect();
    (!points.is_empty()).then_some(Curve {
        label,
        kind: side,
        is_dashed,
        line,
        points,
    })
}

/// A figure of a case by what is set: bytes per node, allocators beside each other, frames missed.
pub fn by_setting(measured: Measured, topic: &str, case: &str, figure: &str) -> Option<Plot> {
    let mut found: Vec<(Kind, String, Shown)> = Vec::new();
    let of_case = measured.measurements(topic, case);
    for (side, language) in BOTH {
        // The run in which nothing is set on the other side, if there is one.
        for measurement in of_case
            .iter()
            .filter(|m| result_figures::is_plain(m))
            .chain(&of_case)
        {
            let key = &measurement.key;
            let setting = if side == Kind::Go { &key.go } else { &key.rust };
            let label = match setting.as_str() {
                DEFAULT => format!("{language}, nothing set"),
                set => format!("{language}, {set}"),
            };
            let is_new = found.iter().all(|(_, other, _)| *other != label);
            if let Some(shown) = result_figures::over_blocks(measurement, side, figure)
                && is_new
            {
                found.push((side, label, shown));
            }
        }
    }
    let is_count = figure == "missed";
    // Two bars repeat the figures above: no plot.
    if found.len() < if is_count { 1 } else { 3 } {
        return None;
    }
    let unit = unit(figure);
    let extreme = |least: bool| {
        let value = |row: &&(Kind, String, Shown)| if least { row.2.value } else { -row.2.value };
        found.iter().min_by(|a, b| value(a).total_cmp(&value(b)))
    };
    let (least, most) = (extreme(true)?, extreme(false)?);
    let described =
        |row: &(Kind, String, Shown)| format!("{} ({})", quantity::plain(row.2.value, unit), row.1);
    let name = words(figure);
    let case = case.replace('_', " ");
    let title = if quantity::plain(least.2.value, unit) == quantity::plain(most.2.value, unit) {
        let value = quantity::plain(most.2.value, unit);
        format!("{} of {case}: {value} everywhere", capital(&name))
    } else {
        format!(
            "{} of {case}: {} to {}",
            capital(&name),
            described(least),
            described(most)
        )
    };
    let rows = found.into_iter().map(|(kind, label, shown)| Row {
        label,
        place: None,
        figures: vec![Figure::from((kind, shown))],
    });
    let rows: Vec<Row> = rows.collect();
    let about =
        "A figure of a case with each setting that was measured, with 95 % intervals.".to_owned();
    Some(rows::plot(title, about, (&name, unit), Scale::Bars, &rows))
}

/// A figure by the size of its case, both sides.
pub fn growth(measured: Measured, topic: &str, case: &str, figure: &str) -> Option<Plot> {
    let mut sizes: Vec<&Measurement> = measured
        .all()
        .filter(|m| m.key.topic == topic && m.key.case == case && result_figures::is_plain(m))
        .collect();
    sizes.sort_by_key(|m| m.key.scale);
    let mut drawn = Vec::new();
    for (side, language) in BOTH {
        let point = |m: &&Measurement| {
            let found = result_figures::over_blocks(m, side, figure)?;
            (found.value > 0.0).then_some((m.key.scale as f64, found.value, found.interval))
        };
        let points: Vec<curves::Point> = sizes.iter().filter_map(point).collect();
        if points.len() >= 3 {
            drawn.push(Curve {
                label: language.to_owned(),
                kind: side,
                is_dashed: false,
                line: points.iter().map(|point| [point.0, point.1]).collect(),
                points,
            });
        }
    }
    let unit = unit(figure);
    let steps: Vec<String> = drawn
        .iter()
        .filter_map(|curve| {
            let (first, last) = (curve.points.first()?, curve.points.last()?);
            let (size, value) = (last.0 / first.0, last.1 / first.1);
            Some(format!("{} {}", curve.label, by(value, size)))
        })
        .collect();
    if steps.is_empty() {
        return None;
    }
    let ticks = sizes.iter().map(|m| {
        let size = m.key.scale as f64;
        (size, many(size))
    });
    Some(curves::plot(
        format!(
            "{} of {}: {}",
            capital(&words(figure)),
            case.replace('_', " "),
            steps.join(", ")
        ),
        "A figure by the size of its case. Both axes are logarithmic; bars are 95 % intervals. What SCALE counts \
         stands in the table of measured cases."
            .to_owned(),
        &Scales {
            ticks: ticks.collect(),
            across_is_log: true,
            across: &format!("SCALE of {topic}/{case}"),
            up: &words(figure),
            unit,
            up_is_log: true,
        },
        &drawn,
    ))
}

fn by(value: f64, size: f64) -> String {
    format!(
        "grows {} for {} the size",
        quantity::plain(value, "ratio"),
        quantity::plain(size, "ratio")
    )
}

/// 1000000 as 1M.
pub fn many(size: f64) -> String {
    match size {
        s if s >= 1e6 => format!("{}M", s / 1e6),
        s if s >= 1e3 => format!("{}k", s / 1e3),
        s => s.to_string(),
    }
}

/// The times of a topic's cases beside each other, both sides.
pub fn side_by_side(measured: Measured, topic: &str) -> Option<Plot> {
    let plain = measured
        .all()
        .filter(|m| m.key.topic == topic && m.own_scale && result_figures::is_plain(m));
    let row = |m: &Measurement| {
        let figures = BOTH.into_iter().filter_map(|(side, _)| {
            let shown = result_figures::over_blocks(m, side, "wall_ns")?;
            Some(Figure::from((side, shown)))
        });
        let figures: Vec<Figure> = figures.collect();
        (!figures.is_empty()).then(|| Row {
            label: m.key.case.replace('_', " "),
            place: None,
            figures,
        })
    };
    let rows: Vec<Row> = plain.filter_map(row).collect();
    let fastest = |(side, language): (Kind, &str)| {
        let of = |row: &Row| row.figures.iter().find(|f| f.kind == side).map(|f| f.value);
        let all = rows.iter().filter_map(|row| Some((of(row)?, &row.label)));
        let (value, label) = all.min_by(|one, other| one.0.total_cmp(&other.0))?;
        Some(format!(
            "{label} in {language} ({})",
            quantity::plain(value, "ns")
        ))
    };
    let seen: Vec<String> = BOTH.into_iter().filter_map(fastest).collect();
    (!rows.is_empty()).then(|| {
        rows::plot(
            format!("The shortest case of {topic} is {}", seen.join(" and ")),
            "Wall time of each case with nothing set: the round mark is Go, the square one Rust, on a logarithmic \
             scale, with 95 % intervals."
                .to_owned(),
            ("time", "ns"),
            Scale::Factors,
            &rows,
        )
    })
}

/// The unit of a figure, by its name.
pub fn unit(figure: &str) -> &'static str {
    match figure {
        f if f.ends_with("_ns") => "ns",
        f if f.contains("bytes") => "bytes",
        _ => "count",
    }
}

/// A figure as a reader calls it.
pub fn words(figure: &str) -> String {
    match figure {
        "wall_ns" => "time".to_owned(),
        "cpu_ns" => "CPU time".to_owned(),
        "node_bytes" => "bytes per node".to_owned(),
        "missed" => "frames missed".to_owned(),
        "process.peak_bytes" => "most memory".to_owned(),
        "release_cpu_ns" => "CPU time of releasing".to_owned(),
        "fill_cpu_ns" => "CPU time of filling".to_owned(),
        "gc_cpu_ns" | "runtime.gc_cpu_ns" => "CPU time of the collector".to_owned(),
        figure => figure
            .rsplit('.')
            .next()
            .unwrap_or(figure)
            .trim_end_matches("_ns")
            .replace("_wall", "")
            .replace('_', " "),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
