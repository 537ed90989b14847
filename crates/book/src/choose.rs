//! For someone who chooses: where it does not matter, what it depends on, and how to measure one's own.
//! Every sentence is made from figures, and is not there without them.

use lab_judge::verdict::Verdict;
use maud::{Markup, html};

use crate::{
    catalogue,
    load::{self, Point},
    measured::{self, Measured},
    plot::{Plot, short},
    plots, provenance,
    verdicts::{Verdicts, sentence},
};

/// "Similar" as the claims have it.
const SIMILAR: (f64, f64) = (0.8, 1.25);

/// The page's content.
pub fn html(verdicts: &Verdicts) -> Markup {
    let measured = Measured(&verdicts.files);
    let load = load::points(measured);
    let swept = load::points(Measured(&verdicts.sweep));
    let maps = load::maps(if swept.is_empty() { &load } else { &swept });
    html! {
        h1 { "For someone choosing" }
        p { (provenance::where_from(verdicts)) }
        h2 #no-matter { "Where it does not matter" }
        (no_matter(measured, &load))
        h2 #your-own { "Measure your own point" }
        (form())
        h2 #map { "The map" }
        @if maps.is_empty() {
            p { "No map of live objects, payload and load was measured: " code { "cargo lab sweep" } " does, in about ten minutes." }
        } @else if !swept.is_empty() {
            p { (provenance::measured_with(&verdicts.sweep)) }
        }
        div.plots { @for map in &maps { (map.html()) } }
        h2 #depends { "What it depends on" }
        (axis("live-heap", "--thorough", "On the live heap", &live_heap(measured), &live_plots(measured, &load)))
        (axis("payload", "--only load", "On what a request touches", &payload(measured), &payload_plots(&load)))
        (axis("load", "--only load", "On the load", &load_told(&load), &load_plots(&load)))
        (axis("settings", "--thorough", "On what is set", &settings(measured), &settings_plots(measured)))
        (claims(verdicts))
    }
}

fn no_matter(measured: Measured, load: &[Point]) -> Markup {
    let plain = measured
        .all()
        .filter(|m| m.own_scale && measured::is_plain(m));
    let mut known = 0;
    let mut similar = Vec::new();
    for measurement in plain {
        let subject = &measurement.subject;
        let Some(ratio) = measured::go_over_rust(measurement, "wall_ns") else {
            continue;
        };
        let Some((low, high)) = ratio.interval else {
            continue;
        };
        known += 1;
        if SIMILAR.0 <= low && high <= SIMILAR.1 {
            similar.push((subject.topic.clone(), subject.case.replace('_', " "), ratio));
        }
    }
    let ratios: Vec<_> = load
        .iter()
        .filter_map(|point| Some((point, point.ratio(0.99)?)))
        .collect();
    let same: Vec<String> = ratios
        .iter()
        .filter(|(_, (_, told))| !told)
        .map(|(point, _)| point.name())
        .collect();
    html! {
        @if known == 0 && ratios.is_empty() {
            p { "Nothing is measured with enough blocks to tell: " code { "cargo lab measure --only claims" } " does." }
        }
        @if known > 0 {
            p {
                @if similar.is_empty() {
                    "In none of the " (known) " cases that were timed are the languages within a quarter of each other. "
                } @else {
                    "In " (similar.len()) " of the " (known) " cases that were timed, the languages are within a quarter of each other: "
                    @for (place, (topic, case, ratio)) in similar.iter().enumerate() {
                        @if place > 0 { ", " }
                        a href=(catalogue::of_topic(topic)) { (topic) " " (case) } " (" (ratio.said("ratio")) ")"
                    }
                    ". There other reasons decide."
                }
            }
        }
        @if !ratios.is_empty() {
            p {
                "Under load, at " (same.len()) " of " (ratios.len()) " points the p99 of the two servers differs by no more than a server differs from itself"
                @if same.is_empty() { "." } @else { ": " (same.join("; ")) ". There the choice of language does not show in latency." }
            }
        }
        (short_anyway(measured))
    }
}

/// What does not matter because it is small beside what a person or a network notices.
fn short_anyway(measured: Measured) -> Markup {
    let p99 =
        |side: &str| measured.formula(&format!("p99({side}{{pauses/request}}.request_ns)"), true);
    html! {
        @if let (Some(go), Some(rust)) = (p99("go"), p99("rust")) {
            @let worst = go.value.max(rust.value);
            p {
                "A request of the pair " a href="pauses.html" { "pauses" } " takes at p99 " (go.said("ns")) " in Go and " (rust.said("ns")) " in Rust. "
                "If yours may take " (short(round_up(worst * 10.0), "ns")) " or more, that difference is less than a tenth of it."
            }
        }
    }
}

