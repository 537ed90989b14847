use std::path::Path;

use lab_judge::{
    claims::{Claims, Test},
    formula::Formula,
};
use lab_results::{result::ResultFile, scenario, synthetic};
use lab_workspace::project::Project;
use serde_json::{Value, json};

use super::*;

/// Server under load with this number of blocks: Go takes `times` the time and memory of Rust, a control takes
/// `control` times those of Go.
fn server(times: f64, blocks: usize, control: f64) -> Verdicts {
    let mut file = synthetic::result(&[("server", 1.0, blocks)]);
    let measurement = &mut file.measurements[0];
    measurement.key.case = "load".to_owned();
    let figures = |times: f64| {
        let nanoseconds = (times * 1e6).round();
        let figures =
            json!({ "latency_ns": [[nanoseconds, 4000]], "resident_p50_bytes": times * 1e8 });
        figures.as_object().cloned().unwrap_or_default()
    };
    for (place, block) in (0..).zip(&mut measurement.blocks) {
        let times = times * (1.0 + f64::from(place) / 100.0);
        block.go.samples = vec![figures(times)];
        block.rust.samples = vec![figures(1.0)];
        block.control.samples = vec![figures(times * control)];
        block.control_of = "go".to_owned();
    }
    verdicts(vec![file], Vec::new())
}

fn verdicts(files: Vec<ResultFile>, claims: Vec<Judged>) -> Verdicts {
    Verdicts {
        claims,
        files,
        is_reference: false,
        own_load: Vec::new(),
        reference_load: Vec::new(),
    }
}

fn judged(id: &str, verdict: &Value, tests: &Value) -> Judged {
    let judgement = json!({
        "id": id, "topic": "x", "says": "", "source": null, "said": null, "verdict": verdict,
        "finding": "", "ahead": null, "front": null, "tests": tests, "shown": [], "control": [],
        "settings": [], "ablations": [], "caveats": [], "counter_argument": null, "memory": [],
        "reproduce": [], "measured": [], "revised": [],
    });
    Judged {
        judgement: serde_json::from_value(judgement).unwrap(),
        page: "x.html".to_owned(),
    }
}

/// The list and the text of each line that tells of the server.
fn listed(verdicts: &Verdicts) -> Vec<(List, String)> {
    let lines = Advice::read().lines(verdicts);
    lines.into_iter().map(|w| (w.list, w.says)).collect()
}

#[test]
fn a_setting_without_its_figures_says_what_is_missing() {
    let settings = |verdicts: &Verdicts| {
        let (written, lacking) = Advice::read().settings(verdicts);
        let lacking: Vec<String> = lacking.iter().map(ToString::to_string).collect();
        (written, lacking)
    };
    let mut measured = server(4.0, 9, 1.0);
    let (written, lacking) = settings(&measured);
    assert!(written.is_empty(), "{written:?}");
    assert!(lacking.contains(&"server/load_pooled".to_owned()));
    assert!(!lacking.contains(&"server/load".to_owned()));
    let (_, lacking) = settings(&server(4.0, 3, 1.0));
    assert!(lacking.contains(&"server/load".to_owned()), "{lacking:?}");
    let mut pooled = measured.files[0].measurements[0].clone();
    pooled.key.case = "load_pooled".to_owned();
    measured.files[0].measurements.push(pooled);
    let (written, lacking) = settings(&measured);
    assert!(written.len() == 1 && written[0].starts_with("With reused buffers"));
    assert!(!lacking.iter().any(|query| query.starts_with("server/")));
}

#[test]
fn a_line_stands_where_its_figure_puts_it() {
    let memory = "You pay for the memory of a server that allocates";
    for (times, list, latency) in [
        (4.0, List::Rust, "p99 must stay below 4 ms"),
        (0.25, List::Go, "p99 must stay below 1 ms"),
        (1.0, List::Either, "p99 is what counts"),
    ] {
        let lines = listed(&server(times, 9, 1.0));
        assert!(
            lines.contains(&(list, memory.to_owned())),
            "{times}: {lines:?}"
        );
        let ends = |(place, says): &&(List, String)| *place == list && says.ends_with(latency);
        assert_eq!(lines.iter().filter(ends).count(), 1, "{times}: {lines:?}");
        // And in no other.
        let others = lines.iter().filter(|(place, _)| *place != list);
        assert_eq!(others.count(), 0, "{times}: {lines:?}");
    }
}

#[test]
fn a_line_that_its_figure_does_not_decide_is_left_out() {
    // From 1.2 to 1.3: on both sides of the bound.
    assert!(listed(&server(1.2, 9, 1.0)).is_empty());
    // Too few blocks for an interval.
    assert!(listed(&server(4.0, 3, 1.0)).is_empty());
    // A server differs from itself by more.
    assert!(listed(&server(4.0, 9, 8.0)).is_empty());
    assert!(listed(&server(0.25, 9, 0.1)).is_empty());
    assert!(listed(&verdicts(Vec::new(), Vec::new())).is_empty());
}

#[test]
fn a_line_compares_no_figures_of_two_machines() {
    let pooled = |live: u64, cores: usize| {
        let mut one = server(4.0, 9, 1.0).files.remove(0);
        one.measurements[0].key.case = "load_pooled".to_owned();
        one.measurements[0].key.scale = live;
        one.measurements[0].own_scale = live != 0;
        one.machine.cores = cores;
        one
    };
    let reuse = |empty: ResultFile| {
        let lines = listed(&verdicts(vec![pooled(1_000_000, 1), empty], Vec::new()));
        let starts = |(_, says): &&(List, String)| says.starts_with("Requests reuse");
        lines.iter().filter(starts).count()
    };
    assert_eq!(reuse(pooled(0, 1)), 1);
    assert_eq!(reuse(pooled(0, 2)), 0);
}

