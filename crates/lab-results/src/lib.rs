//! What was measured: the data model, its files, its statistics, and how quantities are written.
//!
//! Depends on `lab-workspace`.
//!
//! Start with [`query`] (what can be measured), [`result`] (what a measurement leaves behind), [`store`]
//! (where it lies) and [`stats`] (estimates with intervals). [`evidence`] is the trait through which
//! judging asks programs and compilers.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod budget;
pub mod built;
pub mod cases;
pub mod compared;
pub mod doubts;
pub mod evidence;
pub mod histogram;
pub mod layout;
pub mod pilot;
pub mod points;
pub mod quantity;
pub mod query;
pub mod result;
pub mod settings;
pub mod stats;
mod steady;
pub mod store;
pub mod synthetic;
pub mod table;
