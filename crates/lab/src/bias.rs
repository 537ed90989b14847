//! The figures of BIAS.md: a mean without some of its cases, servers with one worker, allocations, the collector's
//! work on idle processors.

use std::{fmt::Write as _, slice};

use anyhow::{Context as _, Result};

use lab_judge::{
    claims::{Claim, Claims, Clock},
    figures::{Figure, Results},
    formula::Formula,
    results_for_claim::{AvailableResults, each_once},
};
use lab_results::{
    quantity,
    result::{Block, Measurement, ResultFile},
    scenario, stats,
};

/// The list of figures; nothing of a mean where no claim takes one.
pub fn figures(claims: &Claims, reference: &[ResultFile]) -> Result<String> {
    let mut text = String::new();
    for claim in claims.claim.iter().filter(|claim| claim.is_headline()) {
        let mean = means(claim, reference)?;
        let mean = mean.unwrap_or_else(|| "not all of its cases are measured.".to_owned());
        let _ = writeln!(text, "- **{} without some of its cases**: {mean}", claim.id);
    }
    let newest = each_once(reference.to_vec());
    let results = Results::new(&newest);
    if let Some(changes) = one_worker(&results)? {
        let _ = writeln!(
            text,
            "- **One worker in place of four**, over a million live objects, each server at half of its own capacity: \
             {changes}."
        );
    }
    if let Some(counts) = allocations(&results)? {
        let _ = writeln!(text, "- **Allocations of a sample**: {counts}.");
    }
    let idle = idle_shares(&newest);
    let count = |is: fn(f64) -> bool| idle.iter().filter(|share| is(**share)).count();
    let _ = writeln!(
        text,
        "- **Marking on idle processors** takes over half of the collector's CPU time in {} of {} measurements in \
         which Go collects, and under a tenth in {}. Servers under load are left out: what Go calls idle is one of \
         its four processors, which share a core.",
        count(|share| share > 0.5),
        idle.len(),
        count(|share| share < 0.1),
    );
    Ok(text)
}

/// The mean of a claim's ratios with all topics, without each mechanism, without one topic; `None` if one of them is
/// not measured.
fn means(claim: &Claim, reference: &[ResultFile]) -> Result<Option<String>> {
    let results = AvailableResults::new(&[], reference).for_claim(claim)?;
    let test = claim.test.iter().find(|test| test.headline.is_some());
    let test = test.with_context(|| format!("the claim {} takes no mean", claim.id))?;
    let ratios = test
        .texts_by(Some(Clock::Wall))
        .map(|text| Formula::parse(&text));
    let ratios = ratios.collect::<Result<Vec<Formula>>>()?;
    let without = |topics: &[String]| {
        let kept = ratios
            .iter()
            .filter(|ratio| !topics.contains(&ratio.topic()));
        value(&results, &Formula::Mean(kept.cloned().collect()))
    };
    let topics = || ratios.iter().map(Formula::topic);
    let sentences = || {
        let single = ratios.iter().map(|ratio| value(&results, ratio));
        let single = single
            .zip(topics())
            .map(|(value, topic)| Some((value?, topic)));
        let [lowest, highest] = ends(single.collect::<Option<_>>()?)?;
        let mut all = vec![format!(
            "over all {} topics Go takes {} as long as Rust.",
            ratios.len(),
            brief(without(&[])?)
        )];
        for mechanism in &test.mechanism {
            let mut sentence = format!(
                "Without {} ({}) it takes {}",
                mechanism.name,
                mechanism.topics.join(", "),
                brief(without(&mechanism.topics)?),
            );
            if !mechanism.topics.contains(&lowest.1) {
                let more = [&mechanism.topics[..], slice::from_ref(&lowest.1)].concat();
                let mean = brief(without(&more)?);
                let _ = write!(sentence, ", and without {} as well {mean}", lowest.1);
            }
            all.push(sentence + ".");
        }
        let left_out = topics().map(|topic| Some((without(slice::from_ref(&topic))?, topic)));
        let [low, high] = ends(left_out.collect::<Option<_>>()?)?;
        all.push(format!(
            "Without one topic it takes between {} (without {}) and {} (without {}).",
            brief(low.0),
            low.1,
            brief(high.0),
            high.1
        ));
        all.push(format!(
            "The single ratios lie between {} ({}) and {} ({}).",
            brief(lowest.0),
            lowest.1,
            brief(highest.0),
            highest.1
        ));
        Some(all.join(" "))
    };
    Ok(sentences())
}

