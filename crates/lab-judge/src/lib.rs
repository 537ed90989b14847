//! Judges the claims: their formulas, what tests them, their verdicts.
//!
//! Depends on `lab-results` and `lab-workspace`; what programs and compilers answer comes through the trait
//! `Evidence`.
//!
//! Start with [`claims`] (what `claims.toml` says), [`judge`] (from results to a [`judgement`]), [`verdict_rule`] (from
//! figures to a [`verdict`]), [`finding`] (a verdict as a sentence) and [`ledger`] (what all judgements say together).
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod ablation;
pub mod case_catalogue;
pub mod claims;
pub mod compare_results;
pub mod figures;
pub mod finding;
pub mod formula;
pub mod judge;
pub mod judgement;
pub mod ledger;
pub mod plan;
pub mod preconditions;
pub mod reference;
mod rejected;
pub mod resident_memory;
pub mod results_for_claim;
pub mod revision;
pub mod server_comparison;
mod several_measurements;
pub mod verdict;
pub mod verdict_rule;
