//! Results made of numbers that a test chooses.

use serde_json::{Value, json};

use crate::result::{Block, ResultFile, Run, SCHEMA};

/// A result with blocks in which Rust takes 1 ms and Go a multiple of it, by topic.
pub fn result(topics: &[(&str, f64, usize)]) -> ResultFile {
    let run = |ms: f64| {
        let samples = json!([{"wall_ns": ms * 1e6, "cpu_ns": ms * 1e6}]);
        let runtime = json!({"gc_idle_cpu_ns": 0, "total_cpu_ns": 1e9});
        json!({"answer": "", "samples": samples, "runtime": runtime, "process": {}})
    };
    let measurement = |&(topic, times, blocks): &(&str, f64, usize)| {
        let block = json!({
            "order": [], "go": run(times), "rust": run(1.0), "control": run(1.0),
            "control_of": "rust", "steal": 0.0,
        });
        json!({
            "subject": {
                "topic": topic, "case": "case", "scale": 1000,
                "go": "default", "rust": "default", "cores": "all",
            },
            "own_scale": true, "blocks": vec![block; blocks], "rejected": [], "wanted": null,
            "resident": {"go": [], "rust": []},
        })
    };
    let measurements: Vec<Value> = topics.iter().map(measurement).collect();
    serde_json::from_value(json!({
        "schema": SCHEMA, "command": "", "complete": true, "began": 0, "seed": 1,
        "request": {
            "mode": "quick", "only": [], "settings": [],
            "scale": null, "blocks": null, "partition": null,
        },
        "machine": {
            "cpu": "", "cores": 1, "memory_bytes": 0, "system": "", "versions": {}, "settings": {},
        },
        "commit": {"hash": null, "dirty": false},
        "hashes": {}, "measurements": measurements, "left_out": [],
    }))
    .expect("a result")
}

/// A run under load with latencies, each in nanoseconds with how many requests took it.
pub fn run(times: &[[u64; 2]]) -> Run {
    let sample = json!({"latency_ns": times, "intended_rate": 800.0});
    Run {
        samples: vec![sample.as_object().expect("an object").clone()],
        ..Run::default()
    }
}

/// A block in which all requests of a run took this many nanoseconds.
pub fn block(go: u64, rust: u64, control: u64) -> Block {
    Block {
        order: Vec::new(),
        go: run(&[[go, 2000]]),
        rust: run(&[[rust, 2000]]),
        control: run(&[[control, 2000]]),
        control_of: "go".to_owned(),
        steal: 0.0,
        cautions: Vec::new(),
    }
}
