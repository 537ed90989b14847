//! Where figures come from: commands, machines, days, and whether a run came to its end.

use std::collections::BTreeSet;

use lab_judge::{ledger, revision};
use lab_results::{
    layout::{self, count},
    result::ResultFile,
};
use maud::{Markup, html};

use crate::verdicts::Verdicts;

/// Where the figures come from, with the way to the machine.
pub fn where_from(verdicts: &Verdicts) -> Markup {
    html! {
        (render_origin(verdicts))
        @if !verdicts.files.is_empty() { " " a href="machine.html" { "The machine, and how noisy it was" } "." }
    }
}

/// Where the figures come from.
pub fn render_origin(verdicts: &Verdicts) -> Markup {
    let files = &verdicts.files;
    html! {
        @if !files.is_empty() {
            @if verdicts.is_reference { "These are figures of our reference machine. " }
            (measured_with(files))
        } @else {
            "Nothing is measured yet, so every figure is missing: " code { "cargo lab measure" } " measures on this machine, and the next build of the book shows it."
        }
    }
}

/// The command and the machine of each of these results, and which of them are not whole.
pub fn measured_with(files: &[ResultFile]) -> Markup {
    html! {
        "Measured with "
        @for (place, file) in files.iter().enumerate() {
            @if place > 0 { "; " }
            code { (file.command) } ": " (ledger::heading(std::slice::from_ref(file), layout::WIDTH).replace('\n', " "))
            @if !file.complete { " (not complete: the run was stopped)" }
        }
        "."
    }
}

/// The machines of these results, each once: `AMD EPYC, 2 cores`.
pub fn machines(files: &[ResultFile]) -> String {
    let machines = files.iter().map(|file| {
        let machine = &file.machine;
        format!("{}, {}", machine.cpu, count(machine.cores, "core"))
    });
    let machines: BTreeSet<String> = machines.collect();
    machines.into_iter().collect::<Vec<_>>().join("; ")
}

/// The days on which these results were begun: one, or the first and the last.
pub fn days(files: &[ResultFile]) -> String {
    let begun = files.iter().map(|file| file.began);
    match (begun.clone().min(), begun.max()) {
        (Some(first), Some(last)) => {
            let days = [first, last].map(revision::day);
            if days[0] == days[1] {
                days[0].clone()
            } else {
                days.join(" to ")
            }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::result::Machine;

    fn file(began: u64, cpu: &str) -> ResultFile {
        ResultFile {
            began,
            machine: Machine {
                cpu: cpu.to_owned(),
                cores: 2,
                ..Machine::default()
            },
            ..ResultFile::default()
        }
    }

    #[test]
    fn each_machine_and_the_first_and_last_day_are_named_once() {
        let day = 24 * 3600;
        let files = [file(day, "A"), file(day + 60, "A"), file(3 * day, "B")];
        assert_eq!(machines(&files), "A, 2 cores; B, 2 cores");
        assert_eq!(days(&files), "1970-01-02 to 1970-01-04");
        assert_eq!(days(&files[..2]), "1970-01-02");
        assert_eq!(days(&[]), "");
    }
}
