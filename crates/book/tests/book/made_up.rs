//! A result that nobody measured: every kind of figure that is drawn, and text that must stay text.

use std::{fs, path::Path};

use lab_results::{
    result::{Block, Measurement, Mode, Resident, Run},
    synthetic,
};
use serde_json::{Value, json};

/// Enough for an interval.
const BLOCKS: usize = 6;

/// Writes it into a folder of results, as begun at this time and on this processor.
pub fn write(folder: &Path, began: &str, processor: &str) {
    let mut measurements = timed_cases();
    measurements.extend(grown_lists());
    measurements.extend(servers());
    let mut result = synthetic::file(measurements);
    "cargo lab measure".clone_into(&mut result.command);
    // Newer than every rule.
    result.began = 2_000_000_000;
    result.request.mode = Mode::Claims;
    "cargo lab measure".clone_into(&mut result.command);
    processor.clone_into(&mut result.machine.cpu);
    result.machine.cores = 2;
    result.machine.memory_bytes = 8_000_000_000;
    let versions = &mut result.machine.versions;
    versions.insert("go".to_owned(), "go1.26".to_owned());
    let text = serde_json::to_vec(&result).unwrap();
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(format!("{began}-claims.json")), text).unwrap();
}

/// Cases with times.
fn timed_cases() -> Vec<Measurement> {
    let frames = |missed: u64, frame: f64| json!({ "missed": missed, "frame_ns": times(frame), "release_thread_ns": times(2e3) });
    let held = json!({ "wall_ns": 5e6, "cpu_ns": 5e6 });
    [
        ("reclaim/window", json!({ "wall_ns": 7e6, "cpu_ns": 9e6 })),
        ("reclaim/release_one", json!({ "release_ns": times(900.0) })),
        (
            "allocation/alone",
            json!({ "wall_ns": 14e6, "cpu_ns": 14e6 }),
        ),
        (
            "pauses/request",
            json!({ "wall_ns": 3e7, "request_ns": times(4e4) }),
        ),
        ("deadline/frames", frames(1, 3e5)),
        ("deadline/frames_held", frames(0, 2e5)),
        ("allocator/arena", held.clone()),
        ("allocator/heap", held.clone()),
        ("allocator/pool", held),
    ]
    .map(|(name, figures)| case(&format!("{name}@1_000_000"), &figures))
    .into()
}

/// Lists of several sizes and settings.
fn grown_lists() -> Vec<Measurement> {
    let node = |scale: u64, settings: &str| {
        let figures = json!({ "node_bytes": 17.0 + 160_000.0 / scale as f64, "size_bytes": 16 });
        let mut list = case(&format!("footprint/grown@{scale} {settings}"), &figures);
        list.own_scale = scale == 1_000_000;
        list.resident = Resident {
            go: vec![[0, 2000], [50_000, 20_000]],
            rust: vec![[0, 1000], [9000, 33_000]],
        };
        list
    };
    vec![
        node(10_000, ""),
        node(100_000, ""),
        node(1_000_000, ""),
        node(1_000_000, "go=gogc50"),
        node(1_000_000, "rust=mimalloc"),
    ]
}

/// Servers under load.
fn servers() -> Vec<Measurement> {
    let mut servers = Vec::new();
    for name in ["load", "load_25", "load_75"] {
        for live in [0, 1_000_000] {
            let figures = json!({ "latency_ns": times(1e6), "resident_p50_bytes": 3e7 });
            let mut point = case(&format!("server/{name}@{live}"), &figures);
            point.own_scale = live == 1_000_000;
            servers.push(point);
        }
    }
    servers
}

/// A hundred times around this one, each as often as the other.
fn times(middle: f64) -> Value {
    (1..=100)
        .map(|place| json!([middle * f64::from(place) / 50.0, 40]))
        .collect()
}

fn case(query: &str, figures: &Value) -> Measurement {
    let run = |factor: f64, block: usize| {
        let factor = factor * (1.0 + block as f64 / 100.0);
        let figures = figures.as_object().unwrap().iter();
        let scaled: Value = figures
            .map(|(name, value)| (name.clone(), scale(value, factor)))
            .collect();
        let runtime = json!({
            "pauses_ns": [[20_000, 500], [300_000, 30]], "gc_cpu_ns": 2e6, "total_cpu_ns": 1e8,
        });
        let process = json!({
            "peak_bytes": 5e7 * factor, "resident_bytes": 4e7 * factor, "kept_bytes": 2e7 * factor,
            "minor_faults": 100,
        });
        Run {
            answer: "1".to_owned(),
            runtime: runtime.as_object().unwrap().clone(),
            process: process.as_object().unwrap().clone(),
            ..synthetic::run_of(scaled)
        }
    };
    let block = |block: usize| Block {
        order: ["go", "rust", "control"].map(str::to_owned).into(),
        ..synthetic::block_of(
            run(2.0, block),
            run(1.0, block % 4),
            run(2.0, (block + 1) % 5),
        )
    };
    synthetic::measurement(query, (0..BLOCKS).map(block).collect())
}

fn scale(value: &Value, factor: f64) -> Value {
    match value {
        Value::Array(times) => times
            .iter()
            .map(|time| json!([time[0].as_f64().unwrap() * factor, time[1]]))
            .collect(),
        number => json!(number.as_f64().unwrap() * factor),
    }
}
