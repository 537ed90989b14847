//! The words of the ledger: what became of a claim, what one test showed, and why something is not decided.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use lab_results::{layout::count, pilot::MAX_BLOCKS, result::Caution};

use crate::{figures::Missing, revision::When};

/// What became of a claim, on the machine that measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub enum Verdict {
    /// The figures lie within its bounds.
    Holds,
    /// The figure lies further from no effect than the claim says.
    Understated,
    /// The figure lies between no effect and what the claim says.
    Overstated,
    /// The figure lies on the other side of no effect.
    Reversed,
    /// It is not so, and neither "more" nor "less" describes it.
    False {
        /// Whether its parts miss in different ways.
        parts_differ: bool,
    },
    /// On what it depends.
    Depends(On),
    /// Why nothing can be said.
    Undecided(Reason),
    /// Figures that bind no other machine.
    Shown,
}

/// The words of verdicts, in the order in which the ledger counts them.
pub const WORDS: [&str; 8] = [
    "holds",
    "understated",
    "overstated",
    "reversed",
    "false",
    "depends",
    "undecided",
    "shown",
];

/// What one of [`WORDS`] means, in a sentence for a reader; empty for any other word.
pub fn meaning(word: &str) -> &'static str {
    match word {
        "holds" => "The whole interval of the figure lies within the bound, or the answer is yes.",
        "understated" => "There is more of it than the claim says.",
        "overstated" => "There is less of it than the claim says.",
        "reversed" => "The opposite is so.",
        "false" => "It is not so: the figure is another one, or the answer is no.",
        "depends" => "It holds in one case and not in another.",
        "undecided" => "The figures do not decide; the reason is given.",
        "shown" => "Figures without a verdict: they differ from machine to machine.",
        _ => "",
    }
}

/// How a test misses its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Miss {
    /// Further from no effect than the bound.
    Understated,
    /// Between no effect and the bound, or across no effect.
    Overstated,
    /// On the other side of no effect.
    Reversed,
    /// There is no direction: yes or no, a size, a time, a claim of no effect.
    False,
}

/// What one test showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is", content = "how")]
pub enum Outcome {
    /// The bound is kept.
    Met,
    /// The bound is missed.
    Violated(Miss),
    /// Why the test is not decided.
    Inconclusive(Reason),
}

/// On what a claim depends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// Wall and CPU time part.
    SpareCores,
    /// CPU time with and without idle-priority marking part.
    IdleMarking,
    /// Equal shares of capacity and equal rates part.
    Headroom,
    /// Sizes part.
    Size,
    /// What `claims.toml` names.
    Named(String),
    /// The states in which it is not so.
    NotIn(Vec<String>),
}

/// Why a test or a claim is not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The interval reaches over the bound.
    Noise {
        /// About how many blocks would decide it; none if more than are ever measured.
        blocks: Option<usize>,
    },
    /// There are too few blocks for an interval.
    FewBlocks {
        /// How many there are.
        blocks: usize,
        /// How many it takes.
        least: usize,
    },
    /// A figure is missing.
    Missing(Missing),
    /// Too many blocks carry the same caution.
    Caution(Caution),
    /// The machine decides and not the languages: what of it, in the words of `claims.toml`.
    Unfit(String),
    /// Whether the machine decides is not known.
    MaybeUnfit(String, Box<Reason>),
    /// The machine cannot test the claim, however long it measures: what it lacks.
    Lacks(String),
    /// A mean comes out otherwise without this one of its parts.
    RestsOn(String),
    /// Something that comes before the figure decides that nothing can be said, in the words of `claims.toml`.
    Before(String),
    /// All figures are older than the rule.
    Revised(When),
    /// A quick run leaves out what it would take.
    Quick,
    /// Nothing tests the claim.
    NoTest,
    /// A question of yes or no has no answer here: what was said instead.
    Unanswered(String),
}

impl Outcome {
    /// Whether it is not decided, for this reason or for any.
    pub fn is_open(&self, why: Option<&Reason>) -> bool {
        match self {
            Outcome::Inconclusive(own) => why.is_none_or(|why| why == own),
            _ => false,
        }
    }
}

