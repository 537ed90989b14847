//! Failures that decide how a query is skipped; all others are programs that failed.

use std::fmt;

use lab_results::result::{SkipReason, Skipped};

/// The two languages gave different answers.
#[derive(Debug)]
pub struct AnswersDiffer(pub String);

/// The case has no such size; what the program says about it.
#[derive(Debug)]
pub struct NoSuchScale(pub String);

/// No toolchain here builds it, and why.
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

/// Why a query is skipped, by the error that it made.
pub fn skipped(query: &impl fmt::Display, error: &anyhow::Error) -> Skipped {
    let (because, why) = if let Some(scale) = error.downcast_ref::<NoSuchScale>() {
        (SkipReason::Scale, scale.to_string())
    } else if error.is::<AnswersDiffer>() {
        (SkipReason::Answers, format!("{error:#}"))
    } else if error.is::<NotBuilt>() {
        (SkipReason::Toolchain, format!("{error:#}"))
    } else {
        (SkipReason::Failed, format!("{error:#}"))
    };
    Skipped {
        subject: query.to_string(),
        because,
        why,
    }
}

/// Whether the same would fail in the same way again.
pub fn is_final(error: &anyhow::Error) -> bool {
    skipped(&"", error).because != SkipReason::Failed
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn errors_are_told_apart_by_type_below_any_context() {
        let of = |error: anyhow::Error| {
            let error = Err::<(), _>(error).context("measuring failed").unwrap_err();
            (skipped(&"x", &error).because, is_final(&error))
        };
        let scale = of(NoSuchScale("too large".into()).into());
        assert_eq!(scale, (SkipReason::Scale, true));
        let answers = of(AnswersDiffer("1 and 2".into()).into());
        assert_eq!(answers, (SkipReason::Answers, true));
        // The words of a program that failed decide nothing.
        let words = "the answers of exit 2: error: --scale: 7";
        assert_eq!(of(anyhow!(words)), (SkipReason::Failed, false));
    }
}
