//! Both servers under load, for a second at most.

use std::{
    path::PathBuf,
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use lab_bench::load::{ServerScenario, capacity_rule::Search, effort::Effort};
use lab_judge::formula::Formula;
use lab_results::{query::Query, result::Block, scenario};
use lab_workspace::{
    build_variant::BuildVariant,
    programs,
    project::Project,
    server::{Spec, ask},
};

/// The programs of `cargo run`; no figure of this test is a result.
fn program(build: Option<BuildVariant>) -> PathBuf {
    let project = Project::find().expect("the project");
    let programs = programs::build(&project, &[scenario::TOPIC]).expect("both build");
    let folder = match build {
        Some(BuildVariant::Go) => programs.go,
        _ => programs.rust,
    };
    folder.join(scenario::TOPIC)
}

#[cfg(target_os = "linux")]
#[test]
fn a_block_of_load_has_every_figure_that_formulas_name() {
    let half = Duration::from_millis(500);
    let effort = Effort {
        search: Search::For(half),
        again: true,
        load: half,
        requests: 0,
        max: half,
        floor: true,
    };
    let query = scenario::query("load_200rps_64k", 1000);
    let begun = Instant::now();
    let block = block(&query, effort);
    assert!(begun.elapsed() < Duration::from_mins(10));
    let found = |_: &Query| Some(&block);
    for side in ["go", "rust"] {
        for figure in [
            "p50(FIGURE.latency_ns)",
            "p50(FIGURE.service_ns)",
            "p50(FIGURE.late_ns)",
            "FIGURE.wall_ns",
            "FIGURE.cpu_ns",
            "FIGURE.resident_p5_bytes",
            "FIGURE.resident_p95_bytes",
            "FIGURE.capacity_generator_share",
            "FIGURE.episodes_p99",
            "FIGURE.runtime.collections",
        ] {
            let text = figure.replace("FIGURE", &format!("{side}{{{query}}}"));
            let formula = Formula::parse(&text).expect(&text);
            assert!(formula.value(&found).is_some(), "{text}");
        }
        let value = |figure: &str| {
            let text = format!("{side}{{{query}}}.{figure}");
            Formula::parse(&text).expect(&text).value(&found)
        };
        assert_eq!(value("intended_rate"), Some(200.0));
        assert_eq!(
            value("requests"),
            Some(100.0),
            "half a second of 200 a second"
        );
        assert_eq!(value("errors"), Some(0.0));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_attacked_server_is_measured_without_its_attackers_and_with_them() {
    let half = Duration::from_millis(500);
    let effort = Effort {
        search: Search::For(half),
        again: false,
        load: half,
        requests: 0,
        max: Duration::from_mins(2),
        floor: false,
    };
    let query = scenario::query("load_200rps_64k_attacked", 0);
    let block = block(&query, effort);
    let value = |text: &str| {
        let formula = Formula::parse(text).expect(text);
        formula.value(&|_: &Query| Some(&block))
    };
    for side in ["go", "rust"] {
        let of = |figure: &str| value(&format!("{side}{{{query}}}.{figure}"));
        let ratio = format!(
            "p50({side}{{{query}}}.latency_ns) / p50({side}{{{query}}}.undisturbed_latency_ns)"
        );
        assert!(value(&ratio) > Some(0.0), "{ratio}");
        assert!(of("bad_clients") > Some(200.0), "{side}");
        assert!(of("undisturbed_resident_p50_bytes") > Some(0.0), "{side}");
        assert_eq!(of("errors"), Some(0.0), "{side}");
        assert_eq!(of("undisturbed_errors"), Some(0.0), "{side}");
    }
}

/// A block with this effort; a busy machine has two more tries, as in a measurement.
#[cfg(target_os = "linux")]
fn block(query: &Query, effort: Effort) -> Block {
    let scenario = ServerScenario::new(program, query, effort, 1).expect("a scenario");
    let run = |number| scenario.run_block(1, number, &AtomicBool::new(false));
    let result = run(0).or_else(|_| run(1)).or_else(|_| run(2));
    result.expect("a block").block
}

/// A block with this effort, and its figures.
#[cfg(target_os = "linux")]
fn short(name: &str, effort: Effort) -> (Block, impl Fn(&str) -> Option<f64>) {
    let query = Query::parse(name).expect("a point");
    let block = block(&query, effort);
    let figures = block.clone();
    let value = move |text: &str| {
        let text = text.replace("go.", &format!("go{{{query}}}."));
        let text = text.replace("rust.", &format!("rust{{{query}}}."));
        let formula = Formula::parse(&text).expect("a formula");
        formula.value(&|_: &Query| Some(&figures))
    };
    (block, value)
}

/// A search for capacity and a load that last this long each.
#[cfg(target_os = "linux")]
fn lasting(time: Duration) -> Effort {
    Effort {
        search: Search::For(time),
        again: false,
        load: time,
        requests: 0,
        max: time,
        floor: false,
    }
}

#[cfg(target_os = "linux")]
#[test]
fn equal_rates_are_equal_and_a_dose_is_that_of_one_side() {
    let fifth = lasting(Duration::from_millis(200));
    let (_, even) = short("server/load_even_64k@0", fifth);
    assert!(even("go.intended_rate") > Some(0.0));
    assert_eq!(even("go.intended_rate"), even("rust.intended_rate"));
    let (dose, plain) = short("server/load_plain_64k@0 go=gogc400", fifth);
    assert!(plain("go.intended_rate") > Some(0.0));
    assert!(dose.rust.samples.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_is_watched_tells_what_slow_requests_coincide_with() {
    let second = lasting(Duration::from_secs(1));
    let (block, of) = short("server/load_400rps_256k_watched@0", second);
    assert!(block.control.samples.is_empty());
    for figure in [
        "go.collecting_share",
        "go.taking_share",
        "rust.taking_share",
        "count(go.apart_late_us)",
        "count(rust.apart_late_us)",
        "count(go.runtime.probe_late_us)",
        "count(rust.runtime.probe_late_us)",
    ] {
        assert!(of(figure).is_some(), "{figure}");
    }
    assert!(of("go.collecting_share") > Some(0.0));
    // One request may be on its way when figures are asked for.
    let drops = of("count(rust.runtime.drop_ns)").expect("drops");
    assert!((drops - 400.0).abs() < 3.0, "{drops}");
    assert_eq!(of("rust.collecting_share"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn few_connections_and_many_are_served() {
    let second = lasting(Duration::from_secs(1));
    let (_, of) = short("server/load_1k_connections@0", second);
    for side in ["go", "rust"] {
        for count in [1, 10, 100, 1000] {
            let rate = of(&format!("{side}.connections_{count}_rate"));
            assert!(rate > Some(0.0), "{side} {count}");
            let errors = of(&format!("{side}.connections_{count}_errors"));
            assert_eq!(errors, Some(0.0), "{side} {count}");
        }
        assert!(of(&format!("{side}.connections_100_cpu_ns")) > Some(0.0));
        assert!(of(&format!("{side}.capacity_rate")) > Some(0.0));
    }
}

#[test]
fn a_server_that_runs_is_gone_when_nobody_holds_it() {
    for build in [Some(BuildVariant::Go), None] {
        let spec = Spec {
            program: program(build),
            environment: Vec::new(),
            arguments: scenario::Scenario::default().arguments(10),
            cores: lab_workspace::cores::all().expect("cores"),
        };
        let server = spec.start(0).expect("it starts");
        let address = server.address;
        let stats = server.stats().expect("figures");
        assert_eq!(stats["live_objects"], 10, "{stats:?}");
        drop(server);
        assert!(ask(address, "/stats").is_err());
    }
}
