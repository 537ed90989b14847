//! Judges the claims: their formulas, what tests them, their verdicts.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod catalogue;
pub mod cause;
pub mod change;
pub mod claims;
pub mod figures;
pub mod formula;
pub mod judge;
pub mod ledger;
pub mod load;
pub mod plan;
pub mod reference;
pub mod rule;
mod sum;
