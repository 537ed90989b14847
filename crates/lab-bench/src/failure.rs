//! Failures with a skip reason of their own; all others mean that a program failed.

use std::fmt;

use lab_results::result::{SkipReason, Skipped};

/// The two languages gave different answers.
#[derive(Debug)]
pub struct AnswersDiffer(pub String);

/// The case has no such scale; the message of the program.
#[derive(Debug)]
pub struct NoSuchScale(pub String);

/// No toolchain here builds the program, and why.
#[derive(Debug)]
pub struct NotBuilt(pub String);

impl fmt::Display for AnswersDiffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NotBuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NoSuchScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the case has no such size: {}", self.0)
    }
}

impl std::error::Error for AnswersDiffer {}
impl std::error::Error for NoSuchScale {}
impl std::error::Error for NotBuilt {}

/// A skipped query, with the reason that belongs to its error.
pub fn skipped(query: &impl fmt::Display, error: &anyhow::Error) -> Skipped {
    let (reason, why) = if let Some(scale) = error.downcast_ref::<NoSuchScale>() {
        (SkipReason::Scale, scale.to_string())
    } else if error.is::<AnswersDiffer>() {
        (SkipReason::Answers, format!("{error:#}"))
    } else if error.is::<NotBuilt>() {
        (SkipReason::Toolchain, format!("{error:#}"))
    } else {
        (SkipReason::Failed, format!("{error:#}"))
    };
    Skipped {
        query: query.to_string(),
        reason,
        why,
    }
}

/// Whether a retry would fail in the same way.
pub fn is_final(error: &anyhow::Error) -> bool {
    skipped(&"", error).reason != SkipReason::Failed
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn errors_are_told_apart_by_type_below_any_context() {
        let fate = |error: anyhow::Error| {
            let error = Err::<(), _>(error).context("measuring failed").unwrap_err();
            (skipped(&"x", &error).reason, is_final(&error))
        };
        let scale = fate(NoSuchScale("too large".into()).into());
        assert_eq!(scale, (SkipReason::Scale, true));
        let answers = fate(AnswersDiffer("1 and 2".into()).into());
        assert_eq!(answers, (SkipReason::Answers, true));
        // The words of a program that failed decide nothing.
        let words = "the answers of exit 2: error: --scale: 7";
        assert_eq!(fate(anyhow!(words)), (SkipReason::Failed, false));
    }
}