/// The next larger of 1, 2, 5, 10, and so on.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| *step >= value)
        .unwrap_or(value)
}

/// A form that puts the command together; without scripts its text is an example.
fn form() -> Markup {
    let fields = [
        (
            "live-objects",
            "Live objects",
            "2000000",
            "objects that stay in memory, as in a cache",
        ),
        (
            "rate",
            "Requests a second",
            "800",
            "of your service at its peak",
        ),
        (
            "payload",
            "Touched by a request",
            "64KiB",
            "memory that a request allocates and writes",
        ),
        (
            "slo",
            "Latency target",
            "p99<20ms",
            "such as p99<20ms or p99=0.5ms; several with commas, or none",
        ),
    ];
    html! {
        p { "Figures of others decide little. This measures the two servers of this project under your figures, on your machine, in about three minutes, and says first whether the difference is larger than that of a server from itself:" }
        pre.output #point role="status" aria-label="The command" { "cargo lab point" @for (name, _, value, _) in fields { " --" (name) " " @if name == "slo" { "'" (value) "'" } @else { (value) } } }
        form.point {
            @for (name, label, value, says) in fields {
                label { span { (label) } input name=(name) value=(value) aria-describedby="point" autocomplete="off" spellcheck="false"; small { (says) } }
            }
            button.take type="button" { "Copy the command" }
        }
        p { "Your own server, in place of these two: " code { "cargo lab point --url http://127.0.0.1:8080/" } " finds its capacity and puts it under the same load twice." }
    }
}

/// A part of the page: sentences and plots, or what measures them.
fn axis(id: &str, measure: &str, title: &str, sentences: &[String], plots: &[Plot]) -> Markup {
    html! {
        h3 id=(id) { (title) }
        @if sentences.is_empty() && plots.is_empty() {
            p { "This was not measured: " code { "cargo lab measure " (measure) } " does." }
        }
        @for says in sentences { p { (says) } }
        @if !plots.is_empty() { div.plots { @for plot in plots { (plot.html()) } } }
    }
}

/// A sentence with figures in the place of `{}`, or nothing if one is missing.
fn says(measured: Measured, text: &str, formulas: &[(&str, &str)]) -> Option<String> {
    let mut parts = text.split("{}");
    let mut sentence = parts.next()?.to_owned();
    for (part, (formula, unit)) in parts.zip(formulas) {
        let shown = measured.formula(formula, *unit == "ratio")?;
        // "2 times", and not "2× times".
        sentence += &shown.said(unit).replace('×', "");
        sentence += part;
    }
    Some(sentence)
}

