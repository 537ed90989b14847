use super::{
    scene::{Link, Told},
    *,
};
use crate::pair::{GO, RUST};

fn told(states: &[(&str, State)], links: &[(&str, &str, bool)]) -> Told {
    let link = |&(from, to, is_weak): &(&str, &str, bool)| Link {
        from: from.to_owned(),
        to: to.to_owned(),
        is_weak,
    };
    Told {
        objects: states
            .iter()
            .map(|(id, state)| ((*id).to_owned(), *state))
            .collect(),
        counts: vec![(State::Alive, states.len())],
        held: vec!["1".to_owned()],
        links: links.iter().map(link).collect(),
        ..Told::default()
    }
}

fn step(text: &str, go: Told, rust: Told) -> Step {
    let text = Some(text.to_owned());
    Step {
        text,
        sides: [go, rust],
    }
}

/// Two nodes, of which the script lets go of the second.
fn scene() -> Scene {
    let both = [("1", State::Alive), ("2", State::Alive)];
    let links = [("1", "2", false), ("2", "1", true)];
    let made = told(&both, &links);
    let go = told(&[("1", State::Alive), ("2", State::Garbage)], &[]);
    let rust = told(&[("1", State::Alive), ("2", State::Freed)], &[]);
    Scene {
        title: "A <child> is let go".to_owned(),
        path: "tests/scripts/x/scene.txt".to_owned(),
        steps: vec![
            step("chain 2", made.clone(), made),
            step("drop 2", go, rust),
        ],
    }
}

#[test]
fn it_opens_where_the_languages_part_and_says_how() {
    let scene = scene();
    assert_eq!(scene.parts(), 1);
    let shown = html("x", &[scene]).into_string();
    let open: Vec<&str> = shown.split("<div class=\"frame").skip(1).collect();
    assert!(
        open[0].starts_with("\"") && open[1].starts_with(" on\""),
        "{shown}"
    );
    let says = "Go: 2 is garbage. Rust: 2 is freed. Here the languages part.";
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
    let drawn = |step, side| drawing::html(&scene, None, &scene.steps[step], side).into_string();
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
    let side = |bytes| Told {
        figures: vec![("bytes".to_owned(), bytes)],
        ..Told::default()
    };
    let scene = Scene {
        steps: vec![step("request", side(1024), side(2048))],
        ..Scene::default()
    };
    let shown = html("x", &[scene]).into_string();
    assert!(
        shown.contains("<td>1024</td>")
            && shown.contains("<td>2048</td>")
            && !shown.contains("svg class=\"mem\"")
    );
}
