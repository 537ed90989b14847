use serde_json::json;

use super::*;
use lab_results::{
    query::Query,
    result::Caution,
    synthetic::{Talker, result},
};

use crate::formula::Formula;

/// A claim of the mean of three topics.
fn headline_claim() -> Claim {
    let ratio = |topic: &str| format!("go{{{topic}/case}}.wall_ns / rust{{{topic}/case}}.wall_ns");
    let ratios = ["list", "tree", "cache"].map(ratio);
    let text = r#"
        id = "X"
        topic = "list"
        says = "x"
        test = [{ least = 1, unit = "ratio" }]
    "#;
    let mut claim: Claim = toml::from_str(text).unwrap();
    claim.test[0].headline = Some(ratios.to_vec());
    claim
}

fn headline(topics: &[(&str, f64, usize)]) -> (Figure, String, Outcome) {
    let files = [result(topics)];
    let judged = judge(&headline_claim(), &Results::new(&files), &Talker).unwrap();
    let tested = judged.tests[0].clone();
    (tested.figure.unwrap(), tested.note, tested.outcome)
}

#[test]
fn the_mean_of_all_topics_is_geometric_and_decided_if_no_topic_carries_it_alone() {
    let (figure, _, outcome) = headline(&[("list", 2.0, 6), ("tree", 4.0, 6), ("cache", 8.0, 6)]);
    let Figure::Known(estimate) = figure else {
        panic!("{figure:?}");
    };
    assert!((estimate.value - 4.0).abs() < 1e-9, "{estimate:?}");
    assert_eq!(outcome, Outcome::Met);
    let (_, _, slower) = headline(&[("list", 0.5, 6), ("tree", 0.9, 6), ("cache", 0.9, 6)]);
    assert_eq!(slower, Outcome::Violated(Miss::Reversed));
}

#[test]
fn a_mean_that_one_topic_carries_is_open_and_names_it() {
    let (_, _, outcome) = headline(&[("list", 0.9, 6), ("tree", 0.9, 6), ("cache", 8.0, 6)]);
    let alone = Reason::RestsOn("cache".to_owned());
    assert_eq!(outcome, Outcome::Inconclusive(alone));
}

#[test]
fn a_mean_shows_the_others_where_one_topic_is_not_measured_and_decides_nothing() {
    let (figure, without, outcome) = headline(&[("list", 2.0, 6), ("tree", 8.0, 6)]);
    let Figure::Known(estimate) = figure else {
        panic!("{figure:?}");
    };
    assert!((estimate.value - 4.0).abs() < 1e-9, "{estimate:?}");
    assert_eq!(without, " without cache");
    let missing = Reason::Missing(Missing::NotMeasured(Box::new(
        Query::parse("cache/case").unwrap(),
    )));
    assert_eq!(outcome, Outcome::Inconclusive(missing));
    let (figure, _, _) = headline(&[]);
    assert!(matches!(figure, Figure::Missing(_)), "{figure:?}");
}

#[test]
fn a_mean_of_too_few_blocks_is_open() {
    let (_, _, outcome) = headline(&[("list", 2.0, 6), ("tree", 4.0, 2), ("cache", 8.0, 6)]);
    assert_eq!(
        outcome,
        Outcome::Inconclusive(Reason::FewBlocks {
            blocks: 2,
            least: 6
        })
    );
}

#[test]
fn a_figure_that_is_only_shown_may_be_of_another_size_and_says_so() {
    let files = [result(&[("list", 2.0, 6)])];
    let results = Results::new(&files);
    let shown = |text| results.shown(&Formula::parse(text).unwrap(), false);
    let (own, size) = shown("go{list/case}.wall_ns");
    assert_eq!(
        (size.as_str(), &own),
        ("", &shown("go{list/case@1000}.wall_ns").0)
    );
    let (other, size) = shown("go{list/case@1000000}.wall_ns");
    assert_eq!((size.as_str(), &other), (" at 1000 only", &own));
    let (missing, size) = shown("go{tree/case@1000000}.wall_ns");
    let what = Missing::NotMeasured(Box::new(Query::parse("tree/case@1000000").unwrap()));
    assert_eq!((size.as_str(), missing), ("", Figure::Missing(what)));
}

#[test]
fn a_claim_that_names_no_size_is_judged_at_the_own_size_or_not_at_all() {
    let mut file = result(&[("list", 2.0, 6)]);
    let figure = |file: &ResultFile, text: &str| {
        let formula = Formula::parse(text).unwrap();
        Results::new([file]).figure(&formula, false)
    };
    let own = figure(&file, "go{list/case}.wall_ns");
    assert!(matches!(own, Figure::Known(_)), "{own:?}");
    file.measurements[0].own_scale = false;
    let other = figure(&file, "go{list/case}.wall_ns");
    let missing = Missing::NotMeasured(Box::new(Query::parse("list/case").unwrap()));
    assert_eq!(other, Figure::Missing(missing));
    assert_eq!(figure(&file, "go{list/case@1000}.wall_ns"), own);
}

