use super::*;

#[test]
fn a_server_is_told_its_objects_and_what_a_request_touches() {
    let arguments = Point::parse("load_64k_pooled").unwrap().arguments(7);
    let expected = "--live-objects 7 --payload 65536 --pooled";
    assert!(arguments.join(" ").ends_with(expected), "{arguments:?}");
}

#[test]
fn a_mixed_server_is_told_how_many_requests_it_keeps() {
    let mixed = Point::parse("load_mixed").unwrap();
    let arguments = mixed.arguments(0).join(" ");
    assert!(arguments.ends_with(" --mixed 1000000"), "{arguments}");
    assert_eq!(mixed.plain(), Point::default());
}

#[test]
fn a_name_says_in_what_a_point_differs() {
    let main = Point::default();
    for (name, expected) in [
        ("load", main),
        (
            "load_75",
            Point {
                pace: Pace::Own(75),
                ..main
            },
        ),
        (
            "load_even",
            Point {
                pace: Pace::Even(50),
                ..main
            },
        ),
        (
            "load_even75_1k",
            Point {
                pace: Pace::Even(75),
                payload: 1 << 10,
                ..main
            },
        ),
        (
            "load_64k",
            Point {
                payload: 64 << 10,
                ..main
            },
        ),
        (
            "load_pooled",
            Point {
                buffers: Buffers::Pooled,
                ..main
            },
        ),
        (
            "load_attacked",
            Point {
                attacked: true,
                ..main
            },
        ),
        (
            "load_25_100c_poisson",
            Point {
                pace: Pace::Own(25),
                connections: 100,
                poisson: true,
                ..main
            },
        ),
        (
            "load_pooled_soak",
            Point {
                buffers: Buffers::Pooled,
                purpose: Purpose::Soak,
                ..main
            },
        ),
        (
            "load_800rps_100b_uncleared_1c_poisson_shared_attacked_watched",
            Point {
                pace: Pace::Fixed(800),
                payload: 100,
                buffers: Buffers::Uncleared,
                connections: 1,
                poisson: true,
                shared: true,
                attacked: true,
                purpose: Purpose::Watch,
            },
        ),
    ] {
        assert_eq!(Point::parse(name).unwrap(), expected, "{name}");
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
        assert!(Point::parse(name).is_err(), "{name}");
    }
}

#[test]
fn each_word_is_known_and_a_misspelt_one_is_told_with_the_right_one() {
    for word in WORDS {
        assert!(Point::parse(&format!("load_{word}")).is_ok(), "{word}");
    }
    let why = Point::parse("load_poold").unwrap_err().to_string();
    assert!(why.contains("did you mean \"pooled\"?"), "{why}");
}
