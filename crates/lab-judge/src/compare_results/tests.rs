use serde_json::json;

use super::*;
use lab_results::{
    layout::WIDTH,
    synthetic::{self, Talker},
};

use crate::{
    claims::Claim,
    figures::Missing,
    verdict::{Miss, On, Outcome, Reason, Verdict},
};

fn run(wall: f64, peak: u64) -> Run {
    Run {
        process: json!({"peak_bytes": peak}).as_object().unwrap().clone(),
        ..synthetic::run_of(json!({"wall_ns": wall, "cpu_ns": wall}))
    }
}

/// A measurement in which Go and Rust took these times.
fn measurement(case: &str, times: &[[f64; 2]]) -> Measurement {
    let block =
        |&[go, rust]: &[f64; 2]| synthetic::block_of(run(go, 1000), run(rust, 1000), run(go, 1000));
    let blocks = times.iter().map(block).collect();
    synthetic::measurement(&format!("cycles/{case}@100000"), blocks)
}

/// Six blocks of which Go's take longer by this factor.
fn six(case: &str, factor: f64) -> Measurement {
    measurement(
        case,
        &[5.0, 5.1, 5.2, 5.3, 5.4, 5.5].map(|ms| [factor * ms * 1e6, ms * 1e6]),
    )
}

fn between(old: &[Measurement], new: &[Measurement]) -> Changes {
    let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
    Changes {
        warnings: vec!["a word and more ".repeat(9)],
        rows: rows(&old, &new),
        only_old: apart(&old, &new),
        only_new: apart(&new, &old),
        verdicts: Vec::new(),
    }
}

#[test]
fn a_side_that_moved_shows_its_ratio_and_the_other_one_nothing() {
    let changes = between(&[six("tree", 1.0)], &[six("tree", 1.5)]);
    let text = text(&changes, WIDTH);
    assert!(text.contains("cycles/tree 100k"), "{text}");
    assert!(text.contains("1.50 [1."), "{text}");
    assert!(text.contains("\n    cpu  "), "{text}");
    assert!(!text.contains("    peak"), "{text}");
    let row = text.lines().find(|line| line.starts_with("cycles/tree"));
    assert!(row.is_some_and(|row| row.ends_with('~')), "{text}");
    assert!(changes.any());
}

#[test]
fn what_did_not_change_is_no_change() {
    let changes = between(&[six("tree", 1.0)], &[six("tree", 1.01)]);
    assert!(!changes.any());
    assert!(text(&changes, WIDTH).contains("No verdict changed."));
}

#[test]
fn what_only_one_measured_and_too_few_blocks_are_told() {
    let few = measurement("bush", &[[3.0, 2.0]; 2]);
    let changes = between(&[six("tree", 1.0), few.clone()], &[few]);
    let text = text(&changes, WIDTH);
    assert!(text.contains("1.00 (few)"), "{text}");
    assert!(
        text.contains("only the old one measured cycles/tree"),
        "{text}"
    );
    assert!(text.contains("6 come from too few blocks"), "{text}");
}

#[test]
fn no_line_is_longer_than_its_width() {
    let long = "a_case_with_a_name_that_is_longer_than_all";
    let changes = between(
        &[six(long, 1.0), six("x", 1.0)],
        &[six(long, 99.0), six("y", 1.0)],
    );
    for width in [40, 60, 80] {
        let text = text(&changes, width);
        let is_word = |line: &str| !line.trim_start().contains(' ');
        let fits = |line: &str| is_word(line) || line.chars().count() <= width;
        assert!(text.lines().all(fits), "{text}");
        let row = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(row.contains("99.0 [93.6, 105]"), "{row}");
    }
}

fn claim() -> Claim {
    let text = r#"
        id = "A1"
        topic = "cycles"
        says = "Go is not slower."
        [[test]]
        value = "go{cycles/tree}.TIME_ns / rust{cycles/tree}.TIME_ns"
        most = 1.25
        unit = "ratio"
    "#;
    toml::from_str(text).unwrap()
}

fn judgement(claim: &Claim, verdict: Verdict, values: [f64; 2]) -> Judgement {
    let mut judgement = judge::judge(claim, &Results::default(), &Talker).unwrap();
    judgement.verdict = verdict;
    let [wall, cpu] = values;
    // CPU time without idle-priority marking is the same in both.
    for (tested, value) in judgement.tests.iter_mut().zip([wall, cpu, 1.0]) {
        tested.note.clear();
        tested.figure = Some(Figure::Rough { value, blocks: 2 });
        tested.outcome = if value > 1.25 {
            Outcome::Violated(Miss::Understated)
        } else {
            Outcome::Met
        };
    }
    judgement
}

#[test]
fn a_verdict_that_turned_names_the_figure_and_its_bound() {
    let claim = claim();
    let old = judgement(&claim, Verdict::Holds, [1.0, 1.0]);
    let new = judgement(&claim, Verdict::Depends(On::SpareCores), [1.0, 2.0]);
    assert!(turned(&old, &old).is_none());
    let turned = turned(&old, &new).unwrap();
    assert_eq!(turned.new, "depends (spare cores)");
    assert_eq!(
        turned.reasons,
        ["CPU time about 2×; was CPU time about 1×; has to be at most 1.25×"]
    );
}

#[test]
fn a_headline_that_turned_names_its_cpu_time_too() {
    let mut claim = claim();
    let ratios = claim.test[0].value.take();
    claim.test[0].headline = Some(Vec::from_iter(ratios));
    let old = judgement(&claim, Verdict::Holds, [1.0, 1.0]);
    let new = judgement(&claim, Verdict::Understated, [1.5, 2.0]);
    assert_eq!(
        turned(&old, &new).unwrap().reasons,
        [
            "wall time about 1.5×; was wall time about 1×; has to be at most 1.25×",
            "CPU time about 2×; was CPU time about 1×; has to be at most 1.25×"
        ]
    );
}

#[test]
fn what_a_verdict_depends_on_can_turn_and_why_it_is_open_cannot() {
    let claim = claim();
    let of = |verdict| judgement(&claim, verdict, [1.0, 1.0]);
    let depends = |on: On| of(Verdict::Depends(on));
    let open = |blocks| of(Verdict::Undecided(Reason::Noise { blocks }));
    assert!(turned(&depends(On::Size), &depends(On::Headroom)).is_some());
    assert!(turned(&depends(On::Size), &depends(On::Size)).is_none());
    assert!(turned(&open(Some(40)), &open(Some(41))).is_none());
    assert!(turned(&open(None), &depends(On::Size)).is_some());
}

#[test]
fn what_one_of_them_did_not_measure_is_no_other_verdict() {
    let claim = claim();
    let old = judgement(&claim, Verdict::Holds, [1.0, 1.0]);
    let mut new = judgement(
        &claim,
        Verdict::Undecided(Reason::Missing(Missing::NoFigure)),
        [1.0, 1.0],
    );
    new.tests[1].figure = Some(Figure::Missing(Missing::NoFigure));
    assert!(turned(&old, &new).is_none());
}
