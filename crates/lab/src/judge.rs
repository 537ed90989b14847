//! Judges the claims: each verdict is computed from the figures of results and from what programs do.

mod rule;

pub use rule::{Finding, Verdict};