#[test]
fn what_has_to_be_so_in_each_block_takes_the_range_only_where_there_is_no_interval() {
    let figure = |values: &[f64]| {
        let mut file = result(&[("list", 1.0, values.len())]);
        for (block, &value) in file.measurements[0].blocks.iter_mut().zip(values) {
            block.go.samples[0].insert("wall_ns".to_owned(), value.into());
        }
        let formula = Formula::parse("go{list/case}.wall_ns").unwrap();
        Results::new(&[file]).of_each(&formula, false, 3)
    };
    let Figure::Known(few) = figure(&[3.0, 1.0, 2.0]) else {
        panic!("three suffice");
    };
    assert_eq!((few.low, few.value, few.high), (1.0, 2.0, 3.0));
    let Figure::Known(many) = figure(&[9.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]) else {
        panic!("ten make an interval");
    };
    assert!(
        many.high < 9.0,
        "one block of ten does not decide: {many:?}"
    );
    let (value, blocks) = (1.5, 2);
    assert_eq!(figure(&[1.0, 2.0]), Figure::Rough { value, blocks });
}

#[test]
fn a_control_stands_in_the_place_of_its_own_side_only() {
    let mut file = result(&[("list", 4.0, 6)]);
    let control = |file: &ResultFile, text: &str| {
        let formula = Formula::parse(text).unwrap();
        match Results::new([file]).control(&formula) {
            Figure::Known(estimate) => Some((estimate.value * 100.0).round() / 100.0),
            _ => None,
        }
    };
    let ratio = "go{list/case}.wall_ns / rust{list/case}.wall_ns";
    for block in &mut file.measurements[0].blocks {
        block.control.samples[0].insert("wall_ns".to_owned(), 2e6.into());
    }
    assert_eq!(control(&file, ratio), Some(0.5));
    assert_eq!(control(&file, "rust{list/case}.wall_ns"), Some(2.0));
    assert_eq!(control(&file, "go{list/case}.wall_ns"), None);
    for block in &mut file.measurements[0].blocks {
        "go".clone_into(&mut block.control_of);
    }
    assert_eq!(control(&file, ratio), Some(0.5));
    assert_eq!(control(&file, "go{list/case}.wall_ns"), Some(0.5));
}

#[test]
fn what_compares_settings_has_no_other_setting() {
    let mut file = result(&[("list", 4.0, 6), ("list", 2.0, 6)]);
    file.measurements[1].key.go = "gogc400".to_owned();
    let files = [file];
    let others = |text: &str| -> Vec<String> {
        let formula = Formula::parse(text).unwrap();
        let all = Results::new(&files).under_other_settings(&formula);
        all.into_keys().collect()
    };
    assert_eq!(others("go{list/case}.wall_ns"), ["go=gogc400"]);
    assert_eq!(others("rust{list/case}.wall_ns"), [""; 0]);
    let both = "go{list/case}.wall_ns / go{list/case go=gogc400}.wall_ns";
    assert_eq!(others(both), [""; 0]);
}

#[test]
fn under_another_setting_the_mean_is_of_the_topics_that_were_measured_if_they_are_most() {
    let claim = headline_claim();
    let usual = [("list", 2.0, 6), ("tree", 2.0, 6), ("cache", 2.0, 6)];
    let under = |others: &[(&str, f64, usize)]| {
        let mut file = result(&[&usual, others].concat());
        for measurement in &mut file.measurements[usual.len()..] {
            "one".clone_into(&mut measurement.key.cores);
        }
        let judged = judge(&claim, &Results::new(&[file]), &Talker).unwrap();
        let figures = judged.settings.into_iter().flat_map(|under| under.figures);
        figures.map(|found| (found.name, found.figure)).collect()
    };
    let found: Vec<_> = under(&[("list", 2.0, 6), ("tree", 8.0, 6)]);
    let [(name, Figure::Known(mean))] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(name, "mean of 2 of 3 topics");
    assert!((mean.value - 4.0).abs() < 1e-9, "{mean:?}");
    assert!(under(&[("list", 2.0, 6)]).is_empty());
}

