//! A result that nobody measured: every kind of figure that is drawn, and text that must stay text.

use std::{fs, path::Path};

use serde_json::{Value, json};

/// Enough for an interval.
const BLOCKS: u64 = 6;

/// Writes it into a folder of results, as begun at this time and on this processor.
pub fn write(folder: &Path, began: &str, processor: &str) {
    let mut measurements = timed_cases();
    measurements.extend(grown_lists());
    measurements.extend(servers());
    let result = json!({
        "schema": lab_results::result::SCHEMA,
        "command": "cargo lab measure",
        "request": { "mode": "claims", "only": [], "settings": [], "scale": null, "blocks": null, "partition": null },
        "complete": true,
        // Newer than every rule.
        "began": 2_000_000_000,
        "seed": 1,
        "machine": {
            "cpu": processor, "cores": 2, "memory_bytes": 8_000_000_000_u64, "system": "made up",
            "versions": { "go": "go1.26" }, "settings": {},
        },
        "commit": { "hash": null, "dirty": false },
        "hashes": {},
        "measurements": measurements,
        "left_out": [],
    });
    fs::create_dir_all(folder).unwrap();
    fs::write(
        folder.join(format!("{began}-claims.json")),
        result.to_string(),
    )
    .unwrap();
}

/// Cases with times.
fn timed_cases() -> Vec<Value> {
    let mut measurements = vec![
        case(
            "reclaim",
            "window",
            &json!({ "wall_ns": 7e6, "cpu_ns": 9e6 }),
        ),
        case(
            "reclaim",
            "release_one",
            &json!({ "release_ns": times(900.0) }),
        ),
        case(
            "allocation",
            "alone",
            &json!({ "wall_ns": 14e6, "cpu_ns": 14e6 }),
        ),
        case(
            "pauses",
            "request",
            &json!({ "wall_ns": 3e7, "request_ns": times(4e4) }),
        ),
        case(
            "deadline",
            "frames",
            &json!({ "missed": 1, "frame_ns": times(3e5), "release_thread_ns": times(2e3) }),
        ),
        case(
            "deadline",
            "frames_held",
            &json!({ "missed": 0, "frame_ns": times(2e5), "release_thread_ns": times(2e3) }),
        ),
    ];
    for name in ["arena", "heap", "pool"] {
        measurements.push(case(
            "allocator",
            name,
            &json!({ "wall_ns": 5e6, "cpu_ns": 5e6 }),
        ));
    }
    measurements
}

/// Lists of several sizes and settings.
fn grown_lists() -> Vec<Value> {
    let node = |go: &str, rust: &str, scale: u64| {
        let figures = json!({ "node_bytes": 17.0 + 160_000.0 / scale as f64, "size_bytes": 16 });
        let mut measurement = case("footprint", "grown", &figures);
        measurement["subject"]["go"] = go.into();
        measurement["subject"]["rust"] = rust.into();
        measurement["subject"]["scale"] = scale.into();
        measurement["own_scale"] = (scale == 1_000_000).into();
        measurement["resident"] =
            json!({ "go": [[0, 2000], [50_000, 20_000]], "rust": [[0, 1000], [9000, 33_000]] });
        measurement
    };
    let mut lists = [10_000, 100_000, 1_000_000]
        .map(|scale| node("default", "default", scale))
        .to_vec();
    lists.push(node("gogc50", "default", 1_000_000));
    lists.push(node("default", "mimalloc", 1_000_000));
    lists
}

/// Servers under load.
fn servers() -> Vec<Value> {
    let mut servers = Vec::new();
    for name in ["load", "load_25", "load_75"] {
        for live in [0, 1_000_000] {
            let figures = json!({ "latency_ns": times(1e6), "resident_p50_bytes": 3e7 });
            let mut point = case("server", name, &figures);
            point["subject"]["scale"] = live.into();
            point["own_scale"] = (live == 1_000_000).into();
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

fn case(topic: &str, case: &str, figures: &Value) -> Value {
    let run = |factor: f64, block: u64| {
        let factor = factor * (1.0 + block as f64 / 100.0);
        let scaled: serde_json::Map<String, Value> = figures
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), scale(value, factor)))
            .collect();
        json!({
            "answer": "1",
            "samples": [scaled],
            "runtime": { "pauses_ns": [[20_000, 500], [300_000, 30]], "gc_cpu_ns": 2e6, "total_cpu_ns": 1e8 },
            "process": {
                "peak_bytes": 5e7 * factor, "resident_bytes": 4e7 * factor, "kept_bytes": 2e7 * factor,
                "minor_faults": 100,
            },
        })
    };
    let blocks: Vec<Value> = (0..BLOCKS)
        .map(|block| {
            json!({
                "order": ["go", "rust", "control"], "go": run(2.0, block), "rust": run(1.0, block % 4),
                "control": run(2.0, (block + 1) % 5), "control_of": "go", "steal": 0.0,
            })
        })
        .collect();
    json!({
        "subject": { "topic": topic, "case": case, "scale": 1_000_000, "go": "default", "rust": "default", "cores": "all" },
        "own_scale": true, "blocks": blocks, "wanted": null,
    })
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
