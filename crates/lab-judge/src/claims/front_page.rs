//! What the book's front page shows of a claim and of a pair: large figures, pictures, words.

use serde::{Deserialize, Serialize};

/// The place of a claim among the first findings, and what stands beside its sentence there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Front {
    /// Its place, from 1.
    pub place: usize,
    /// What a reader asks that it answers.
    pub asks: String,
    /// The large figure beside the sentence, named as in a finding. One claim of a place has one.
    pub figure: Option<String>,
    /// What the large figure is, in a few words.
    pub of: Option<String>,
    /// What is measured so far: a part of a sentence, for a claim that is undecided.
    pub so_far: Option<String>,
    /// The states of a ratio, sorted by their figures, in the place of the finding.
    pub sorted: Option<Sorted>,
    /// The picture beside the sentence.
    pub picture: Option<Picture>,
}

/// The states of a ratio in three groups: a sentence that follows its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sorted {
    /// How the sentence begins.
    pub begins: String,
    /// What stands before the states whose ratio is below 1.
    pub below: String,
    /// What stands before those that do not differ from 1.
    pub around: String,
    /// What stands before those above 1.
    pub above: String,
    /// The states.
    pub states: Vec<Named>,
}

/// A figure, named as in a finding, with what a reader calls it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The figure.
    pub figure: String,
    /// What it is called.
    pub says: String,
}

/// A small picture of a claim's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// What is drawn.
    pub kind: Kind,
    /// The figures; none where the claim's own are drawn.
    #[serde(default)]
    pub figures: Vec<Named>,
    /// What stands below: one sentence, or what the left and the right end mean.
    #[serde(default)]
    pub below: Vec<String>,
}

/// What a picture draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Figures on one scale, with the range in which the first one's claim would hold.
    Strip,
    /// The ratios of a mean, each a line, and the mean.
    Ratios,
    /// A bar for each figure, in the colour of its language.
    Bars,
    /// The first figure, a share, as a part of a whole; `below` says what the rest is.
    Part,
}

/// What the card of a pair shows: a figure of both languages that answers its question.
///
/// In its sentences `{times}` is how many times the larger figure is the smaller one, `{go}` and `{rust}` are the
/// figures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Go's quantity, a formula.
    pub go: String,
    /// Rust's quantity, a formula.
    pub rust: String,
    /// The unit of both.
    pub unit: String,
    /// The sentence where Go's is larger.
    pub more: String,
    /// The sentence where Rust's is larger.
    pub less: String,
    /// Why the one is larger, where a reader would not believe it.
    pub why: Option<String>,
}

impl Card {
    /// Go's quantity over Rust's, a formula.
    pub fn ratio(&self) -> String {
        format!("({}) / ({})", self.go, self.rust)
    }
}
