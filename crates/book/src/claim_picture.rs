//! The small picture of a claim: its figures against their bound, and its answers of yes or no.

use lab_judge::{
    judgement::{TestQuestion, Tested},
    verdict::Outcome,
};
use lab_results::{evidence::Question, layout};
use maud::{Markup, html};

use crate::{interval_strip, verdicts::Judged};

/// The longest answer, in characters.
const LONGEST: usize = 100;

/// How to read the pictures.
pub const LEGEND: &str = "Circle: Go. Square: Rust. Diamond: one divided by the other. Line: 95 % interval. \
    Hollow: too few blocks for an interval. Grey band: where the claim would hold, fixed before the figure was known.";

/// The picture; empty where nothing was measured or asked.
pub fn html(claim: &Judged) -> Markup {
    let is_answer = |tested: &&Tested| matches!(tested.question, TestQuestion::Question(_));
    let answers: Vec<&Tested> = claim.tests.iter().filter(is_answer).collect();
    html! {
        @if let Some(strip) = interval_strip::of_judgement(claim) { (strip) }
        @if !answers.is_empty() {
            ul.facts-seen { @for tested in answers { (answer(tested)) } }
        }
    }
}

/// One answer: whether it is as the claim has it, and what was seen.
fn answer(tested: &Tested) -> Markup {
    let (class, sign, word) = match tested.outcome {
        Outcome::Met => ("as-said", "✓", "as said: "),
        Outcome::Violated(_) => ("not-so", "✕", "not as said: "),
        Outcome::Inconclusive(_) => ("open", "?", "not known: "),
    };
    html! {
        li class=(class) {
            span aria-hidden="true" { (sign) }
            span { span.vh { (word) } (label(tested)) }
        }
    }
}

/// The state that an answer stands for, or what was seen.
fn label(tested: &Tested) -> String {
    if !tested.state.is_empty() {
        return tested.state.clone();
    }
    let seen = tested.seen_text().unwrap_or_default();
    let text = match &tested.question {
        // The lines of the script stand before what it printed.
        TestQuestion::Question(Question::Replay(_)) => {
            seen.rsplit_once(": ").map_or(&*seen, |(_, last)| last)
        }
        _ => &seen,
    };
    layout::cut(text, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tested(state: &str, question: &serde_json::Value, seen: &str) -> Tested {
        let tested = json!({
            "state": state, "note": "", "clock": null, "asked": { "question": question }, "refutes": false,
            "whose": null, "unit": "", "figure": null, "seen": seen, "here": null,
            "bound": { "least": null, "most": null, "neutral": null }, "outcome": { "is": "violated", "how": "false" },
        });
        serde_json::from_value(tested).unwrap()
    }

    #[test]
    fn an_answer_shows_its_state_or_what_was_seen_without_the_script() {
        let replay = json!({ "replay": { "topic": "leaks", "side": "go", "script": "alive", "last": "2 alive" } });
        let check = json!({ "check": "sharing-prints-twice" });
        let seen = "add a 1000, alive: 2 alive";
        assert_eq!(label(&tested("", &replay, seen)), "2 alive");
        assert_eq!(label(&tested("map", &replay, seen)), "map");
        let shown = label(&tested("", &check, "of 1000 runs 48"));
        assert_eq!(shown, "of 1,000 runs 48");
        let long = label(&tested("", &check, &"word ".repeat(50)));
        assert!(
            long.chars().count() <= LONGEST && long.ends_with('…'),
            "{long}"
        );
    }

    #[test]
    fn an_answer_says_in_words_whether_the_claim_has_it_so() {
        let check = json!({ "check": "sharing-prints-twice" });
        let shown = answer(&tested("", &check, "<48>")).into_string();
        assert!(shown.contains("not as said: </span>&lt;48&gt;"), "{shown}");
    }
}
