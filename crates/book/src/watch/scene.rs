//! Scenes: kept scripts with what both programs tell behind each line.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Write as _,
};

use lab_verify::trace::{Line, Moment, State, Trace};
use serde::{Deserialize, Serialize};

use crate::pair::{GO, RUST};

/// A kept script, and what became of its values line by line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Scene {
    /// Its first comment.
    pub title: String,
    /// Its file, from the top folder.
    pub path: String,
    /// Whether the topic's contrast performs it.
    pub is_contrast: bool,
    /// The trace of both programs.
    pub trace: Trace,
}

/// A side behind a line.
pub fn side(line: &Line, side: usize) -> &Moment {
    if side == GO { &line.go } else { &line.rust }
}

/// The state of a value; none before it is made.
pub fn state(moment: &Moment, id: &str) -> Option<State> {
    let mut objects = moment.objects.iter();
    objects
        .find(|object| object.id == id)
        .map(|object| object.state)
}

/// How many values are in each state that there are values in; those in use always.
pub fn counts(moment: &Moment) -> Vec<(State, usize)> {
    let counts = moment.counts.unwrap_or_default();
    let all = [
        (State::Alive, counts.alive),
        (State::Garbage, counts.garbage),
        (State::Freed, counts.freed),
        (State::Leaked, counts.leaked),
    ];
    let is_there = |(state, count): &(State, usize)| *count > 0 || *state == State::Alive;
    all.into_iter().filter(is_there).collect()
}

/// A state as a reader calls it.
pub fn words(state: State) -> String {
    match state {
        State::Alive => "in use".to_owned(),
        other => other.to_string(),
    }
}

/// What the end of a script is called.
pub const END: &str = "the script ends";

/// The operation of a line without its comment, or what the end of the script is called.
pub fn operation(line: &Line) -> &str {
    let text = line.text.as_deref().unwrap_or(END);
    text.split('#').next().unwrap_or_default().trim()
}

impl Scene {
    /// Its lines that perform something, and its end.
    pub fn steps(&self) -> Vec<&Line> {
        let lines = self.trace.lines.iter();
        lines.filter(|line| !operation(line).is_empty()).collect()
    }

    /// Its lines, each with what both programs print for it; none where they print different things.
    pub fn printed(&self) -> Option<Vec<(&str, &[String])>> {
        let steps = self.steps();
        let is_same = |line: &&Line| line.go.output == line.rust.output;
        let is_said = |line: &&Line| line.text.is_some() || !line.go.output.is_empty();
        steps.iter().all(is_same).then(|| {
            let said = steps.into_iter().filter(is_said);
            said.map(|line| (operation(line), &line.go.output[..]))
                .collect()
        })
    }

    /// The step behind which a value is first in another state in the other language: there it opens.
    pub fn parting(&self) -> Option<usize> {
        self.steps().iter().position(|line| line.differs())
    }

    /// Whether its values are counted one by one.
    pub fn has_values(&self) -> bool {
        let mut lines = self.trace.lines.iter();
        lines.any(|line| line.go.counts.is_some())
    }

    /// Whether its trace says that values refer to each other or are held.
    pub fn has_links(&self) -> bool {
        let has_references = |side: &Moment| !side.links.is_empty() || !side.held.is_empty();
        let mut lines = self.trace.lines.iter();
        lines.any(|line| has_references(&line.go) || has_references(&line.rust))
    }

    /// All values in the order in which the script reaches them, each with its largest distance from the
    /// script.
    pub fn ids(&self) -> Vec<(String, usize)> {
        let mut found: Vec<(String, usize)> = Vec::new();
        for line in &self.trace.lines {
            for side in [&line.rust, &line.go] {
                let others = side.objects.iter().map(|object| (object.id.as_str(), 0));
                for (id, depth) in reach(side).into_iter().chain(others) {
                    match found.iter_mut().find(|(other, _)| other == id) {
                        Some((_, deepest)) => *deepest = depth.max(*deepest),
                        None => found.push((id.to_owned(), depth)),
                    }
                }
            }
        }
        found
    }
}

/// What the script reaches, each with its distance from the script.
fn reach(side: &Moment) -> Vec<(&str, usize)> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for link in &side.links {
        next.entry(&link.from).or_default().push(&link.to);
    }
    let mut rest: VecDeque<(&str, usize)> = side.held.iter().map(|id| (id.as_str(), 0)).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some((id, depth)) = rest.pop_front() {
        if seen.insert(id) {
            found.push((id, depth));
            let beyond = next.get(id).into_iter().flatten();
            rest.extend(beyond.map(|to| (*to, depth + 1)));
        }
    }
    found
}

/// What changed since the line before, in words.
pub fn what(line: &Line, before: Option<&Line>) -> String {
    let changed = |of| changes(line, before, of);
    match (changed(GO), changed(RUST)) {
        (go, rust) if go == rust && go.is_empty() => "Nothing changes.".to_owned(),
        (go, rust) if go == rust => format!("Both: {go}."),
        (go, rust) => {
            let said = |says: String| match says.as_str() {
                "" => "nothing changes".to_owned(),
                _ => says,
            };
            format!("Go: {}. Rust: {}.", said(go), said(rust))
        }
    }
}

fn changes(line: &Line, before: Option<&Line>, of: usize) -> String {
    let moment = side(line, of);
    if moment.counts.is_none() {
        let figures = moment.figures.iter();
        let figures = figures.map(|(name, value)| format!("{value} {name}"));
        return figures.collect::<Vec<_>>().join(", ");
    }
    let mut changed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for object in &side(line, of).objects {
        let was = before.and_then(|before| state(side(before, of), &object.id));
        if was != Some(object.state) {
            let word = match object.state {
                State::Alive => "made".to_owned(),
                other => words(other),
            };
            changed.entry(word).or_default().push(&object.id);
        }
    }
    let mut says = String::new();
    for (word, ids) in changed.into_iter().rev() {
        let (who, verb) = match ids[..] {
            [one] => (one.to_owned(), "is"),
            [one, two] => (format!("{one} and {two}"), "are"),
            [first, .., last] => (format!("{first} to {last}, {} values,", ids.len()), "are"),
            [] => continue,
        };
        let comma = if says.is_empty() { "" } else { ", " };
        let _ = write!(says, "{comma}{who} {verb} {word}");
    }
    says
}
