//! Instructions and cache misses, counted by valgrind's cachegrind: it simulates a processor with two levels of
//! caches, so a count does not depend on the machine and is the same each time. A virtual machine seldom lets
//! programs read its processor's counters.

use std::{path::PathBuf, process::Command};

use serde_json::{Map, Value};

use lab_workspace::{environment, toolchain::on_path};

/// Slowdown of a simulated program, about.
pub const SLOWER: u32 = 40;

/// The path of valgrind, if it is installed.
pub fn valgrind() -> Option<PathBuf> {
    on_path("valgrind")
}

/// The command that runs a program under it; the program comes next.
pub fn command() -> Command {
    let mut command = environment::program(valgrind().unwrap_or_else(|| "valgrind".into()));
    command.args([
        "--tool=cachegrind",
        "--cache-sim=yes",
        "--cachegrind-out-file=/dev/null",
        // 32 KiB and 8 MiB, in lines of 64 bytes.
        "--I1=32768,8,64",
        "--D1=32768,8,64",
        "--LL=8388608,16,64",
    ]);
    command
}

/// The cost of a sample, from valgrind's output for a run with it and a run without it.
pub fn of_a_sample(with: &str, without: &str) -> Option<Map<String, Value>> {
    let mut figures = Map::new();
    for (name, label) in [
        ("simulated_instructions", "I   refs:"),
        ("simulated_misses", "LLd misses:"),
    ] {
        let more = count(with, label)?.saturating_sub(count(without, label)?);
        figures.insert(name.to_owned(), more.into());
    }
    Some(figures)
}

/// The first number behind a label, such as `==7== LLd misses:  1,234  (…)`.
fn count(printed: &str, label: &str) -> Option<u64> {
    let rest = printed.lines().find_map(|line| line.split_once(label))?.1;
    let digits = rest.split_whitespace().next()?.replace(',', "");
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_costs_what_a_run_with_it_has_more() {
        let printed = |instructions, misses| {
            format!(
                "==7== Cachegrind, a cache and branch-prediction profiler\n==7== \n\
                 ==7== I   refs:      {instructions}\n==7== I1  misses:        1,234\n\
                 ==7== D   refs:         40,000  (30,000 rd   + 10,000 wr)\n\
                 ==7== LLd misses:       {misses}  ( 1,000 rd   +    500 wr)\n"
            )
        };
        let (with, without) = (printed("3,000,500", "2,500"), printed("1,000,000", "900"));
        let figures = of_a_sample(&with, &without).unwrap();
        assert_eq!(figures["simulated_instructions"], 2_000_500);
        assert_eq!(figures["simulated_misses"], 1600);
        assert_eq!(of_a_sample(&with, "killed"), None);
    }
}
