use super::*;
use lab_results::settings;
use lab_workspace::language::Language;

fn claims() -> Claims {
    Claims::read(&Project::find().unwrap()).unwrap()
}

/// The claims of one file.
fn added(text: &str) -> Result<Claims> {
    Claims::default().with("list", text)
}

#[test]
fn claims_of_several_files_are_in_the_articles_order_then_those_of_other_sources_by_number() {
    let text = |id: &str, more: &str| format!("[[claim]]\nid = \"{id}\"\nsays = \"x\"\n{more}\n");
    let other = "source = \"a guide\"";
    let one = text("B2", "") + &text("O10", other);
    let two = text("A1", "") + &text("O9", other);
    let claims = Claims::default().with("one", &one).unwrap();
    let claims = claims.with("two", &two).unwrap();
    let all = claims.claim.iter();
    let all: Vec<_> = all.map(|c| (c.id.as_str(), c.topic.as_str())).collect();
    assert_eq!(
        all,
        [("B2", "one"), ("A1", "two"), ("O9", "two"), ("O10", "one")]
    );
    let twice = claims.with("two", &text("A1", "")).unwrap_err();
    assert_eq!(twice.to_string(), "there are two claims A1");
}

#[test]
fn every_claim_says_when_its_rule_was_fixed() {
    for claim in claims().claim {
        assert!(claim.fixed.is_some(), "{}: add fixed = \"DAY\"", claim.id);
    }
}

#[test]
fn every_claim_says_what_the_other_side_would_answer_and_what_tests_that() {
    for claim in claims().claim {
        let answer = claim.answer.unwrap_or_default();
        assert!(answer.ends_with('.'), "{}: {answer:?}", claim.id);
        assert!(claim.answered_by.is_some(), "{}: {answer:?}", claim.id);
    }
}

#[test]
fn the_articles_claims_come_first() {
    let all = claims().claim;
    let others = all.partition_point(Claim::is_the_articles);
    assert!(others > 0 && others < all.len());
    assert!(!all[others..].iter().any(Claim::is_the_articles));
}

#[test]
fn a_pair_with_claims_has_a_card_whose_figures_are_measured_for_claims() {
    let claims = claims();
    let project = Project::find().unwrap();
    let articles = || claims.claim.iter().filter(|claim| claim.is_the_articles());
    for topic in &project.topics {
        let has_claims = articles().any(|claim| claim.topic == topic.name);
        let has_card = claims.card.contains_key(&topic.name);
        assert!(has_card || !has_claims, "{} has no card", topic.name);
    }
    let measured: BTreeSet<Query> = articles()
        .flat_map(|claim| claim.queries().unwrap())
        .collect();
    for (topic, card) in &claims.card {
        let queries = Formula::parse(&card.ratio()).unwrap().queries();
        assert!(queries.is_subset(&measured), "{topic}: {queries:?}");
        for sentence in [&card.more, &card.less] {
            let has = |name| sentence.contains(name);
            assert!(has("{times}") || has("{go}") && has("{rust}"), "{sentence}");
        }
    }
}

#[test]
fn a_revision_has_its_day_and_its_reason() {
    let revised: Vec<_> = claims().claim.into_iter().flat_map(|c| c.revised).collect();
    assert!(!revised.is_empty());
    for revision in revised {
        assert!(revision.on.seconds() > 0 && revision.why.ends_with('.'));
    }
    let wrong = "[[claim]]\nid = \"X\"\ntopic = \"x\"\nsays = \"x\"\n\
                 revised = [{ on = \"soon\", why = \"x\" }]";
    let error = added(wrong).unwrap_err().to_string();
    assert!(
        error.contains("\"soon\" is no day such as 2026-11-29"),
        "{error}"
    );
}

#[test]
fn claims_whose_answer_was_seen_before_their_bound_are_guards() {
    let claims = claims();
    let guards = claims.claim.iter().filter(|claim| claim.guard);
    let ids: Vec<_> = guards.map(|claim| claim.id.as_str()).collect();
    assert_eq!(ids, ["O20", "O21", "O29", "O30", "O32"]);
}

#[test]
fn tests_are_also_measured_under_the_settings_that_a_claim_names() {
    let text = r#"
        [[claim]]
        id = "X1"
        says = "It is so."
        also_under = ["one", "kept"]
        test = [
          { value = "go{a/b}.wall_ns / rust{a/b}.wall_ns", least = 2, unit = "ratio" },
          { value = "go{a/c go=gogc10}.wall_ns / go{a/c go=gogc50}.wall_ns", least = 2, unit = "ratio" },
        ]
    "#;
    let claims = Claims::default().with("a", text).unwrap();
    let beside = claims.claim[0].beside().unwrap();
    let shown: Vec<String> = beside.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["a/b cores=one", "a/b rust=kept"]);
    assert!(claims.claim[0].queries().unwrap().is_disjoint(&beside));
}

