//! Measurements in the Go benchmark format.

use std::{fmt::Write as _, ptr};

use serde_json::Value;

use lab_results::{
    histogram,
    query::Query,
    result::{Block, CaseKey, Machine, Measurement, ResultFile},
};
use lab_workspace::language::Language;

use lab_judge::{
    figures::Results,
    formula::{Formula, Reference},
};

/// The percentiles of a list of times.
const PERCENTILES: [(&str, f64); 3] = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];

/// The chosen measurements, each once: a line for each block and side with every figure of its samples, behind
/// what they were measured on.
pub fn bench(files: &[ResultFile], is_chosen: impl Fn(&CaseKey) -> bool) -> String {
    let results = Results::new(files);
    let counts = |one: &Measurement| {
        let found = results.find(&Query::from(&one.key));
        found.is_some_and(|found| ptr::eq(found, one)) && is_chosen(&one.key)
    };
    let mut text = String::new();
    for file in files {
        text += &head(&file.machine);
        for measurement in file.measurements.iter().filter(|one| counts(one)) {
            for block in &measurement.blocks {
                for side in [Language::Go, Language::Rust] {
                    text += &line(&measurement.key, block, side);
                }
            }
        }
    }
    text
}

fn head(machine: &Machine) -> String {
    let mut text = String::new();
    // "go version go1.26.8 linux/amd64"
    let go = machine.versions.get("go").map(String::as_str);
    if let Some((system, processor)) = go
        .and_then(|go| go.split_whitespace().last())
        .and_then(|last| last.split_once('/'))
    {
        let _ = writeln!(text, "goos: {system}\ngoarch: {processor}");
    }
    let _ = writeln!(text, "cpu: {}", machine.cpu);
    text
}

/// One side of a block; nothing if it has no figures.
fn line(key: &CaseKey, block: &Block, side: Language) -> String {
    let CaseKey {
        topic,
        case,
        scale,
        go,
        rust,
        cores,
    } = key;
    let (setting, run) = match side {
        Language::Go => (go, &block.go),
        Language::Rust => (rust, &block.rust),
    };
    let Some(first) = run.samples.first() else {
        return String::new();
    };
    let mut named: Vec<(&String, &Value)> = first.iter().collect();
    named.sort_by_key(|(name, _)| (place(name), *name));
    let mut figures = String::new();
    for (name, value) in named {
        let reference = Reference {
            side,
            query: Query::from(key),
            figure: name.clone(),
        };
        let mut add = |formula: Formula, unit: &str| {
            if let Some(value) = formula.value(&|_: &Query| Some(block)) {
                let _ = write!(figures, " {value} {unit}");
            }
        };
        let unit = unit(name);
        if histogram::is(value) {
            for (percentile, share) in PERCENTILES {
                let formula = Formula::Percentile(share, reference.clone());
                add(formula, &format!("{percentile}-{unit}"));
            }
        } else {
            add(Formula::Figure(reference), &unit);
        }
    }
    if figures.is_empty() {
        return String::new();
    }
    let (side, count) = (side.name(), run.samples.len());
    format!(
        "Benchmark/{topic}/{case}/scale={scale}/lang={side}/setting={setting}/cores={cores} {count}{figures}\n"
    )
}

/// Go's own order: time, what a benchmark reports besides, memory.
fn place(name: &str) -> usize {
    match name {
        "wall_ns" => 0,
        "allocated_bytes" => 2,
        "allocations" => 3,
        _ => 1,
    }
}

/// A figure's unit: Go's own where it has one, else its name, whose parts tell `ns` and `bytes`.
fn unit(name: &str) -> String {
    match name {
        "wall_ns" => "ns/op".to_owned(),
        "cpu_ns" => "cpu-ns/op".to_owned(),
        "allocated_bytes" => "B/op".to_owned(),
        "allocations" => "allocs/op".to_owned(),
        other => other.replace('_', "-"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use lab_results::synthetic::result;

    #[test]
    fn each_block_has_a_line_a_side_with_every_figure_in_its_own_unit() {
        let mut file = result(&[("list", 2.0, 1), ("tree", 1.0, 1), ("empty", 1.0, 1)]);
        "A processor".clone_into(&mut file.machine.cpu);
        let versions = &mut file.machine.versions;
        versions.insert(
            "go".to_owned(),
            "go version go1.26.8 linux/amd64".to_owned(),
        );
        let figures = |value: Value| vec![value.as_object().unwrap().clone()];
        let list = &mut file.measurements[0].blocks[0];
        list.go.samples = figures(json!({
            "allocated_bytes": 800, "allocations": 3, "cpu_ns": 7, "wall_ns": 5.5,
        }));
        let tree = &mut file.measurements[1];
        tree.key.rust = "mimalloc".to_owned();
        tree.blocks[0].go.samples = figures(json!({ "node_bytes": 17.3 }));
        tree.blocks[0].rust.samples = figures(json!({ "release_ns": [[40, 1900], [90, 100]] }));
        let empty = &mut file.measurements[2].blocks[0];
        empty.go.samples = Vec::new();
        empty.rust.samples = Vec::new();
        let files = [file];
        let expected = "\
goos: linux
goarch: amd64
cpu: A processor
Benchmark/list/case/scale=1000/lang=go/setting=default/cores=all 1 5.5 ns/op 7 cpu-ns/op 800 B/op 3 allocs/op
Benchmark/list/case/scale=1000/lang=rust/setting=default/cores=all 1 1000000 ns/op 1000000 cpu-ns/op
Benchmark/tree/case/scale=1000/lang=go/setting=default/cores=all 1 17.3 node-bytes
Benchmark/tree/case/scale=1000/lang=rust/setting=mimalloc/cores=all 1 40 p50-release-ns 90 p99-release-ns
";
        assert_eq!(bench(&files, |_| true), expected);
        let older = result(&[("list", 3.0, 1)]);
        let twice = [files[0].clone(), older];
        let lines = bench(&twice, |_| true);
        assert_eq!(lines.matches("Benchmark/list").count(), 2, "{lines}");
        let only_tree = bench(&files, |key| key.topic == "tree");
        let lines: Vec<_> = only_tree.lines().skip(3).collect();
        assert_eq!(lines, expected.lines().skip(5).collect::<Vec<_>>());
    }
}
