//! Questions of yes or no, and who answers them: programs and compilers, or what they answered before.

use anyhow::Result;
use serde::Deserialize;

/// Whether it is so, unless that cannot be told, and what was seen.
pub type Answer = (Option<bool>, String);

/// Who answers questions of yes or no.
pub trait Evidence {
    /// Whether it is so, unless that cannot be told, and what was seen.
    fn answer(&self, question: &Question) -> Result<Answer>;
}

/// A question of yes or no.
#[derive(Debug, Clone)]
pub enum Question {
    /// Whether programs tell a fact so.
    Fact(Fact),
    /// Whether a program ends a script so.
    Replay(Replay),
    /// Whether the tools confirm the kept answer of a mistake's fixture, by its path from the top folder.
    Mistake(String),
    /// What a check finds that the lab itself performs, by its name.
    Check(String),
}

/// A fact that `contrast` tells, and the values that bear the claim out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The topic whose programs tell it.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// Go's value, if the claim is about Go.
    pub go: Option<String>,
    /// Rust's value, if the claim is about Rust.
    pub rust: Option<String>,
}

/// A script, and what it prints where the claim is borne out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The topic whose program performs it.
    pub topic: String,
    /// `go` or `rust`.
    pub side: String,
    /// The script's lines.
    pub script: String,
    /// The last line that it has to print.
    pub last: String,
}
