use super::*;

#[test]
fn a_server_is_told_its_objects_and_what_a_request_touches() {
    let arguments = Scenario::parse("load_64k_pooled").unwrap().arguments(7);
    let expected = "--workers 4 --live-objects 7 --payload 65536 --pooled";
    assert!(arguments.join(" ").ends_with(expected), "{arguments:?}");
}

#[test]
fn a_mixed_server_is_told_how_many_requests_it_keeps() {
    let mixed = Scenario::parse("load_mixed").unwrap();
    let arguments = mixed.arguments(0).join(" ");
    assert!(arguments.ends_with(" --mixed 1000000"), "{arguments}");
    assert_eq!(mixed.plain(), Scenario::default());
}

#[test]
fn a_name_says_in_what_a_point_differs() {
    type Change = fn(&mut Scenario);
    let differs: [(&str, Change); 11] = [
        ("load", |_| ()),
        ("load_75", |point| point.pace = Pace::Own(75)),
        ("load_even", |point| point.pace = Pace::Even(50)),
        ("load_even75_1k", |point| {
            point.pace = Pace::Even(75);
            point.payload = 1 << 10;
        }),
        ("load_64k", |point| point.payload = 64 << 10),
        ("load_pooled", |point| point.buffers = Buffers::Pooled),
        ("load_attacked", |point| point.attacked = true),
        ("load_1w", |point| point.workers = 1),
        ("load_25_100c_poisson", |point| {
            point.pace = Pace::Own(25);
            point.connections = 100;
            point.poisson = true;
        }),
        ("load_pooled_soak", |point| {
            point.buffers = Buffers::Pooled;
            point.purpose = Purpose::Soak;
        }),
        (
            "load_800rps_100b_uncleared_1c_2w_poisson_shared_attacked_watched",
            |point| {
                *point = Scenario {
                    pace: Pace::Fixed(800),
                    payload: 100,
                    buffers: Buffers::Uncleared,
                    connections: 1,
                    workers: 2,
                    poisson: true,
                    shared: true,
                    attacked: true,
                    purpose: Purpose::Watch,
                };
            },
        ),
    ];
    for (name, change) in differs {
        let mut expected = Scenario::default();
        change(&mut expected);
        assert_eq!(Scenario::parse(name).unwrap(), expected, "{name}");
        assert_eq!(expected.to_string(), name);
    }
}

#[test]
fn what_is_no_point_is_refused() {
    for name in [
        "",
        "request",
        "loads",
        "load_",
        "load_101",
        "load_0",
        "load_0rps",
        "load_fast",
        "load_65m",
        "load_64x",
        "load_pooled_75",
        "load_50",
        "load_0w",
        "load_4w",
        "load_even50",
        "load_even101",
        "load_even64k",
        "load_1m",
        "load_25_75",
        "load_0c",
        "load_32c",
        "load_20001c",
        "load_even100c",
        "load_soak_watched",
    ] {
        assert!(Scenario::parse(name).is_err(), "{name}");
    }
}

#[test]
fn each_word_is_known_and_a_misspelt_one_is_told_with_the_right_one() {
    for word in WORDS {
        assert!(Scenario::parse(&format!("load_{word}")).is_ok(), "{word}");
    }
    let why = Scenario::parse("load_poold").unwrap_err().to_string();
    assert!(why.contains("did you mean \"pooled\"?"), "{why}");
}