#[test]
fn what_was_left_out_says_why_and_what_was_only_begun_is_no_figure() {
    let mut file = result(&[("begun", 2.0, 0)]);
    let skipped = |key: &str, because: &str| {
        let left = json!({"subject": key, "because": because, "why": "x"});
        serde_json::from_value(left).unwrap()
    };
    file.skipped = vec![
        skipped("begun/case@1000", "budget"),
        skipped("tree/case", "memory"),
    ];
    let files = [file];
    let said = |topic: &str| {
        let formula = Formula::parse(&format!("go{{{topic}/case}}.wall_ns")).unwrap();
        let Figure::Missing(what) = Results::new(&files).figure(&formula, false) else {
            panic!("{topic} is measured");
        };
        what
    };
    let said = |topic: &str| said(topic).to_string();
    assert_eq!(said("begun"), "budget: begun/case");
    assert_eq!(said("tree"), "memory: tree/case");
    assert_eq!(said("list"), "list/case is not measured");
}

#[test]
fn the_lowest_ratio_of_a_headline_names_its_topic() {
    let text = r#"
        id = "X"
        topic = "verdict"
        says = "x"
        test = [{ headline = [
            "go{list/case}.TIME_ns / rust{list/case}.TIME_ns",
            "go{tree/case}.TIME_ns / rust{tree/case}.TIME_ns",
            "go{cache/case}.TIME_ns / rust{cache/case}.TIME_ns",
        ] }]
        answer = "Not there."
        answered_by = { lowest = true, unit = "ratio" }
    "#;
    let claim: Claim = toml::from_str(text).unwrap();
    let files = [result(&[("list", 2.0, 6), ("tree", 0.5, 2)])];
    let answer = |results: &Results| {
        let judged = judge(&claim, results, &Talker).unwrap();
        judged.counter_argument.unwrap().tested.unwrap()
    };
    let text = answer(&Results::new(&files)).result_text().unwrap();
    assert_eq!(text, "the lowest is that of tree, CPU time about 0.5×");
    let none = answer(&Results::default());
    assert!(matches!(none.figure, Some(Figure::Missing(_))), "{none:?}");
}

/// Evidence with long answers.
#[test]
fn what_a_machine_lacks_comes_before_a_rule_that_is_newer_than_its_blocks() {
    let claim = r#"
        id = "X"
        topic = "list"
        says = "Go takes longer."
        fixed = "1970-01-02"
        test = [{ value = "go{list/case}.wall_ns / rust{list/case}.wall_ns", least = 1, unit = "ratio" }]
        fit = [{ state = "cores", value = "go{list/case}.cores", least = 2, exact = true, incurable = true }]
    "#;
    let claim: Claim = toml::from_str(claim).unwrap();
    let judged = |cores: u64| {
        let mut file = result(&[("list", 3.0, 2)]);
        for block in &mut file.measurements[0].blocks {
            block.go.samples[0].insert("cores".to_owned(), cores.into());
        }
        judge(&claim, &Results::new(&[file]), &Talker).unwrap()
    };
    let lacks = Reason::Lacks("cores".to_owned());
    assert_eq!(judged(1).verdict, Verdict::Undecided(lacks));
    let older = Reason::Revised("1970-01-02".to_owned().try_into().unwrap());
    assert_eq!(judged(2).verdict, Verdict::Undecided(older));
}

#[test]
fn where_more_than_a_quarter_of_the_blocks_carry_a_caution_nothing_is_decided() {
    let claim = r#"
        id = "X"
        topic = "list"
        says = "Go takes longer."
        test = [{ value = "go{list/case}.TIME_ns / rust{list/case}.TIME_ns", least = 1, unit = "ratio" }]
    "#;
    let claim: Claim = toml::from_str(claim).unwrap();
    let verdict = |cautions: usize| {
        let mut file = result(&[("list", 3.0, 8)]);
        for block in &mut file.measurements[0].blocks[..cautions] {
            block.cautions = vec![Caution::Moved];
        }
        let files = [file];
        judge(&claim, &Results::new(&files), &Talker)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict(2), Verdict::Holds);
    let why = Reason::Caution(Caution::Moved);
    assert_eq!(verdict(3), Verdict::Undecided(why));
}

#[test]
fn a_step_that_can_only_violate_a_test_is_passed_over_without_a_figure() {
    let outcome = |step: &str| {
        let text = format!(
            r#"
            id = "X"
            topic = "list"
            says = "x"
            test = [{{ value = "go{{list/case}}.wall_ns / rust{{list/case}}.wall_ns", least = 1.5, unit = "ratio", before = [{step}] }}]
            "#
        );
        let claim: Claim = toml::from_str(&text).unwrap();
        let files = [result(&[("list", 2.0, 6)])];
        let judged = judge(&claim, &Results::new(&files), &Talker).unwrap();
        judged.tests[0].outcome.clone()
    };
    let value = "value = \"go{list/other}.wall_ns\", most = 1";
    assert_eq!(
        outcome(&format!("{{ decides = true, {value} }}")),
        Outcome::Met
    );
    let reason = outcome(&format!("{{ why = \"machine floor\", {value} }}"));
    assert!(
        matches!(reason, Outcome::Inconclusive(Reason::Missing(_))),
        "{reason:?}"
    );
}
