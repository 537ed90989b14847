use std::collections::BTreeMap;

use lab_results::{stats::Estimate, synthetic::Talker};
use lab_workspace::project::Project;

use super::*;
use crate::{
    claims::{Claims, Join},
    figures::{Missing, Results},
    judge::judge,
    judgement::Judgement,
    verdict::{Miss, Reason},
};

/// Words that no reader of a finding needs to know.
const UNKNOWN: [&str; 6] = ["removal", "dose", "control", "block", "state", "track"];

/// A ratio says in which direction it goes by one of these.
const DIRECTIONS: [&str; 10] = [
    "as long",
    "as much",
    "as frequent",
    "as uneven",
    "as large",
    "the time of",
    "the memory of",
    "that of",
    "the CPU time of",
    "what the formula gives",
];

fn claims() -> Vec<Claim> {
    Claims::read(&Project::find().unwrap()).unwrap().claim
}

/// A judgement in which every figure is known and as long as figures are.
fn known(claim: &Claim) -> Judgement {
    let mut judgement = judge(claim, &Results::default(), &Talker).unwrap();
    let answer = judgement.counter_argument.as_mut();
    let answer = answer.and_then(|counter| counter.tested.as_mut());
    let tested = judgement.tests.iter_mut().chain(&mut judgement.shown);
    for tested in tested.chain(answer) {
        let value = match tested.unit.as_str() {
            "ratio" => 12.64,
            "share" => 0.123,
            "ns" => 123.4e6,
            "bytes" => 126_300.0,
            "count" => 12_345.0,
            _ => -0.123,
        };
        if tested.figure.is_some() {
            tested.figure = Some(Figure::Known(Estimate {
                value,
                low: value,
                high: value,
                count: 9,
            }));
        }
    }
    judgement
}

/// The verdicts that a claim can have, but `undecided`.
fn reachable(claim: &Claim) -> Vec<Verdict> {
    if claim.join == Join::Shown {
        return vec![Verdict::Shown];
    }
    let misses = claim.test.iter().flat_map(|test| test.misses(claim));
    let mut all = vec![Verdict::Holds];
    for miss in misses {
        let verdict = Verdict::of_misses(&[miss].into());
        if !all.contains(&verdict) {
            all.push(verdict);
        }
    }
    if all.len() > 2 {
        let both = [Miss::Understated, Miss::Reversed].into();
        all.push(Verdict::of_misses(&both));
    }
    let on = claim.on.clone().map_or(On::SpareCores, On::Named);
    if claim.join != Join::And || claim.test.iter().any(|test| test.clocks().len() > 1) {
        all.push(Verdict::Depends(on));
    }
    all
}

/// The finding of a claim whose figures are all known.
fn found(claim: &Claim, verdict: &Verdict) -> String {
    let judgement = known(claim);
    let answer = judgement.counter_argument.as_ref();
    let answer = answer.and_then(|counter| counter.tested.as_ref());
    sentence(claim, verdict, &judgement.tests, &judgement.shown, answer)
}

#[test]
fn every_claim_has_a_sentence_for_holds_and_for_each_way_to_miss() {
    for claim in claims() {
        for verdict in reachable(&claim) {
            let is_shared = matches!(
                verdict,
                Verdict::Depends(_) | Verdict::Shown | Verdict::False { parts_differ: true }
            );
            let has_own = own(&claim, &verdict).is_some();
            assert!(is_shared || has_own, "{} {verdict}", claim.id);
        }
    }
}

#[test]
fn no_claim_has_a_sentence_for_a_verdict_that_it_cannot_have() {
    for claim in claims() {
        let can = reachable(&claim);
        for miss in [
            Miss::Understated,
            Miss::Overstated,
            Miss::Reversed,
            Miss::False,
        ] {
            let verdict = Verdict::of_misses(&[miss].into());
            let has_own = own(&claim, &verdict).is_some();
            assert!(!has_own || can.contains(&verdict), "{} {verdict}", claim.id);
        }
    }
}

#[test]
fn the_figures_that_a_sentence_names_exist() {
    for claim in claims() {
        let judgement = known(&claim);
        let answer = judgement.counter_argument.as_ref();
        let answer = answer.and_then(|counter| counter.tested.as_ref());
        for verdict in reachable(&claim) {
            let Some(template) = own(&claim, &verdict) else {
                continue;
            };
            let filled = fill(template, &judgement.tests, &judgement.shown, answer);
            assert!(filled.is_ok(), "{} {verdict}: {filled:?}", claim.id);
        }
    }
}

