//! What became of a claim, whole: the terminal, the exports and the book all show this.

use serde::{Deserialize, Serialize};

use lab_results::{
    evidence::Question,
    quantity,
    result::{Mode, ResultFile},
};
use lab_workspace::language::Language;

use crate::{
    ablation::Experiment,
    claims::{Clock, Front},
    figures::Figure,
    resident_memory::Reading,
    revision::{self, Revision, When},
    verdict::{Outcome, Verdict},
    verdict_rule::Bound,
};

/// A claim with its verdict and all that led to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The claim's id.
    pub id: String,
    /// The topic it belongs to.
    pub topic: String,
    /// What is said.
    pub says: String,
    /// Who says so; the article if nobody is named.
    pub source: Option<String>,
    /// The figure that the source gives.
    pub said: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in one plain sentence with its figure.
    pub finding: String,
    /// The language ahead in the measured figure.
    pub ahead: Option<Language>,
    /// What a reader asks that it answers, and its place, if it is one of the first findings.
    pub front: Option<Front>,
    /// Its tests with what they found; one that is made by two clocks stands here twice.
    pub tests: Vec<Tested>,
    /// The figures beside the verdict.
    pub shown: Vec<Tested>,
    /// Its figures with a side's second run in the place of its first, over themselves.
    pub control: Vec<NamedFigure>,
    /// Its figures under other settings.
    pub settings: Vec<UnderSetting>,
    /// The experiments that take a supposed cause away.
    pub ablations: Vec<Experiment>,
    /// What to keep in mind.
    pub caveats: Vec<String>,
    /// What a supporter of the other side would answer.
    pub counter_argument: Option<CounterArgument>,
    /// Resident memory of its cases, where it is about memory.
    pub memory: Vec<Reading>,
    /// The commands that measure and judge it again.
    pub reproduce: Vec<String>,
    /// Where and when its figures were measured.
    pub measured: Vec<Measured>,
    /// When its bounds and tests were fixed.
    pub fixed: Option<When>,
    /// How its rule changed after a first figure was known.
    pub revised: Vec<Revision>,
    /// Whether an answer was seen before its bound was fixed.
    #[serde(default)]
    pub guard: bool,
}

/// The label of a guard in a few words, and what it means.
pub const GUARD: [&str; 2] = [
    "a guard, not a prediction",
    "the answer was seen before the bound was fixed: a guard against a step back, not a prediction",
];

/// One test with what it found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The state it stands for; empty if there is one only.
    pub state: String,
    /// When it was fixed, where that was later than the claim.
    pub fixed: Option<When>,
    /// What is to be said of the figure: of which other size it is, or which parts are missing.
    pub note: String,
    /// The clock, where the test is made by two.
    pub clock: Option<Clock>,
    /// What the test asks.
    #[serde(rename = "asked")]
    pub question: TestQuestion,
    /// Whether the answer yes speaks against the claim.
    pub refutes: bool,
    /// Languages of the figure; none for a question of yes or no.
    #[serde(rename = "whose")]
    pub languages: Option<FigureLanguages>,
    /// The unit of the figure.
    pub unit: String,
    /// The figure; none for a question of yes or no.
    pub figure: Option<Figure>,
    /// What was seen, for a question of yes or no.
    pub seen: Option<String>,
    /// What the programs and compilers here say, where that differs from what was recorded.
    pub here: Option<String>,
    /// What the figure has to be.
    pub bound: Bound,
    /// Whether it is so.
    pub outcome: Outcome,
}

/// What a test asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestQuestion {
    /// A quantity, as a formula.
    Value(String),
    /// The geometric mean of ratios.
    Mean(Vec<String>),
    /// The lowest of the claim's ratios.
    Lowest,
    /// A question of yes or no.
    Question(Question),
}

/// Languages whose runs make a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureLanguages {
    /// Go's alone.
    Go,
    /// Rust's alone.
    Rust,
    /// Go's, divided by Rust's.
    GoOverRust,
    /// Rust's, divided by Go's.
    RustOverGo,
    /// Both, in another way.
    Both,
}

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedFigure {
    /// The state and the clock it stands for; empty if there is one only.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The figure.
    pub figure: Figure,
}

