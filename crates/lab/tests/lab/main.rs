//! The command `lab` as a person runs it. Most tests take place on a [`stage`]: shell scripts stand in place of
//! the programs, of Go and of cargo.

#![cfg(unix)]

mod all;
mod faults;
mod machines;
mod output;
mod partial_failure;
mod plan_and_judge;
mod point;
#[cfg(target_os = "linux")]
mod point_url;
mod stage;
#[cfg(target_os = "linux")]
mod versus;
