//! Results: the data model, its files, its statistics, and how quantities are written.
//!
//! Depends on `lab-workspace`.
//!
//! Start with [`query`] (what a claim needs measured), [`mod@result`] (the data model), [`store`] (its files) and
//! [`stats`] (estimates with intervals). [`evidence`] is the trait through which judging asks programs and
//! compilers.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod block_ratios;
pub mod budget;
pub mod build_metrics;
pub mod cases;
pub mod comparison;
pub mod evidence;
pub mod histogram;
pub mod layout;
pub mod pilot;
pub mod quantity;
pub mod query;
pub mod result;
pub mod scenario;
pub mod settings;
pub mod stats;
mod steady_state;
pub mod store;
pub mod synthetic;
pub mod table;
pub mod warnings;
