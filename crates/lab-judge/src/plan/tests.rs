use super::*;

fn cases() -> Vec<Case> {
    let case = |(topic, name): &(&str, &str)| Case {
        topic: (*topic).to_owned(),
        name: (*name).to_owned(),
        unit: "ns".to_owned(),
        says: "does something".to_owned(),
    };
    [
        ("list", "grow"),
        ("list", "drop"),
        ("tree", "build"),
        ("cache", "put"),
    ]
    .iter()
    .map(case)
    .collect()
}

fn claims() -> Claims {
    let text = r#"
        [[claim]]
        id = "F1"
        topic = "list"
        says = "a node is small"
        [[claim.test]]
        value = "go{list/grow}.peak_bytes / rust{list/grow rust=mimalloc}.peak_bytes"
        [[claim]]
        id = "F2"
        topic = "tree"
        says = "it grows"
        [[claim.test]]
        value = "go{tree/build@1000000 go=gogc400 cores=one}.wall_ns"
        [[claim]]
        id = "O1"
        topic = "tree"
        source = "a guide"
        says = "it burns in every setting"
        [[claim.test]]
        value = "go{tree/build@7 go=gogcoff}.wall_ns / go{list/drop}.wall_ns"
        [[claim]]
        id = "X1"
        topic = "tree"
        says = "a case that no program has yet"
        [[claim.test]]
        value = "go{tree/burn}.wall_ns"
    "#;
    Claims::default().with("list", text).unwrap()
}

fn request(mode: Mode, only: &[&str]) -> Request {
    Request {
        mode,
        only: only.iter().map(|&word| word.to_owned()).collect(),
        ..Request::default()
    }
}

fn chosen(request: &Request) -> Vec<String> {
    let (cases, claims) = (cases(), claims());
    let choice = Choice {
        cases: &cases,
        claims: Some(&claims),
    };
    choice
        .queries(request)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn quick_takes_each_named_case_once_and_the_headline() {
    let names = chosen(&request(Mode::Quick, &[]));
    assert_eq!(names, ["list/grow", "tree/build", "cache/put"]);
}

#[test]
fn thorough_takes_the_settings_that_claims_name_and_growth_curves() {
    let names = chosen(&request(Mode::Thorough, &[]));
    for expected in [
        "list/grow",
        "list/grow rust=mimalloc",
        "tree/build@1000000 go=gogc400 cores=one",
        "cache/put@1000",
        "cache/put@10000000",
    ] {
        assert!(
            names.iter().any(|name| name == expected),
            "{names:?} lack {expected}"
        );
    }
}

#[test]
fn words_choose() {
    assert_eq!(
        chosen(&request(Mode::Quick, &["list"])),
        ["list/grow", "list/drop"]
    );
    assert_eq!(
        chosen(&request(Mode::Quick, &["list/drop", "cache"])),
        ["list/drop", "cache/put"]
    );
    assert_eq!(
        chosen(&request(Mode::Quick, &["f1"])),
        ["list/grow", "list/grow rust=mimalloc"]
    );
    assert_eq!(chosen(&request(Mode::Claims, &["claims"])).len(), 3);
}

#[test]
fn what_only_other_sources_name_is_measured_when_they_are_named() {
    let others = ["list/drop", "tree/build@7 go=gogcoff"];
    assert_eq!(chosen(&request(Mode::Outside, &["outside"])), others);
    assert_eq!(chosen(&request(Mode::Outside, &["o1"])), others);
    for (mode, only) in [
        (Mode::Quick, &[][..]),
        (Mode::Claims, &["claims"]),
        (Mode::Thorough, &[]),
        (Mode::Thorough, &["tree/build"]),
        (Mode::Load, &["load"]),
    ] {
        let names = chosen(&request(mode, only));
        let found: Vec<_> = others
            .iter()
            .filter(|o| names.contains(&(**o).to_owned()))
            .collect();
        assert!(found.is_empty(), "{mode} {only:?}: {found:?}");
    }
}

#[test]
fn settings_and_scale_replace_what_was_chosen() {
    let mut request = request(Mode::Quick, &["tree"]);
    request.settings = ["gogc400+mimalloc", "one"].map(str::to_owned).to_vec();
    request.scale = Some(7);
    assert_eq!(
        chosen(&request),
        [
            "tree/build@7 cores=one",
            "tree/build@7 go=gogc400 rust=mimalloc"
        ]
    );
}

#[test]
fn partitions_share_all_cases_and_keep_each_whole() {
    let of = |partition| {
        chosen(&Request {
            partition,
            ..request(Mode::Thorough, &[])
        })
    };
    let mut all: Vec<_> = (1..=3).flat_map(|share| of(Some([share, 3]))).collect();
    let mut whole = of(None);
    all.sort();
    whole.sort();
    assert_eq!(all, whole);
    assert!(
        of(Some([2, 3]))
            .iter()
            .all(|name| name.starts_with("tree/build"))
    );
}

#[test]
fn wrong_words_are_told_with_the_right_ones() {
    let (cases, claims) = (cases(), claims());
    let choice = Choice {
        cases: &cases,
        claims: Some(&claims),
    };
    let wrong = |request: &Request| choice.queries(request).unwrap_err().to_string();
    let nothing = wrong(&request(Mode::Quick, &["nothing"]));
    for expected in ["\"nothing\"", "list, tree, cache", "tree/build", "F1, F2"] {
        assert!(nothing.contains(expected), "{nothing}");
    }
    let settings = vec!["gogc7".to_owned()];
    let setting = wrong(&Request {
        settings,
        ..request(Mode::Quick, &[])
    });
    assert!(
        setting.contains("gogc50") && setting.contains("one, all"),
        "{setting}"
    );
    let partition = Some([4, 3]);
    assert!(
        wrong(&Request {
            partition,
            ..request(Mode::Quick, &[])
        })
        .contains("share 4 of 3")
    );
}