fn live_heap(measured: Measured) -> Vec<String> {
    [
        says(
            measured,
            "A list that was just made takes {} a node in Go and {} in Rust.",
            &[("go{footprint/grown}.node_bytes", "bytes"), ("rust{footprint/grown}.node_bytes", "bytes")],
        ),
        says(
            measured,
            "After it was thinned and grown again it takes {} in Go and {} in Rust: Go's heap may grow past what is alive before it is collected.",
            &[("go{footprint/churned}.node_bytes", "bytes"), ("rust{footprint/churned}.node_bytes", "bytes")],
        ),
        says(
            measured,
            "A request over a large live heap takes {} at p99 in Go and {} in Rust.",
            &[("p99(go{pauses/request}.request_ns)", "ns"), ("p99(rust{pauses/request}.request_ns)", "ns")],
        ),
        says(
            measured,
            "Go's collector takes {} of the CPU time meanwhile.",
            &[("go{pauses/request}.runtime.gc_cpu_ns / go{pauses/request}.runtime.total_cpu_ns", "share")],
        ),
        says(
            measured,
            "Letting go of a million values at once stops the thread that does it for {} in Rust; in Go it costs {} there, and the collector's work later.",
            &[("rust{reclaim/release_million}.release_wall_ns", "ns"), ("go{reclaim/release_million}.release_wall_ns", "ns")],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn live_plots(measured: Measured, load: &[Point]) -> Vec<Plot> {
    let mut varied: Vec<&Point> = load
        .iter()
        .filter(|p| p.is_plain() && p.share == Some(50) && p.payload == load::USUAL)
        .collect();
    varied.sort_by_key(|point| point.measurement.subject.scale);
    let under_load = load::by_point("More live objects", &varied, 0.99, "p99");
    let requests = plots::by_percentile(measured, "pauses", &["request"], "request_ns");
    let nodes = plots::by_setting(measured, "footprint", "churned", "node_bytes");
    under_load
        .into_iter()
        .chain(requests)
        .chain(nodes)
        .collect()
}

fn payload(measured: Measured) -> Vec<String> {
    let touched = says(
        measured,
        "Touching 1 MiB for each request, without a network, takes Go {} times as long as Rust by the clock and {} times as much CPU time.",
        &[
            (
                "go{server/request}.wall_ns / rust{server/request}.wall_ns",
                "ratio",
            ),
            (
                "go{server/request}.cpu_ns / rust{server/request}.cpu_ns",
                "ratio",
            ),
        ],
    );
    let share = says(
        measured,
        "Go's collector takes {} of its CPU time there.",
        &[(
            "go{server/request}.runtime.gc_cpu_ns / go{server/request}.runtime.total_cpu_ns",
            "share",
        )],
    );
    touched.into_iter().chain(share).collect()
}

fn payload_plots(load: &[Point]) -> Vec<Plot> {
    let mut varied: Vec<&Point> = load
        .iter()
        .filter(|p| p.is_plain() && p.share == Some(50) && p.measurement.subject.scale == 1_000_000)
        .collect();
    varied.sort_by_key(|point| point.payload);
    let is_varied = varied.iter().any(|point| point.payload != load::USUAL);
    is_varied
        .then(|| load::by_point("Less or more to touch", &varied, 0.99, "p99"))
        .flatten()
        .into_iter()
        .collect()
}

fn load_told(load: &[Point]) -> Vec<String> {
    let told = |point: &Point| {
        let (ratio, is_told) = point.ratio(0.99)?;
        let share = point.share?;
        let (low, high) = ratio.interval?;
        let what = if is_told {
            "more than a server differs from itself"
        } else {
            "no more than a server differs from itself"
        };
        Some(format!(
            "At {share} % of each server's own capacity Go's p99 is {} to {} that of Rust: {what}.",
            short(low, "ratio"),
            short(high, "ratio")
        ))
    };
    let mut varied = by_share(load);
    varied.retain(|point| point.share.is_some());
    varied.into_iter().filter_map(told).collect()
}

fn by_share<'a, 'b>(load: &'a [Point<'b>]) -> Vec<&'a Point<'b>> {
    let mut varied: Vec<&Point> = load
        .iter()
        .filter(|p| {
            p.is_plain() && p.payload == load::USUAL && p.measurement.subject.scale == 1_000_000
        })
        .collect();
    varied.sort_by_key(|point| point.share);
    varied
}

fn load_plots(load: &[Point]) -> Vec<Plot> {
    let varied = by_share(load);
    let p99 = load::by_point("Nearer to capacity", &varied, 0.99, "p99");
    let median = load::by_point("Nearer to capacity", &varied, 0.5, "p50");
    p99.into_iter().chain(median).collect()
}

fn settings(measured: Measured) -> Vec<String> {
    [
        says(
            measured,
            "With GOGC=400 Go takes {} times Rust's time for slices that escape, without it {} times.",
            &[
                ("go{allocation/escaping_written go=gogc400}.wall_ns / rust{allocation/escaping_written}.wall_ns", "ratio"),
                ("go{allocation/escaping_written}.wall_ns / rust{allocation/escaping_written}.wall_ns", "ratio"),
            ],
        ),
        says(
            measured,
            "With mimalloc a node of Rust's list takes {}, with the system's allocator {}.",
            &[
                ("rust{footprint/grown rust=mimalloc}.node_bytes", "bytes"),
                ("rust{footprint/grown}.node_bytes", "bytes"),
            ],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn settings_plots(measured: Measured) -> Vec<Plot> {
    let nodes = plots::by_setting(measured, "footprint", "grown", "node_bytes");
    let time = plots::by_setting(measured, "allocation", "escaping_written", "wall_ns");
    nodes.into_iter().chain(time).collect()
}

fn claims(verdicts: &Verdicts) -> Markup {
    let depends: Vec<_> = verdicts
        .claims
        .iter()
        .filter(|claim| matches!(claim.verdict, Verdict::Depends(_)))
        .collect();
    html! {
        @if !depends.is_empty() {
            h3 #claims { "Claims that depend on circumstances" }
            ul.depends {
                @for claim in depends {
                    li { a href=(claim.place()) { (claim.id) } " " (sentence(&claim.says)) @if let Some(source) = &claim.source { " (" (source) ")" } " " b { (claim.verdict) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_without_figures() {
        let nothing = Measured(&[]);
        assert!(says(nothing, "It takes {}.", &[("go{a/b}.wall_ns", "ns")]).is_none());
        assert!(
            no_matter(nothing, &[])
                .into_string()
                .contains("Nothing is measured")
        );
        assert!(live_heap(nothing).is_empty() && live_plots(nothing, &[]).is_empty());
    }

    #[test]
    fn a_limit_is_round() {
        let rounded = [1.1e6, 5e6, 7e6].map(|value| short(round_up(value), "ns"));
        assert_eq!(rounded, ["2 ms", "5 ms", "10 ms"]);
    }
}
