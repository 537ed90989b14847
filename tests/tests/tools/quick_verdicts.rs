//! Which claims about load a quick run decides, and which need a longer one.

use lab_judge::{
    claims::Claims,
    figures::{Missing, Results},
    judge, reference,
    verdict::{Reason, Verdict},
};
use lab_results::{
    evidence::Recorded,
    query::Query,
    result::{Measurement, Mode, ResultFile, Run, SkipReason, Skipped},
    synthetic,
};
use serde_json::{Map, json};
use tests::project;

/// A quick run's three blocks of the article's own server, of which Go's memory swings.
fn quick() -> ResultFile {
    let run = |swing: f64| {
        let sample = json!({
            "latency_ns": [[1e6, 20_000], [2e6, 100]], "requests": 20_100, "cpu_ns": 1e6,
            "resident_p5_bytes": 100.0, "resident_p50_bytes": 100.0,
            "resident_p95_bytes": 100.0 * (1.0 + swing),
        });
        Run {
            runtime: Map::from_iter([("collections".to_owned(), json!(40))]),
            ..synthetic::run_of(sample)
        }
    };
    let block = synthetic::block_of(run(0.6), run(0.0), run(0.6));
    let measurement = Measurement {
        own_scale: false,
        ..synthetic::measurement("server/load@0", vec![block; 3])
    };
    ResultFile {
        // Later than any rule was fixed.
        began: 4_000_000_000,
        ..synthetic::file(vec![measurement])
    }
}

fn verdict(id: &str, file: &ResultFile, world: &Recorded) -> Verdict {
    let claims = Claims::read(project()).expect("the claims can be read");
    let claim = claims.get(id).expect("there is such a claim");
    let judged = judge::judge(claim, &Results::new([file]), world);
    judged.expect("it can be judged").verdict
}

#[test]
fn a_quick_run_decides_two_claims_about_load_and_says_of_the_others_that_it_was_quick() {
    let world = reference::answers(project()).expect("the answers can be read");
    let mut file = quick();
    for id in ["S2", "S4"] {
        assert_eq!(verdict(id, &file, &world), Verdict::Holds, "{id}");
    }
    let quick = Verdict::Undecided(Reason::Quick);
    for id in ["P1", "P2", "P3", "P4", "S3", "S5"] {
        assert_eq!(verdict(id, &file, &world), quick, "{id}");
    }
    file.request.mode = Mode::Load;
    let load = Query::parse("server/load").expect("a case");
    let missing = Verdict::Undecided(Reason::Missing(Missing::NotMeasured(Box::new(load))));
    assert_eq!(verdict("P1", &file, &world), missing, "it was not quick");
}

#[test]
fn what_a_quick_run_could_not_measure_is_not_blamed_on_its_haste() {
    let world = reference::answers(project()).expect("the answers can be read");
    let mut file = quick();
    file.measurements.clear();
    file.skipped.push(Skipped {
        query: "server/load@0".to_owned(),
        reason: SkipReason::Failed,
        why: "it does not listen".to_owned(),
    });
    let missing = Verdict::Undecided(Reason::Missing(Missing::Skipped {
        reason: SkipReason::Failed,
        query: Box::new(Query::parse("server/load@0").expect("a case")),
    }));
    assert_eq!(verdict("S2", &file, &world), missing);
}
