use serde_json::{Value, json};

use super::*;
use crate::verdicts::Judged;

/// A test with a ratio and its interval.
fn ratio(state: &str, value: f64, low: f64, high: f64) -> Value {
    json!({
        "state": state, "note": "", "clock": null, "asked": { "value": "x" }, "refutes": false,
        "whose": "go_over_rust", "unit": "ratio",
        "figure": { "known": { "value": value, "low": low, "high": high, "count": 9 } },
        "seen": null, "here": null,
        "bound": { "least": 1.25, "most": null, "neutral": 1.0 }, "outcome": { "is": "met" },
    })
}

/// A claim that stands at the first place.
fn claim(verdict: &Value, finding: &str, front: &Value, tests: &[Value]) -> Judged {
    let judgement = json!({
        "id": "X1", "topic": "x", "says": "Go takes more.", "source": null, "said": "twice",
        "verdict": verdict, "finding": finding, "ahead": null, "front": front,
        "tests": tests, "shown": [], "control": [], "settings": [], "ablations": [], "caveats": [],
        "counter_argument": null, "memory": [], "reproduce": [], "measured": [], "revised": [],
    });
    Judged {
        judgement: serde_json::from_value(judgement).unwrap(),
        page: "x.html".to_owned(),
    }
}

fn findings(claim: Judged) -> String {
    findings::html(&[claim]).into_string()
}

fn memory(states: &[Value]) -> String {
    let front = json!({
        "place": 1, "asks": "Does Go take more?", "of": "Go's over Rust's",
        "sorted": {
            "begins": "Go's is", "below": "less for", "around": "the same for", "above": "more for",
            "states": [{ "figure": "a", "says": "lists" }, { "figure": "b", "says": "trees" }, { "figure": "c", "says": "servers" }],
        },
    });
    let depends = json!({ "is": "depends", "why": "size" });
    findings(claim(&depends, "It depends on size: 0.5×", &front, states))
}

#[test]
fn states_of_a_ratio_go_where_their_figures_are() {
    let shown = memory(&[
        ratio("a", 0.6, 0.5, 0.7),
        ratio("b", 1.01, 0.9, 1.1),
        ratio("c", 9.0, 8.0, 10.0),
    ]);
    let sentence = "<b>It depends on size:</b> Go's is less for lists (0.6×); the same for trees (1.01×); more for servers (9×).";
    assert!(shown.contains(sentence), "{shown}");
    assert!(shown.contains("<b>0.6–9×</b>"), "{shown}");
    // The other way round, and one of them not measured.
    let shown = memory(&[ratio("a", 3.0, 2.0, 4.0), ratio("b", 2.0, 1.5, 2.5)]);
    assert!(
        shown.contains("Go's is more for lists (3×) and trees (2×)."),
        "{shown}"
    );
    assert!(shown.contains("<b>2–3×</b>"), "{shown}");
}

#[test]
fn what_is_undecided_says_why_and_what_is_measured_so_far() {
    let front = json!({
        "place": 1, "asks": "Is it so?", "figure": "figure|change", "of": "of the time",
        "so_far": "Go takes {figure} as long",
    });
    let tests = [ratio("", 0.25, 0.2, 0.3)];
    let quick = json!({ "is": "undecided", "why": "quick" });
    let open = findings(claim(
        &quick,
        "Undecided: a quick run does not tell",
        &front,
        &tests,
    ));
    let sentence =
        "<b>Undecided:</b> a quick run does not tell. Measured so far: Go takes 0.25× as long.";
    assert!(open.contains(sentence), "{open}");
    assert!(
        open.contains("<b>−75 %</b><small>−80 to −70</small>"),
        "{open}"
    );
    assert!(open.contains("of the time, measured so far"), "{open}");
    let holds = json!({ "is": "holds" });
    let decided = findings(claim(&holds, "Yes: it is so", &front, &tests));
    assert!(decided.contains("<b>Yes:</b> it is so."), "{decided}");
    assert!(!decided.contains("so far"), "{decided}");
    // Without figures there is none, and the page says so.
    let nothing = findings(claim(&quick, "Undecided: not measured here", &front, &[]));
    assert!(
        nothing.contains("<small>not measured yet</small>"),
        "{nothing}"
    );
    assert!(!nothing.contains("so far"), "{nothing}");
}

#[test]
fn a_strip_names_its_figures_and_what_was_said() {
    let front = json!({
        "place": 1, "asks": "Is it so?", "figure": "a", "of": "of it", "so_far": "{a}",
        "picture": { "kind": "strip", "figures": [{ "figure": "a", "says": "lists" }, { "figure": "b", "says": "" }] },
    });
    let tests = [ratio("a", 3.0, 2.0, 4.0), ratio("b", 5.0, 4.0, 6.0)];
    let shown = findings(claim(&json!({ "is": "holds" }), "Yes: so", &front, &tests));
    let label = "aria-label=\"lists 3×; b 5×. The claim holds if each is above 1.25×.\"";
    assert!(shown.contains(label), "{shown}");
    assert!(
        shown.contains(">lists 3×</span>") && shown.contains(">said: twice</span>"),
        "{shown}"
    );
    assert!(!shown.contains(">b 5×</span>"), "{shown}");
}

#[test]
fn numbers_begin_a_sentence_as_words() {
    assert_eq!(counted(1, "pair"), "One pair");
    assert_eq!(counted(12, "pair"), "Twelve pairs");
    assert_eq!(counted(13, "pair"), "13 pairs");
}
