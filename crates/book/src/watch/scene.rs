//! Scenes: kept scripts with what both programs tell behind each line.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Write as _,
};

use crate::pair::{GO, RUST, SIDES};
use serde::{Deserialize, Serialize};

/// A kept script, and what became of its values line by line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scene {
    /// Its first comment.
    pub title: String,
    /// Its file, from the top folder.
    pub path: String,
    /// Its lines.
    pub steps: Vec<Step>,
}

/// A line of a script.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Step {
    /// The line as it stands there; none for the end of the script.
    pub text: Option<String>,
    /// What both programs told: Go's, Rust's.
    pub sides: [Told; 2],
}

/// What one program told behind a line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Told {
    /// The lines that it printed.
    pub output: Vec<String>,
    /// How many values are in each state.
    pub counts: Vec<(State, usize)>,
    /// The values and their states.
    pub objects: Vec<(String, State)>,
    /// What the script itself holds.
    pub held: Vec<String>,
    /// What values refer to.
    pub links: Vec<Link>,
    /// Counts and bytes by name, where values are not counted one by one.
    pub figures: Vec<(String, u64)>,
}

/// A value that refers to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    pub from: String,
    pub to: String,
    /// Whether it does not keep the other alive.
    pub is_weak: bool,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Alive,
    Garbage,
    Freed,
    Leaked,
}

impl State {
    /// Its class in the style.
    pub fn name(self) -> &'static str {
        match self {
            State::Alive => "alive",
            State::Garbage => "garbage",
            State::Freed => "freed",
            State::Leaked => "leaked",
        }
    }

    /// As a reader calls it.
    pub fn words(self) -> &'static str {
        match self {
            State::Alive => "in use",
            other => other.name(),
        }
    }
}

impl Scene {
    /// The step on which it opens: the first behind which a value is in another state in the other language.
    pub fn parts(&self) -> usize {
        let differs = |step: &Step| step.sides[GO].objects != step.sides[RUST].objects;
        let prints = |step: &Step| step.sides[GO].output != step.sides[RUST].output;
        let found = self.steps.iter().position(differs);
        let found = found.or_else(|| self.steps.iter().position(prints));
        found.unwrap_or(self.steps.len().saturating_sub(1))
    }

    /// Whether the languages part anywhere in it.
    pub fn does_part(&self) -> bool {
        let differs = |step: &Step| {
            let [go, rust] = &step.sides;
            go.objects != rust.objects || go.output != rust.output
        };
        self.steps.iter().any(differs)
    }

    /// Whether its values refer to each other, or are told to be held.
    pub fn has_links(&self) -> bool {
        let told = |side: &Told| !side.links.is_empty() || !side.held.is_empty();
        self.steps.iter().any(|step| step.sides.iter().any(told))
    }

    /// All values in the order in which the script reaches them, each with its distance from the script.
    pub fn ids(&self) -> Vec<(String, usize)> {
        let mut found: Vec<(String, usize)> = Vec::new();
        let mut seen = BTreeSet::new();
        for step in &self.steps {
            for side in &step.sides {
                let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
                for link in &side.links {
                    next.entry(&link.from).or_default().push(&link.to);
                }
                let held = side.held.iter().map(|id| (id.as_str(), 0));
                let mut rest: VecDeque<(&str, usize)> = held.collect();
                let mut here = BTreeSet::new();
                while let Some((id, depth)) = rest.pop_front() {
                    if !here.insert(id) {
                        continue;
                    }
                    if seen.insert(id.to_owned()) {
                        found.push((id.to_owned(), depth));
                    }
                    let beyond = next.get(id).into_iter().flatten();
                    rest.extend(beyond.map(|to| (*to, depth + 1)));
                }
                for (id, _) in &side.objects {
                    if seen.insert(id.clone()) {
                        found.push((id.clone(), 0));
                    }
                }
            }
        }
        found
    }
}

impl Step {
    /// The line, or what its end is called.
    pub fn line(&self) -> &str {
        self.text.as_deref().unwrap_or("the script ends")
    }

    /// What changed since the step before, in words.
    pub fn what(&self, before: Option<&Step>, does_part: bool) -> String {
        let [go, rust] = [GO, RUST].map(|side| self.changes(before, side));
        let mut what = match (go.as_str(), rust.as_str()) {
            ("", "") => String::new(),
            (go, rust) if go == rust => format!("Both: {go}."),
            (go, rust) => {
                let said = |says: &str| {
                    if says.is_empty() {
                        "nothing changes"
                    } else {
                        says
                    }
                    .to_owned()
                };
                format!("Go: {}. Rust: {}.", said(go), said(rust))
            }
        };
        if does_part {
            what += " Here the languages part.";
        }
        what.trim_start().to_owned()
    }

    fn changes(&self, before: Option<&Step>, side: usize) -> String {
        let mut changed: BTreeMap<State, Vec<&str>> = BTreeMap::new();
        for (id, state) in &self.sides[side].objects {
            let was = before.and_then(|before| before.sides[side].state(id));
            if was != Some(*state) {
                changed.entry(*state).or_default().push(id);
            }
        }
        let mut says = String::new();
        for (state, ids) in changed {
            let (first, last) = (ids[0], ids[ids.len() - 1]);
            let (who, verb) = match ids.len() {
                1 => (first.to_owned(), "is"),
                2 | 3 => (ids.join(" and "), "are"),
                count => (format!("{first} to {last} ({count} values)"), "are"),
            };
            let word = if state == State::Alive {
                "made"
            } else {
                state.words()
            };
            let comma = if says.is_empty() { "" } else { ", " };
            let _ = write!(says, "{comma}{who} {verb} {word}");
        }
        says
    }

    /// All states of a side, for who does not see them.
    pub fn states(&self, side: usize) -> String {
        let counts = &self.sides[side].counts;
        let said = counts.iter().filter(|(_, count)| *count > 0);
        let said: Vec<String> = said
            .map(|(state, count)| format!("{count} {}", state.words()))
            .collect();
        match said.join(", ") {
            said if said.is_empty() => format!("no values in {}", SIDES[side].2),
            said => said,
        }
    }
}

impl Told {
    /// The state of a value; none before it is made.
    pub fn state(&self, id: &str) -> Option<State> {
        let mut objects = self.objects.iter();
        objects
            .find(|(name, _)| name == id)
            .map(|(_, state)| *state)
    }
}
