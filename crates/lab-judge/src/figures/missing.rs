//! Why a figure is missing.

use std::fmt;

use serde::{Deserialize, Serialize};

use lab_results::{query::Query, result::SkipReason};

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nobody measured it.
    NotMeasured(Box<Query>),
    /// The run that should have measured it did not.
    Skipped {
        /// Of what kind the reason is.
        reason: SkipReason,
        /// What was to be measured.
        query: Box<Query>,
    },
    /// The blocks lack a figure that it is made of.
    NoFigure,
    /// In some blocks it is no number.
    NoNumber {
        /// In how many.
        blocks: usize,
        /// Of how many.
        of: usize,
        /// Whether it has a logarithm as soon as it is above zero.
        is_ratio: bool,
    },
    /// No block has all of it, since it is made of several measurements.
    SeveralMeasurements,
    /// It is of a form of which no interval can be made.
    NoInterval,
    /// Some blocks lack a figure that it is made of.
    InSomeBlocks {
        /// How many.
        blocks: usize,
        /// Of how many.
        of: usize,
    },
    /// Requests met too few stalls to compare them.
    TooFewStalls {
        /// How many requests of either kind met, at most.
        met: usize,
        /// How many it takes.
        needed: usize,
    },
}

impl Missing {
    /// Whether a measurement here would have it.
    pub fn is_curable(&self) -> bool {
        match self {
            Missing::NotMeasured(_) | Missing::NoFigure | Missing::InSomeBlocks { .. } => true,
            Missing::Skipped { reason, .. } => *reason == SkipReason::Budget,
            _ => false,
        }
    }

    /// The same as a part of a finding, for a reader who knows no word of the lab.
    pub fn plain(&self) -> String {
        match self {
            Missing::NotMeasured(_) => "not measured here".to_owned(),
            Missing::Skipped { reason, .. } => format!("not measured here ({reason})"),
            Missing::NoFigure => "the runs here lack its figure".to_owned(),
            Missing::NoNumber { blocks, of, .. } => {
                format!("in {blocks} of {of} runs there was nothing to compare")
            }
            Missing::SeveralMeasurements => "its runs do not belong together".to_owned(),
            Missing::NoInterval => "no interval can be made of it".to_owned(),
            Missing::InSomeBlocks { blocks, of } => {
                format!("{blocks} of {of} runs lack its figure")
            }
            Missing::TooFewStalls { .. } => "too few slow requests to compare".to_owned(),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Missing::NotMeasured(query) => write!(f, "{query} is not measured"),
            Missing::Skipped { reason, query } => write!(f, "{reason}: {query}"),
            Missing::NoFigure => f.write_str("a figure is missing in the blocks"),
            Missing::NoNumber {
                blocks,
                of,
                is_ratio,
            } => {
                let what = if *is_ratio {
                    "zero or less, and no ratio"
                } else {
                    "no number"
                };
                write!(f, "in {blocks} of {of} blocks it is {what}")
            }
            Missing::SeveralMeasurements => {
                f.write_str("its blocks belong to several measurements")
            }
            Missing::NoInterval => f.write_str("no interval can be made of it"),
            Missing::InSomeBlocks { blocks, of } => {
                write!(f, "{blocks} of {of} blocks lack a figure")
            }
            Missing::TooFewStalls { met, needed } => {
                write!(f, "too few stalls: {met} of {needed}")
            }
        }
    }
}
