use serde_json::json;

use super::*;
use lab_results::{result::Run, synthetic};

fn block() -> Block {
    let run = |wall: [u64; 3], live: u64| Run {
        samples: wall
            .iter()
            .map(|wall| json!({"wall_ns": wall, "each_ns": [[10, 9800], [wall, 200]]}))
            .map(|sample| sample.as_object().expect("an object").clone())
            .collect(),
        runtime: json!({"live_bytes": live, "collections": 21, "passes": 3})
            .as_object()
            .expect("an object")
            .clone(),
        process: json!({"late_ns": [[7, 10], [live, 30]]})
            .as_object()
            .expect("an object")
            .clone(),
        ..Run::default()
    };
    synthetic::block_of(run([30, 10, 20], 7), run([5, 4, 6], 1), Run::default())
}

fn value(text: &str) -> Option<f64> {
    let block = block();
    let formula = Formula::parse(text).expect(text);
    formula.value(&|query: &Query| (query.case == "c").then_some(&block))
}

#[test]
fn figures_are_medians_over_samples_and_products_bind_stronger() {
    assert_eq!(value("go{t/c}.wall_ns / rust{t/c}.wall_ns"), Some(4.0));
    assert_eq!(value("1 + 2 * go{t/c}.wall_ns - (3 - 1)"), Some(39.0));
    assert_eq!(value("go{t/c}.runtime.live_bytes"), Some(7.0));
}

#[test]
fn percentiles_are_of_all_samples_together() {
    assert_eq!(value("p50(go{t/c}.each_ns)"), Some(10.0));
    assert_eq!(value("p99(go{t/c}.each_ns)"), Some(20.0));
    assert_eq!(value("p999(go{t/c}.each_ns)"), Some(30.0));
    assert_eq!(value("count(rust{t/c}.each_ns)"), Some(30_000.0));
    assert_eq!(value("ln(go{t/c}.wall_ns / 20)"), Some(0.0));
    assert_eq!(value("p50(rust{t/c}.process.late_ns)"), Some(1.0));
}

#[test]
fn the_smallest_and_the_mean_take_several_expressions() {
    assert_eq!(value("min(4, go{t/c}.wall_ns / 10, 3)"), Some(2.0));
    let mean = value("mean(2, 4 * rust{t/c}.wall_ns - 12)").expect("all are there");
    assert!((mean - 4.0).abs() < 1e-9, "{mean}");
    assert_eq!(value("min(1, go{t/other}.wall_ns)"), None);
}

#[test]
fn a_counter_of_a_process_is_told_for_one_pass_of_its_work() {
    assert_eq!(value("go{t/c}.runtime.collections"), Some(21.0));
    assert_eq!(value("per_pass(go{t/c}.runtime.collections)"), Some(7.0));
    assert_eq!(value("per_pass(go{t/c}.process.minor_faults)"), None);
}

#[test]
fn a_figure_that_is_missing_has_no_value() {
    assert_eq!(value("go{t/other}.wall_ns"), None);
    assert_eq!(value("1 + go{t/c}.nonsense"), None);
}

#[test]
fn a_mean_is_geometric_and_needs_all_of_its_quantities() {
    let block = block();
    let find = |query: &Query| (query.case == "c").then_some(&block);
    let mean = |all: &[&str]| {
        let all = all.iter().map(|text| Formula::parse(text).expect(text));
        Formula::Mean(all.collect()).value(&find)
    };
    let near = mean(&["go{t/c}.wall_ns", "rust{t/c}.wall_ns"]).expect("both are there");
    assert!((near - 10.0).abs() < 1e-9, "{near}");
    assert_eq!(mean(&["go{t/c}.wall_ns", "go{t/other}.wall_ns"]), None);
}

#[test]
fn a_formula_at_its_own_scale_keeps_settings_and_names_no_size() {
    let text = "go{t/c@1_000 go=gogc400}.wall_ns / p99(rust{t/d@7}.x_ns)";
    let own = "go{t/c go=gogc400}.wall_ns / p99(rust{t/d}.x_ns)";
    let parse = |text| Formula::parse(text).expect(text);
    assert_eq!(parse(text).at_own_scale(), parse(own));
}

#[test]
fn a_setting_is_that_of_the_sides_of_which_a_formula_tells() {
    for (text, setting) in [
        ("go{t/c}.x / rust{t/c}.x", ""),
        ("go{t/c go=gogc400 rust=mimalloc}.x", "go=gogc400"),
        ("go{t/c}.x / rust{t/c go=gogc400 cores=one}.x", "cores=one"),
    ] {
        assert_eq!(Formula::parse(text).expect(text).setting(), setting);
    }
}

#[test]
fn a_formula_says_what_it_wants() {
    let text = "go{t/c@1_000 go=gogc400 cores=one}.wall_ns / rust{t/d rust=mimalloc}.cpu_ns";
    let queries = Formula::parse(text).expect(text).queries();
    let shown: Vec<_> = queries.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["t/c@1000 go=gogc400 cores=one", "t/d rust=mimalloc"]
    );
}

#[test]
fn what_is_no_formula_is_refused_with_its_place() {
    for text in [
        "",
        "1 +",
        "go{t/c}",
        "go{t}.x",
        "go{t/c colour=red}.x",
        "go{t/c cores=some}.x",
        "(1",
        "1 2",
        "p50(1)",
        "ln(1, 2)",
        "min(1,)",
        "median(go{t/c}.x)",
        "go{t/c@many}.x",
    ] {
        assert!(Formula::parse(text).is_err(), "{text}");
    }
}