/// The figures of a claim under a setting that it does not ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnderSetting {
    /// What is set.
    pub setting: String,
    /// The figures.
    pub figures: Vec<NamedFigure>,
}

/// What the other camp would answer, and what tests that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CounterArgument {
    /// The answer.
    pub says: String,
    /// The figure or the fact that tests it.
    pub tested: Option<Tested>,
    /// What would become of the claim under the setting that it names.
    pub elsewhere: Option<String>,
}

/// A run from which figures come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// The day on which it began.
    pub day: String,
    /// The machine, in a few words.
    pub machine: String,
    /// The kind of run.
    pub mode: Mode,
    /// The command that makes it again.
    pub command: String,
    /// Whether all of it was measured.
    pub is_whole: bool,
    /// Whether it is the reference, since nothing of the user's own fits.
    pub is_reference: bool,
}

impl Judgement {
    /// Whether the article says so, and not another source.
    pub fn is_the_articles(&self) -> bool {
        self.source.is_none()
    }

    /// Who says so.
    pub fn source(&self) -> &str {
        self.source.as_deref().unwrap_or("the article")
    }
}

impl Tested {
    /// The state and the clock in one word or two; empty if there is one only.
    pub fn name(&self) -> String {
        name(&self.state, self.clock)
    }

    /// What was found, in words; nothing where nothing was measured.
    pub fn result_text(&self) -> Option<String> {
        match (&self.figure, &self.seen) {
            (Some(Figure::Missing(_)), _) | (None, None) => None,
            (Some(figure), _) => {
                let name = self.name() + &self.note;
                let figure = figure_text(figure, &self.unit);
                Some(format!("{name} {figure}").trim().to_owned())
            }
            (None, Some(seen)) => Some(match &self.here {
                Some(here) => format!(
                    "{} (your toolchain: {})",
                    self.for_people(seen),
                    self.for_people(here)
                ),
                None => self.for_people(seen),
            }),
        }
    }

    /// What was seen, for a question of yes or no, as people read it.
    pub fn seen_text(&self) -> Option<String> {
        Some(self.for_people(self.seen.as_ref()?))
    }

    /// An answer with commas between thousands; a script and what it printed stay as they are.
    fn for_people(&self, answer: &str) -> String {
        match self.question {
            TestQuestion::Question(Question::Replay(_)) => answer.to_owned(),
            _ => quantity::with_commas(answer),
        }
    }

    /// What was found, or what is missing.
    pub fn describe(&self) -> String {
        match (&self.figure, self.result_text()) {
            (Some(Figure::Missing(what)), None) => what.to_string(),
            (_, said) => said.unwrap_or_else(|| "not measured".to_owned()),
        }
    }

    /// What its figure has to be, in words; empty if nothing binds it.
    pub fn bound_text(&self) -> String {
        let value = |value| quantity::plain(value, &self.unit);
        match (self.bound.least, self.bound.most) {
            (Some(least), Some(most)) => format!("{} to {}", value(least), value(most)),
            (Some(least), None) => format!("above {}", value(least)),
            (None, Some(most)) => format!("at most {}", value(most)),
            (None, None) => String::new(),
        }
    }

    /// What is asked, as a formula or a question.
    pub fn question_text(&self) -> String {
        let what = self.question.text();
        if self.refutes {
            format!("{what} (yes speaks against the claim)")
        } else {
            what
        }
    }
}