impl Verdict {
    /// The verdict in one word, one of [`WORDS`].
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Understated => "understated",
            Verdict::Overstated => "overstated",
            Verdict::Reversed => "reversed",
            Verdict::False { .. } => "false",
            Verdict::Depends(_) => "depends",
            Verdict::Undecided(_) => "undecided",
            Verdict::Shown => "shown",
        }
    }

    /// On what it depends, why it is undecided, that parts differ; empty for all others.
    pub fn why(&self) -> String {
        match self {
            Verdict::Depends(on) => on.to_string(),
            Verdict::Undecided(why) => why.to_string(),
            Verdict::False { parts_differ: true } => "parts differ".to_owned(),
            _ => String::new(),
        }
    }

    /// Whether the claim was tested and does not hold.
    pub fn is_miss(&self) -> bool {
        use Verdict::{False, Overstated, Reversed, Understated};
        matches!(self, Understated | Overstated | Reversed | False { .. })
    }

    /// The verdict on a claim all of whose parts that count miss in these ways.
    pub fn of_misses(misses: &BTreeSet<Miss>) -> Self {
        let mut misses = misses.iter();
        match (misses.next(), misses.next()) {
            (Some(Miss::Understated), None) => Verdict::Understated,
            (Some(Miss::Overstated), None) => Verdict::Overstated,
            (Some(Miss::Reversed), None) => Verdict::Reversed,
            (_, other) => Verdict::False {
                parts_differ: other.is_some(),
            },
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.word(), self.why()) {
            (word, why) if why.is_empty() => f.write_str(word),
            (word, why) => write!(f, "{word} ({why})"),
        }
    }
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            On::SpareCores => f.write_str("spare cores"),
            On::IdleMarking => f.write_str("idle-time marking"),
            On::Headroom => f.write_str("headroom"),
            On::Size => f.write_str("size"),
            On::Named(what) => f.write_str(what),
            On::NotIn(states) => write!(f, "not {}", states.join(", ")),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Noise { blocks } => match blocks {
                Some(blocks) => write!(f, "noise: about {blocks} blocks would decide it"),
                None => write!(f, "noise: more than {MAX_BLOCKS} blocks would be needed"),
            },
            Reason::FewBlocks { blocks, least } => {
                let blocks = count(*blocks, "block");
                write!(f, "only {blocks}, it takes at least {least}")
            }
            Reason::Missing(what) => what.fmt(f),
            Reason::Caution(caution) => caution.fmt(f),
            Reason::Unfit(state) => write!(f, "machine: {state}"),
            Reason::MaybeUnfit(state, why) => write!(f, "machine: {state}? {why}"),
            Reason::Lacks(what) => f.write_str(what),
            Reason::RestsOn(part) => write!(f, "it rests on {part} alone"),
            Reason::Before(why) => f.write_str(why),
            Reason::Revised(_) => f.write_str("rule revised, not measured since"),
            Reason::Quick => f.write_str("quick"),
            Reason::NoTest => f.write_str("nothing tests it"),
            Reason::Unanswered(said) => f.write_str(said),
        }
    }
}

impl Reason {
    /// About how many blocks would decide it, where that is all that is missing.
    pub fn blocks(&self) -> Option<usize> {
        match self {
            Reason::Noise { blocks } => *blocks,
            _ => None,
        }
    }

    /// Whether measuring here, as much as is usual, takes it away.
    pub fn lacks_figures(&self) -> bool {
        match self {
            Reason::Missing(missing) => missing.is_curable(),
            Reason::MaybeUnfit(_, why) => why.lacks_figures(),
            Reason::FewBlocks { .. } | Reason::Revised(_) | Reason::Quick => true,
            _ => false,
        }
    }

    /// Whether no further measurement here takes it away.
    pub fn is_incurable(&self) -> bool {
        let is_of_machine = matches!(
            self,
            Reason::Unfit(_) | Reason::Lacks(_) | Reason::Before(_) | Reason::Unanswered(_)
        );
        is_of_machine || *self == Reason::Noise { blocks: None }
    }

    /// The reason as a part of a finding, for a reader who knows no word of the lab.
    pub fn plain(&self) -> String {
        match self {
            Reason::Noise { blocks: Some(_) } => {
                "the figure scatters across the bound, and more runs would decide".to_owned()
            }
            Reason::Noise { blocks: None } => {
                "the figure scatters too widely for any number of runs".to_owned()
            }
            Reason::FewBlocks { .. } => "too few runs for an interval".to_owned(),
            Reason::Missing(missing) => missing.plain(),
            Reason::Caution(caution) => caution.to_string(),
            Reason::Unfit(state) => format!("this machine decides it ({state})"),
            Reason::MaybeUnfit(state, _) => format!("this machine may decide it ({state}?)"),
            Reason::Lacks(what) => format!("this machine has too few {what}"),
            Reason::RestsOn(part) => format!("the mean rests on {part} alone"),
            Reason::Before(why) => match why.as_str() {
                "machine floor" => {
                    "on this machine even requests that do nothing are too uneven".to_owned()
                }
                "saturated" => "the server was overloaded".to_owned(),
                "generator late" => "the load generator fell behind".to_owned(),
                why => format!("this machine does not tell ({why})"),
            },
            Reason::Revised(when) => {
                format!(
                    "its rule was revised on {}, and not measured since",
                    when.day()
                )
            }
            Reason::Quick => "a quick run does not tell".to_owned(),
            Reason::NoTest => "nothing tests it".to_owned(),
            Reason::Unanswered(_) => "the tools that answer it are missing here".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_a_verdict_has_a_meaning_of_its_own() {
        let meanings: BTreeSet<&str> = WORDS.into_iter().map(meaning).collect();
        assert_eq!(meanings.len(), WORDS.len());
        assert!(meanings.iter().all(|meaning| meaning.ends_with('.')));
        assert_eq!(meaning("fails"), "");
    }
}