#[test]
fn a_line_goes_with_the_claims_that_it_rests_on() {
    let (holds, fails) = (
        json!({ "is": "holds" }),
        json!({ "is": "false", "why": { "parts_differ": false } }),
    );
    let line = "Something must be freed or closed at a known moment";
    for (verdict, count) in [(&holds, 1), (&fails, 0)] {
        let claims = vec![
            judged("R3", &holds, &json!([])),
            judged("D1", &holds, &json!([])),
            judged("D2", verdict, &json!([])),
        ];
        let lines = listed(&verdicts(Vec::new(), claims));
        let found = lines.iter().filter(|(_, says)| says == line).count();
        assert_eq!(found, count, "{lines:?}");
    }
}

#[test]
fn a_pause_speaks_for_rust_from_its_limit_on() {
    let line = Advice::read().line;
    let line = line.iter().find(|line| line.matters_from.is_some());
    let decide = |low: f64, high: f64| {
        line.unwrap().decide(&Figure {
            value: f64::midpoint(low, high),
            interval: (low, high),
            unit: "ns".to_owned(),
            noise: 1.0,
        })
    };
    assert_eq!(decide(1e5, 3e5), Some(List::Either));
    assert_eq!(decide(2e6, 3e6), Some(List::Rust));
    assert_eq!(decide(9e5, 3e6), None);
}

#[test]
fn figures_are_written_as_their_placeholders_say() {
    let figure = |value: f64, low: f64, high: f64, unit: &str| Figure {
        value,
        interval: (low, high),
        unit: unit.to_owned(),
        noise: 1.0,
    };
    let figures = BTreeMap::from([
        ("go", figure(1.8e6, 1.23e6, 2.39e6, "ns")),
        ("rust", figure(4.77e5, 2.28e5, 5.83e5, "ns")),
        ("few", figure(0.5, 0.4, 0.8, "ratio")),
    ]);
    let nothing = verdicts(Vec::new(), Vec::new());
    for (template, expected) in [
        ("{go}", Some("1.8 ms [1.23, 2.39]")),
        ("below {go|down}", Some("below 1 ms")),
        ("{rust|down}", Some("200 µs")),
        ("{go,rust|up}", Some("3 ms")),
        ("{rust,go|tenfold}", Some("30 ms")),
        ("{few|inverse}", Some("2× [1.25, 2.5]")),
        ("{few|brief} and {few}", Some("0.5× and 0.5× [0.4, 0.8]")),
        ("{none}", None),
        ("{go,none|up}", None),
        ("{go|nonsense}", None),
    ] {
        let filled = fill(template, &figures, &nothing);
        assert_eq!(filled.as_deref(), expected, "{template}");
    }
}

/// All names of placeholders of a text.
fn placeholders(text: &str) -> Vec<&str> {
    let all = text.split('{').skip(1);
    let all = all.filter_map(|part| part.split_once('}'));
    all.flat_map(|(inside, _)| {
        let (names, _) = inside.split_once('|').unwrap_or((inside, ""));
        names.split(',')
    })
    .collect()
}

#[test]
fn each_line_names_figures_that_runs_measure_and_claims_that_are_there() {
    let project = Project::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap();
    let claims = Claims::read(&project).unwrap();
    let mut measured: Vec<_> = scenario::shown();
    for claim in &claims.claim {
        measured.extend(claim.queries().unwrap());
    }
    let check = |source: &Source| match (&source.value, &source.claim) {
        (Some(text), None) => {
            let formula = Formula::parse(text).unwrap();
            let queries = formula.queries();
            assert_eq!(queries.len(), 1, "{text} mixes measurements");
            let one = queries.first().unwrap();
            assert!(measured.contains(one), "no run measures {one}");
        }
        (None, Some(id)) => {
            let claim = claims.get(id).unwrap();
            // Behind the state in a figure's name stands its clock; a test without a state has no name.
            let has_it = |test: &Test| {
                let state = test.state.as_deref().unwrap_or_default();
                source.name.starts_with(state) && state.is_empty() == source.name.is_empty()
            };
            let figures = claim.test.iter().chain(&claim.shown);
            assert!(
                figures.into_iter().any(has_it),
                "{id} has no {:?}",
                source.name
            );
        }
        _ => panic!("{source:?} is a value or a claim's"),
    };
    let Advice { line, setting } = Advice::read();
    for line in &line {
        assert!(line.list.is_some() != line.decides.is_some(), "{line:?}");
        line.figure.values().chain(&line.decides).for_each(check);
        for id in line.claims.iter().chain(&line.holds) {
            assert!(claims.get(id).is_ok(), "{id}");
        }
        let wordings = [&line.rust, &line.go, &line.either];
        let own = wordings.map(|wording| [&wording.says, &wording.evidence]);
        let texts = own.into_iter().flatten().filter_map(Option::as_ref);
        for name in texts
            .chain([&line.says, &line.evidence])
            .flat_map(|text| placeholders(text))
        {
            let is_known = name == "decides" && line.decides.is_some()
                || line.figure.contains_key(name)
                || line.claims.iter().any(|id| id == name);
            assert!(is_known, "{name} in {line:?}");
        }
    }
    for setting in &setting {
        setting.figure.values().for_each(check);
        let is_known = |name: &&str| setting.figure.contains_key(*name);
        assert!(placeholders(&setting.says).iter().all(is_known));
    }
}