/// Cases in which idiom or library make one language allocate more often.
const ALLOCATING: [&str; 2] = ["leaks/lru", "deadline/orders"];

/// How often each language allocates in these cases; nothing if one of them is not measured.
fn allocations(results: &Results) -> Result<Option<String>> {
    let mut cases = Vec::new();
    for case in ALLOCATING {
        let count = |language: &str| {
            let formula = Formula::parse(&format!("{language}{{{case}}}.allocations"))?;
            anyhow::Ok(value(results, &formula).map(|count| quantity::brief(count, "count")))
        };
        let (Some(go), Some(rust)) = (count("go")?, count("rust")?) else {
            return Ok(None);
        };
        cases.push(format!("`{case}` {go} in Go and {rust} in Rust"));
    }
    Ok(Some(cases.join(", ")))
}

/// Figures of a server's load: the words before it, and how a formula begins and ends.
const OF_LOAD: [[&str; 3]; 3] = [
    ["p99 becomes", "p99(", "latency_ns)"],
    ["capacity", "", "capacity_rate"],
    ["memory", "", "resident_p50_bytes"],
];

/// What changes of each server with one worker, where it has one core and else four workers; nothing if that is not
/// measured.
fn one_worker(results: &Results) -> Result<Option<String>> {
    let mut sides = Vec::new();
    for (language, name) in [("go", "Go"), ("rust", "Rust")] {
        let mut figures = Vec::new();
        for [figure, open, close] in OF_LOAD {
            let of = |case: &str| format!("{open}{language}{{server/{case}}}.{close}");
            let ratio = Formula::parse(&format!("{} / {}", of("load_1w"), of("load")))?;
            let Some(ratio) = value(results, &ratio) else {
                return Ok(None);
            };
            figures.push(format!("{figure} {}", brief(ratio)));
        }
        sides.push(format!("{name}'s {}", figures.join(", ")));
    }
    Ok(Some(sides.join("; ")))
}

fn value(results: &Results, ratio: &Formula) -> Option<f64> {
    match results.figure(ratio, true) {
        Figure::Known(estimate) => Some(estimate.value),
        Figure::Rough { value, .. } => Some(value),
        Figure::Missing(_) => None,
    }
}

fn brief(ratio: f64) -> String {
    quantity::brief(ratio, "ratio")
}

/// The lowest and the highest of values with their topics.
fn ends(mut values: Vec<(f64, String)>) -> Option<[(f64, String); 2]> {
    values.sort_by(|one, other| one.0.total_cmp(&other.0));
    Some([values.first()?.clone(), values.last()?.clone()])
}

