//! Results made of numbers that a test chooses.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    evidence::{Answer, Evidence, Question},
    query::Query,
    result::{
        Block, CaseKey, Machine, Measurement, Mode, Request, Resident, ResultFile, Run, SCHEMA,
        Tries,
    },
    stats::Estimate,
};

/// A result of a complete quick run.
pub fn file(measurements: Vec<Measurement>) -> ResultFile {
    ResultFile {
        schema: SCHEMA,
        complete: true,
        seed: 1,
        request: Request {
            mode: Mode::Quick,
            ..Request::default()
        },
        machine: Machine {
            cores: 1,
            ..Machine::default()
        },
        measurements,
        ..ResultFile::default()
    }
}

/// An estimate of ten values, with its interval.
pub fn estimate(low: f64, value: f64, high: f64) -> Estimate {
    Estimate {
        value,
        low,
        high,
        count: 10,
    }
}

/// A measurement of a query, which names its scale unless that is 1.
pub fn measurement(query: &str, blocks: Vec<Block>) -> Measurement {
    Measurement {
        key: key(query),
        own_scale: true,
        blocks,
        rejected: Vec::new(),
        tries: Tries::default(),
        needed_blocks: None,
        resident: Resident::default(),
    }
}

/// The key of a measurement of a query.
pub fn key(query: &str) -> CaseKey {
    let query = Query::parse(query).expect("a query");
    CaseKey {
        scale: query.scale.unwrap_or(1),
        topic: query.topic,
        case: query.case,
        go: query.go,
        rust: query.rust,
        cores: query.cores,
    }
}

/// A block whose control is a second run of Go's.
pub fn block_of(go: Run, rust: Run, control: Run) -> Block {
    Block {
        order: Vec::new(),
        go,
        rust,
        control,
        control_of: "go".to_owned(),
        steal: 0.0,
        cautions: Vec::new(),
    }
}

/// A run of one sample, an object.
pub fn run_of(mut sample: Value) -> Run {
    Run {
        samples: vec![std::mem::take(sample.as_object_mut().expect("an object"))],
        ..Run::default()
    }
}

/// A result with blocks in which Rust takes 1 ms and Go a multiple of it, by topic.
pub fn result(topics: &[(&str, f64, usize)]) -> ResultFile {
    let run = |ms: f64| {
        let runtime = json!({"gc_idle_cpu_ns": 0, "total_cpu_ns": 1e9});
        Run {
            runtime: runtime.as_object().expect("an object").clone(),
            ..run_of(json!({"wall_ns": ms * 1e6, "cpu_ns": ms * 1e6}))
        }
    };
    let measured = topics.iter().map(|&(topic, times, blocks)| {
        let block = Block {
            control_of: "rust".to_owned(),
            ..block_of(run(times), run(1.0), run(1.0))
        };
        measurement(&format!("{topic}/case@1000"), vec![block; blocks])
    });
    file(measured.collect())
}

/// A run under load with latencies, each in nanoseconds with how many requests took it.
pub fn run(times: &[[u64; 2]]) -> Run {
    run_of(json!({"latency_ns": times, "intended_rate": 800.0}))
}

/// A block in which all requests of a run took this many nanoseconds.
pub fn block(go: u64, rust: u64, control: u64) -> Block {
    let all = |time| run(&[[time, 2000]]);
    block_of(all(go), all(rust), all(control))
}

/// Evidence that answers every question with yes, and in many words.
#[derive(Debug)]
pub struct Talker;

impl Evidence for Talker {
    fn answer(&self, _: &Question) -> Result<Answer> {
        Ok((Some(true), "a word and more ".repeat(12)))
    }
}
