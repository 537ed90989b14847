use lab_verify::trace::{Counts, Kind, Link, Moment, Object, Trace};

use super::*;
use crate::pair::{GO, RUST};

fn moment(states: &[(&str, State)], links: &[(&str, &str, Kind)]) -> Moment {
    let object = |&(id, state): &(&str, State)| Object {
        id: id.to_owned(),
        state,
    };
    let link = |&(from, to, kind): &(&str, &str, Kind)| Link {
        from: from.to_owned(),
        to: to.to_owned(),
        kind,
    };
    Moment {
        counts: Some(Counts {
            alive: states.len(),
            ..Counts::default()
        }),
        objects: states.iter().map(object).collect(),
        held: vec!["1".to_owned()],
        links: links.iter().map(link).collect(),
        ..Moment::default()
    }
}

fn scene_of(lines: Vec<(&str, Moment, Moment)>) -> Scene {
    let lines = (1..).zip(lines).map(|(number, (text, go, rust))| Line {
        line: number,
        text: Some(text.to_owned()),
        go,
        rust,
    });
    Scene {
        title: "A <child> is let go".to_owned(),
        path: "tests/scripts/x/scene-1.txt".to_owned(),
        is_contrast: false,
        trace: Trace {
            lines: lines.collect(),
            error: None,
        },
    }
}

/// Two nodes; the script releases the second.
fn scene() -> Scene {
    let both = [("1", State::Alive), ("2", State::Alive)];
    let links = [("1", "2", Kind::Strong), ("2", "1", Kind::Weak)];
    let made = moment(&both, &links);
    let go = moment(&[("1", State::Alive), ("2", State::Garbage)], &[]);
    let rust = moment(&[("1", State::Alive), ("2", State::Freed)], &[]);
    let nothing = Moment::default;
    scene_of(vec![
        ("# A title", nothing(), nothing()),
        ("chain 2", made.clone(), made),
        ("drop 2 # as Rust does at once", go, rust),
    ])
}

#[test]
fn it_opens_where_the_languages_part_and_says_how() {
    let scene = scene();
    assert_eq!(scene.parting(), Some(1));
    let shown = html("x", &[scene]).into_string();
    let open: Vec<&str> = shown.split("<div class=\"frame").skip(2).collect();
    assert!(
        open[0].starts_with('"') && open[1].starts_with(" on\""),
        "{shown}"
    );
    let says = "Go: 2 is garbage. Rust: 2 is freed. <b>Here the languages part.</b>";
    assert!(
        open[1].contains(says) && !open[0].contains("part."),
        "{shown}"
    );
    assert!(open[0].contains("Both: 1 and 2 are made."), "{shown}");
}

#[test]
fn values_keep_their_place_and_what_is_weak_is_dashed() {
    let scene = scene();
    assert_eq!(scene.ids(), [("1".to_owned(), 0), ("2".to_owned(), 1)]);
    let drawn = |step, side| drawing::html(&scene, None, scene.steps()[step], side).into_string();
    let (first, second) = (drawn(0, RUST), drawn(1, RUST));
    let place = |drawn: &str| {
        drawn
            .split("class=\"freed\"")
            .last()
            .map(|g| g.split(" width").next().unwrap().to_owned())
    };
    let at = place(&second)
        .unwrap()
        .split("<rect")
        .nth(1)
        .unwrap()
        .to_owned();
    assert!(first.contains(&at), "{at} is not in {first}");
    assert!(first.contains("link weak") && !second.contains("link weak"));
    assert!(drawn(0, GO).contains("<circle") && !first.contains("<circle"));
}

#[test]
fn what_a_script_says_stays_text() {
    let shown = html("x", &[scene()]).into_string();
    assert!(!shown.contains("<child>") && shown.contains("&lt;child&gt;"));
}

#[test]
fn figures_stand_where_no_values_are_told() {
    let side = |bytes| Moment {
        figures: [("bytes".to_owned(), bytes)].into(),
        ..Moment::default()
    };
    let scene = scene_of(vec![("request", side(1024), side(2048))]);
    let shown = html("x", &[scene]).into_string();
    assert!(shown.contains("<td>1024</td>") && shown.contains("<td>2048</td>"));
    assert!(shown.contains("Go: 1024 bytes. Rust: 2048 bytes. <b>Here the languages part.</b>"));
    assert!(!shown.contains("svg class=\"mem\"") && !shown.contains("unreachable"));
}