/// The share of the collector's CPU time on processors that would otherwise be idle, in each measurement of a case in
/// which Go collected: the median over its blocks.
fn idle_shares(files: &[ResultFile]) -> Vec<f64> {
    let share = |block: &Block| {
        let runtime = |name: &str| block.go.runtime.get(name)?.as_f64();
        let share = runtime("gc_idle_cpu_ns")? / runtime("gc_cpu_ns")?;
        share.is_finite().then_some(share)
    };
    let middle = |measurement: &Measurement| {
        let shares = measurement.blocks.iter().filter_map(share);
        let mut shares: Vec<f64> = shares.collect();
        shares.sort_by(f64::total_cmp);
        (!shares.is_empty()).then(|| stats::median(&shares))
    };
    let measurements = files.iter().flat_map(|file| &file.measurements);
    let timed = measurements.filter(|m| !scenario::is_load(&m.key.topic, &m.key.case));
    timed.filter_map(middle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::result;
    use serde_json::{Value, json};

    fn claims() -> Claims {
        let ratio =
            |topic: &str| format!("go{{{topic}/case}}.TIME_ns / rust{{{topic}/case}}.TIME_ns");
        let text = r#"
            id = "V4"
            topic = "list"
            says = "x"
            test = [{ least = 1, unit = "ratio", mechanism = [{ name = "long lists", topics = ["list"] }] }]
        "#;
        let mut claim: lab_judge::claims::Claim = toml::from_str(text).unwrap();
        claim.test[0].headline = Some(["list", "tree", "cache"].map(ratio).to_vec());
        Claims {
            claim: vec![claim],
            ..Claims::default()
        }
    }

    /// Go takes 8×, 1× and 2× as long. Its collector marks on idle processors in all of one case, and in none of another.
    fn file() -> ResultFile {
        let mut file = result(&[("list", 8.0, 6), ("tree", 1.0, 6), ("cache", 2.0, 6)]);
        for (measurement, idle) in file.measurements.iter_mut().zip([10.0, 0.0]) {
            for block in &mut measurement.blocks {
                let runtime = &mut block.go.runtime;
                runtime.insert("gc_idle_cpu_ns".to_owned(), json!(idle));
                runtime.insert("gc_cpu_ns".to_owned(), json!(10.0));
            }
        }
        file
    }

    #[test]
    fn a_mean_is_told_without_each_mechanism_and_without_one_topic() {
        let text = figures(&claims(), &[file()]).unwrap();
        let expected = "\
            - **V4 without some of its cases**: over all 3 topics Go takes 2.5× as long as Rust. Without long lists \
            (list) it takes 1.41×, and without tree as well 2×. Without one topic it takes between 1.41× (without \
            list) and 4× (without tree). The single ratios lie between 1× (tree) and 8× (list).\n\
            - **Marking on idle processors** takes over half of the collector's CPU time in 1 of 2 measurements in \
            which Go collects, and under a tenth in 1. Servers under load are left out: what Go calls idle is one of \
            its four processors, which share a core.\n";
        assert_eq!(text, expected);
    }

    /// What is told of these cases, each with the figures of Go and of Rust; first of all of them, then without the last.
    fn told(cases: &[(&str, &str, [Value; 2])]) -> [String; 2] {
        let topics: Vec<_> = cases.iter().map(|(topic, ..)| (*topic, 1.0, 6)).collect();
        let mut file = result(&topics);
        for (measurement, (_, case, figures)) in file.measurements.iter_mut().zip(cases) {
            (*case).clone_into(&mut measurement.key.case);
            for block in &mut measurement.blocks {
                for (run, figures) in [&mut block.go, &mut block.rust].into_iter().zip(figures) {
                    run.samples = vec![figures.as_object().unwrap().clone()];
                }
            }
        }
        let mut less = file.clone();
        less.measurements.pop();
        [file, less].map(|file| figures(&Claims::default(), &[file]).unwrap())
    }

    #[test]
    fn one_worker_is_compared_with_four_where_both_are_measured() {
        let load = |p99: u64, capacity: f64, memory: f64| {
            let figures = json!({
                "latency_ns": [[p99, 2000]], "capacity_rate": capacity, "resident_p50_bytes": memory,
            });
            [figures.clone(), figures]
        };
        let [text, without] = told(&[
            ("server", "load", load(200, 30.0, 10.0)),
            ("server", "load_1w", load(100, 60.0, 5.0)),
        ]);
        let changes = "Go's p99 becomes 0.5×, capacity 2×, memory 0.5×; Rust's p99 becomes 0.5×, capacity 2×, memory 0.5×.";
        assert!(text.contains(changes), "{text}");
        assert!(!without.contains("One worker"), "{without}");
    }

    #[test]
    fn allocations_are_counted_where_all_cases_are_measured() {
        let counts = || [130_999, 38].map(|count| json!({ "allocations": count }));
        let [text, without] = told(&[("leaks", "lru", counts()), ("deadline", "orders", counts())]);
        let counted = "`leaks/lru` 130,999 in Go and 38 in Rust, `deadline/orders` 130,999 in Go and 38 in Rust.";
        assert!(text.contains(counted), "{text}");
        assert!(!without.contains("Allocations"), "{without}");
    }

    #[test]
    fn a_mean_with_a_topic_that_is_not_measured_is_not_told() {
        let mut file = file();
        file.measurements.pop();
        let text = figures(&claims(), &[file]).unwrap();
        assert!(text.contains("not all of its cases are measured"), "{text}");
    }
}