impl TestQuestion {
    fn text(&self) -> String {
        match self {
            TestQuestion::Value(formula) => formula.clone(),
            TestQuestion::Mean(ratios) => format!(
                "the geometric mean of {} ratios, also without any one: {}",
                ratios.len(),
                ratios.join(", ")
            ),
            TestQuestion::Lowest => "the lowest of the claim's ratios, in CPU time".to_owned(),
            TestQuestion::Question(Question::Fact(fact)) => {
                format!("the fact \"{}\" of {}", fact.name, fact.topic)
            }
            TestQuestion::Question(Question::Replay(replay)) => format!(
                "{}'s {} replays: {}",
                replay.side,
                replay.topic,
                replay.script.replace('\n', ", ")
            ),
            TestQuestion::Question(Question::Mistake(path)) => {
                format!("what the tools answer to {path}")
            }
            TestQuestion::Question(Question::Check(name)) => format!("the check {name}"),
        }
    }
}

impl FigureLanguages {
    /// In words, before a figure.
    pub fn label(self) -> &'static str {
        match self {
            FigureLanguages::Go => "Go",
            FigureLanguages::Rust => "Rust",
            FigureLanguages::GoOverRust => "Go ÷ Rust",
            FigureLanguages::RustOverGo => "Rust ÷ Go",
            FigureLanguages::Both => "Go and Rust",
        }
    }
}

impl NamedFigure {
    /// In words; nothing where nothing was measured.
    pub fn text(&self) -> Option<String> {
        let is_missing = matches!(self.figure, Figure::Missing(_));
        let text = format!("{} {}", self.name, figure_text(&self.figure, &self.unit));
        (!is_missing).then(|| text.trim().to_owned())
    }
}

impl Measured {
    /// A run in the words of a ledger.
    pub fn from_file(file: &ResultFile, is_reference: bool) -> Self {
        let machine = &file.machine;
        Measured {
            day: revision::day(file.began),
            machine: machine.processor(),
            mode: file.request.mode,
            command: file.command.clone(),
            is_whole: file.complete,
            is_reference,
        }
    }
}

impl Measured {
    /// Day, machine and kind of the run, in words.
    pub fn text(&self) -> String {
        let whose = if self.is_reference {
            "the reference, "
        } else {
            ""
        };
        let stopped = if self.is_whole {
            ""
        } else {
            ", stopped before its end"
        };
        format!(
            "{whose}{}, {} ({}{stopped})",
            self.day, self.machine, self.mode
        )
    }
}

/// The name of a figure: its state and its clock.
pub(crate) fn name(state: &str, clock: Option<Clock>) -> String {
    match clock.map(Clock::label) {
        Some(clock) if state.is_empty() => clock.to_owned(),
        Some(clock) => format!("{state}, {clock}"),
        None => state.to_owned(),
    }
}

/// A figure with its unit and interval.
pub fn figure_text(figure: &Figure, unit: &str) -> String {
    match figure {
        Figure::Known(e) => quantity::with_interval(e.value, e.low, e.high, unit),
        Figure::Rough { value, .. } => format!("about {}", quantity::plain(*value, unit)),
        Figure::Missing(what) => what.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn tested(question: &Value, seen: &str) -> Tested {
        let tested = json!({
            "state": "", "note": "", "clock": null, "asked": { "question": question }, "refutes": false,
            "whose": null, "unit": "", "figure": null, "seen": seen, "here": "1200 B",
            "bound": { "least": null, "most": null, "neutral": null }, "outcome": { "is": "met" },
        });
        serde_json::from_value(tested).unwrap()
    }

    #[test]
    fn an_answer_has_commas_for_people_and_none_in_a_script() {
        let check = tested(&json!({ "check": "x" }), "14288 B of 1000 runs");
        let said = "14,288 B of 1,000 runs (your toolchain: 1,200 B)";
        assert_eq!(check.result_text().as_deref(), Some(said));
        assert_eq!(check.seen_text().as_deref(), Some("14,288 B of 1,000 runs"));
        assert_eq!(check.seen.as_deref(), Some("14288 B of 1000 runs"));
        let replay = json!({ "replay": { "topic": "leaks", "side": "go", "script": "add a 1000", "last": "1000" } });
        let replay = tested(&replay, "add a 1000: 1000 alive");
        assert_eq!(replay.seen_text(), replay.seen);
    }
}
