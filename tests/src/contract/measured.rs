//! Measured cases: no sample does less than its scale requires.

use serde_json::{Map, Value};

use crate::{
    Pair,
    minimum_work::{MinimumWork, minimum_work},
};

/// A size at which a part left out is more than what a runtime allocates for itself.
fn scale(topic: &str, case: &str) -> u64 {
    match (topic, case) {
        // Each is a thousand allocations and more, or touches a MiB.
        (_, "batches") | ("server", _) => 20,
        ("allocation", case) if case.starts_with("texts") => 20,
        _ => 2000,
    }
}

/// Samples of each case; the second one begins where the first has ended.
const SAMPLES: &str = "2";

/// Each case in a run of its own that counts: its samples answer what the case has to answer, allocate,
/// free and record no less than its scale demands.
pub fn no_sample_does_less_than_its_scale_demands(pair: &Pair) {
    let cases = pair.same(&["cases"]).success();
    let cases = String::from_utf8_lossy(&cases.get_output().stdout).into_owned();
    let mut short = Vec::new();
    for case in cases.lines().filter_map(|line| line.split('\t').next()) {
        let scale = scale(pair.topic(), case).to_string();
        let arguments = [
            "measure",
            case,
            "--scale",
            &scale,
            "--samples",
            SAMPLES,
            "--count",
        ];
        let measured = |mut command: assert_cmd::Command| -> Vec<Map<String, Value>> {
            let done = command.assert().success().stderr("");
            let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
            let lines = text.lines().map(serde_json::from_str);
            lines.collect::<Result<_, _>>().expect("objects")
        };
        let (rust, go) = (
            measured(pair.rust(&arguments)),
            measured(pair.go(&arguments)),
        );
        let scale = rust[0]["scale"].as_u64().expect("a scale");
        let answer = rust[0]["answer"].as_str().expect("an answer").to_owned();
        let Some(minimum) = minimum_work(pair.topic(), case, scale, &answer) else {
            short.push(format!(
                "{case}: tests/src/minimum_work.rs does not say what it has to do"
            ));
            continue;
        };
        for (language, lines) in [("Rust", &rust), ("Go", &go)] {
            for (sample, other) in samples(lines).zip(samples(&rust)) {
                let missing = missing(minimum, sample, &answer, &other["answer"]);
                short.extend(missing.into_iter().map(|what| {
                    format!("{case} in {language}, sample {}: {what}", sample["sample"])
                }));
            }
        }
    }
    assert!(short.is_empty(), "{}:\n{}", pair.topic(), short.join("\n"));
}

/// The lines of samples.
fn samples(lines: &[Map<String, Value>]) -> impl Iterator<Item = &Map<String, Value>> {
    lines.iter().filter(|line| line.contains_key("sample"))
}

/// How a sample does too little.
fn missing(
    minimum: MinimumWork,
    sample: &Map<String, Value>,
    answer: &str,
    other: &Value,
) -> Vec<String> {
    let mut missing = Vec::new();
    if sample["answer"].is_null() {
        missing.push("the timed work has no answer".to_owned());
    } else if !minimum.goes_on && sample["answer"] != answer {
        missing.push(format!("it answers {} and not {answer}", sample["answer"]));
    } else if sample["answer"] != *other {
        missing.push(format!(
            "it answers {} and Rust's {other}",
            sample["answer"]
        ));
    }
    for (name, min) in [
        ("allocations", minimum.allocations),
        ("allocated_bytes", minimum.bytes),
        ("frees", minimum.frees),
        ("freed_bytes", minimum.freed),
    ] {
        let count = sample[name].as_u64().unwrap_or_default();
        if count < min {
            missing.push(format!("{name} {count}, at least {min} are required"));
        }
    }
    let recorded = |name: &&str| -> u64 {
        let pairs = sample[*name].as_array().into_iter().flatten();
        pairs.filter_map(|pair| pair[1].as_u64()).sum()
    };
    if let Some((names, count)) = minimum.times {
        let sum: u64 = names.iter().map(recorded).sum();
        if sum != count {
            missing.push(format!("{sum} times in {names:?}, and not {count}"));
        }
    }
    missing
}