#[test]
fn a_bound_around_no_effect_is_a_claim_of_no_effect_unless_it_has_one_side() {
    for claim in claims().claim {
        for test in claim.test.iter().filter(|test| test.value.is_some()) {
            let bound = test.bound(&claim);
            let (Some(neutral), Some(least), Some(most)) = (bound.neutral, bound.least, bound.most)
            else {
                continue;
            };
            // A ratio that may be as small as it likes is bound on one side only.
            let is_around = least < neutral && neutral < most && least > 0.0;
            let is_a_part = claim.test.len() > 1;
            assert!(!is_around || is_a_part, "{}: {test:?}", claim.id);
        }
    }
}

#[test]
fn what_another_source_says_has_a_bound_unless_it_is_shown() {
    for claim in claims().claim.iter().filter(|c| !c.is_the_articles()) {
        let bounds = claim.test.iter().any(|t| t.least.or(t.most).is_some());
        let is_bound = bounds || claim.questions().next().is_some();
        assert_ne!(is_bound, claim.join == Join::Shown, "{}", claim.id);
        assert_eq!(bounds, !claim.judged().unwrap().is_empty(), "{}", claim.id);
    }
}

#[test]
fn a_shared_quantity_stands_in_the_place_of_its_name() {
    let text = |formula: &str| {
        format!(
            "[[claim]]\nid = \"X\"\ntopic = \"list\"\nsays = \"x\"\nquantity.all = \"1 + 2\"\n\
             test = [{{ value = \"{formula}\" }}]"
        )
    };
    let claims = added(&text("go{a/b}.x / $all")).unwrap();
    let value = claims.claim[0].test[0].value.as_deref();
    assert_eq!(value, Some("go{a/b}.x / (1 + 2)"));
    let unknown = added(&text("$none * 2")).unwrap_err().to_string();
    assert_eq!(unknown, "the claim X in claims.toml has no quantity.none");
}

#[test]
fn every_quantity_is_a_formula() {
    for claim in claims().claim {
        claim.queries().unwrap();
    }
}

#[test]
fn what_only_an_answer_or_a_figure_beside_asks_for_is_not_judged() {
    let text = r#"
        id = "X"
        topic = "list"
        says = "x"
        test = [{ value = "go{list/test}.wall_ns" }]
        fit = [{ value = "go{list/fit}.wall_ns" }]
        shown = [{ value = "go{list/shown}.wall_ns" }]
        answered_by = { value = "go{list/answer}.wall_ns" }
        cause = [{ says = "x", effect = "go{list/effect}.wall_ns", without = "1", counter = ["2", "3"] }]
    "#;
    let claim: Claim = toml::from_str(text).unwrap();
    let cases = |queries: BTreeSet<Query>| -> Vec<String> {
        queries.into_iter().map(|query| query.case).collect()
    };
    assert_eq!(cases(claim.judged().unwrap()), ["effect", "fit", "test"]);
    let all = ["answer", "effect", "fit", "shown", "test"];
    assert_eq!(cases(claim.queries().unwrap()), all);
}

/// Beside a verdict, where a cause is taken away, and where another source compares so, they may be
/// mixed: there the formula says so.
#[test]
fn no_verdict_sets_one_language_as_it_comes_against_the_other_one_tuned() {
    let tracks = |text: &str| {
        let formula = Formula::parse(text).unwrap();
        let mut tracks = [Language::Go, Language::Rust].map(|_| Vec::new());
        for reference in formula.references() {
            let Query { go, rust, .. } = &reference.query;
            let (place, name) = match reference.side {
                Language::Go => (0, go),
                Language::Rust => (1, rust),
            };
            let setting = settings::get(reference.side, name).unwrap();
            tracks[place].push(setting.track());
        }
        tracks
    };
    let mixes = |text: &str| {
        let [go, rust] = tracks(text);
        go.iter().any(|go| rust.iter().any(|rust| go != rust))
    };
    assert!(mixes("go{a/b go=gogc400}.x / rust{a/b go=gogc400}.x"));
    for claim in claims().claim.iter().filter(|c| c.is_the_articles()) {
        for text in quantities(claim.test.iter().chain(&claim.fit)) {
            assert!(!mixes(text), "{}: {text}", claim.id);
        }
    }
}

#[test]
fn every_test_asks_for_one_thing() {
    for claim in claims().claim {
        let tests = claim.test.iter().chain(&claim.fit).chain(&claim.shown);
        for test in tests.chain(&claim.answered_by) {
            let asked = [
                test.value.is_some(),
                test.headline.is_some(),
                test.lowest,
                test.fact.is_some(),
                test.replay.is_some(),
                test.mistake.is_some(),
                test.check.is_some(),
            ];
            let asked = asked.iter().filter(|&&is| is).count();
            assert_eq!(asked, 1, "{}: {test:?}", claim.id);
        }
    }
}