#[test]
fn no_shown_figure_is_called_like_a_test() {
    for claim in claims() {
        let states: Vec<_> = claim.test.iter().map(|test| &test.state).collect();
        for shown in &claim.shown {
            let is_taken = shown.state.is_some() && states.contains(&&shown.state);
            assert!(!is_taken, "{}: {:?}", claim.id, shown.state);
        }
    }
}

#[test]
fn a_finding_is_one_short_plain_sentence() {
    for claim in claims() {
        let undecided = [
            Reason::Noise { blocks: Some(40) },
            Reason::Noise { blocks: None },
            Reason::NoTest,
            Reason::Quick,
            Reason::Lacks("cores".to_owned()),
            Reason::Missing(Missing::NoFigure),
            Reason::Missing(Missing::SeveralMeasurements),
            Reason::Missing(Missing::NoInterval),
            Reason::Missing(Missing::InSomeBlocks { blocks: 5, of: 6 }),
            Reason::Missing(Missing::NoNumber {
                blocks: 6,
                of: 6,
                is_ratio: false,
            }),
            Reason::Missing(Missing::TooFewStalls {
                met: 4,
                needed: 420,
            }),
        ];
        assert!(
            undecided
                .iter()
                .all(|why| !why.plain().contains("measured here")),
            "each of them was measured"
        );
        let undecided = undecided.map(Verdict::Undecided);
        for verdict in reachable(&claim).iter().chain(&undecided) {
            let text = found(&claim, verdict);
            let what = format!("{} {verdict}: {text}", claim.id);
            assert!(text.chars().count() <= LONGEST, "{what}");
            assert!(!text.ends_with('.') && text.len() > 10, "{what}");
            let lower = text.to_lowercase();
            let mut words = lower.split(|c: char| !c.is_alphanumeric());
            let unknown = words.find(|word| UNKNOWN.contains(&word.trim_end_matches('s')));
            assert_eq!(unknown, None, "{what}");
            for of_a_formula in ["{", "}", "_ns", "_bytes", "@", "p999"] {
                assert!(!text.contains(of_a_formula), "{what}");
            }
            let is_an_id = |word: &str| {
                word.split_once('/')
                    .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
            };
            assert!(!text.split(' ').any(is_an_id), "{what}");
        }
    }
}

#[test]
fn a_sentence_has_its_figure_and_a_ratio_its_direction() {
    for claim in claims() {
        let judgement = known(&claim);
        let is_measured = judgement.tests.iter().any(|tested| tested.figure.is_some());
        for verdict in reachable(&claim) {
            let Some(template) = own(&claim, &verdict).filter(|_| is_measured) else {
                continue;
            };
            assert!(template.contains('{'), "{} {verdict}", claim.id);
            let text = found(&claim, &verdict);
            let has_direction = DIRECTIONS.iter().any(|words| text.contains(words));
            assert!(!text.contains('×') || has_direction, "{}: {text}", claim.id);
        }
    }
}

#[test]
fn figures_come_through_filters_in_two_or_three_digits() {
    let text = r#"
        id = "X"
        topic = "list"
        says = "x"
        test = [
            { state = "one", value = "go{list/case}.TIME_ns / rust{list/case}.TIME_ns", unit = "ratio" },
            { state = "two", value = "go{list/case}.wall_ns", unit = "ns" },
        ]
    "#;
    let claim: Claim = toml::from_str(text).unwrap();
    let judgement = known(&claim);
    let filled = |template: &str| fill(template, &judgement.tests, &[], None);
    let of = |template: &str| filled(template).unwrap();
    assert_eq!(of("{one} and {two}"), "12.6× and 123 ms");
    assert_eq!(
        of("{one, CPU time|more} more, {one|inverse}"),
        "1,164 % more, 0.079×"
    );
    assert_eq!(of("{figure}"), "12.6×");
    assert_eq!(filled("{three}"), Err("three".to_owned()));
    assert_eq!(filled("{one|half}"), Err("one|half".to_owned()));
}

#[test]
fn what_depends_is_undecided_or_shown_has_a_shared_sentence() {
    let text = |join: &str| {
        format!(
            r#"
            id = "X"
            topic = "list"
            says = "x"
            figure = "1 ms"
            join = "{join}"
            test = [
                {{ state = "grown", value = "go{{list/case}}.x / rust{{list/case}}.x", unit = "ratio" }},
                {{ state = "churned", value = "go{{list/case}}.y / rust{{list/case}}.y", unit = "ratio" }},
            ]
            "#
        )
    };
    let claim: Claim = toml::from_str(&text("states")).unwrap();
    let depends = Verdict::Depends(On::NotIn(vec!["churned".to_owned()]));
    assert_eq!(
        found(&claim, &depends),
        "It depends: Go's over Rust's grown 12.6×, churned 12.6×"
    );
    assert_eq!(
        found(&claim, &Verdict::Shown),
        "Measured here: Go's over Rust's grown 12.6×, churned 12.6×; said: 1 ms"
    );
    let quick = Verdict::Undecided(Reason::Quick);
    assert_eq!(
        found(&claim, &quick),
        "Undecided: a quick run does not tell"
    );
    let mut tests = known(&claim).tests;
    tests[0].outcome = Outcome::Met;
    tests[1].outcome = Outcome::Inconclusive(Reason::Quick);
    assert_eq!(
        sentence(&claim, &quick, &tests, &[], None),
        "Undecided: a quick run does not tell (churned)"
    );
}

#[test]
fn what_the_front_page_shows_of_a_claim_has_its_figures() {
    // Each of the five places has one large figure.
    let mut large: BTreeMap<usize, usize> = BTreeMap::new();
    for claim in claims() {
        let Some(front) = &claim.front else {
            continue;
        };
        let judgement = known(&claim);
        let answer = judgement.counter_argument.as_ref();
        let answer = answer.and_then(|counter| counter.tested.as_ref());
        let is_known =
            |name: &str| figure(name, &judgement.tests, &judgement.shown, answer).is_some();
        let states = front.sorted.iter().flat_map(|sorted| &sorted.states);
        let drawn = front.picture.iter().flat_map(|picture| &picture.figures);
        let named = states.chain(drawn).map(|named| &named.figure);
        for name in named.chain(&front.figure) {
            assert!(is_known(name), "{}: {name}", claim.id);
        }
        let has_one = front.figure.is_some() || front.sorted.is_some();
        assert_eq!(has_one, front.of.is_some(), "{}", claim.id);
        *large.entry(front.place).or_default() += usize::from(has_one);
        let Some(so_far) = &front.so_far else {
            assert!(front.sorted.is_some(), "{}", claim.id);
            continue;
        };
        let text = fill(so_far, &judgement.tests, &judgement.shown, answer).unwrap();
        assert!(
            text.chars().count() <= LONGEST && !text.ends_with('.'),
            "{text}"
        );
    }
    assert_eq!(large, (1..=5).map(|place| (place, 1)).collect());
}

#[test]
fn an_interval_goes_through_a_filter_and_stays_in_order() {
    let text = r#"
        id = "X"
        topic = "list"
        says = "x"
        test = [{ value = "go{list/case}.wall_ns / rust{list/case}.wall_ns", unit = "ratio" }]
    "#;
    let mut judgement = known(&toml::from_str(text).unwrap());
    judgement.tests[0].figure = Some(Figure::Known(Estimate {
        value: 0.25,
        low: 0.2,
        high: 0.5,
        count: 9,
    }));
    for (name, unit, expected) in [
        ("figure", "ratio", [0.25, 0.2, 0.5]),
        ("figure|less", "share", [0.75, 0.5, 0.8]),
        ("figure|change", "share", [-0.75, -0.8, -0.5]),
        ("figure|inverse", "ratio", [4.0, 2.0, 5.0]),
    ] {
        let found = figure(name, &judgement.tests, &[], None).unwrap();
        let Figure::Known(estimate) = found.figure else {
            panic!("{name}: {found:?}");
        };
        let ends = [estimate.value, estimate.low, estimate.high];
        let is_near = |(one, other): (f64, f64)| (one - other).abs() < 1e-9;
        assert!(
            ends.into_iter().zip(expected).all(is_near),
            "{name}: {ends:?}"
        );
        assert_eq!(found.unit, unit);
    }
}
