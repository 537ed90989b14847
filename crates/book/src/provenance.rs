//! Where figures come from: commands, machines, days, and whether a run came to its end.

use std::collections::{BTreeMap, BTreeSet};

use lab_judge::{ledger, revision};
use lab_results::result::{Machine, ResultFile};
use maud::{Markup, html};

use crate::verdicts::Verdicts;

/// Results of machines of one kind.
pub struct OfMachine<'a> {
    /// The machine of the first of them.
    pub machine: &'a Machine,
    /// The results.
    pub files: Vec<&'a ResultFile>,
}

/// Results by their machines, in the order in which the machines come.
pub fn by_machine(files: &[ResultFile]) -> Vec<OfMachine<'_>> {
    let mut all: Vec<OfMachine> = Vec::new();
    for file in files {
        let machine = &file.machine;
        let is_its = |one: &&mut OfMachine| one.machine.differences(machine).is_empty();
        match all.iter_mut().find(is_its) {
            Some(known) => known.files.push(file),
            None => all.push(OfMachine {
                machine,
                files: vec![file],
            }),
        }
    }
    all
}

/// Where the figures come from, folded, with the way to the machine.
pub fn origin(verdicts: &Verdicts) -> Markup {
    let files = &verdicts.files;
    html! {
        @if files.is_empty() {
            p.origin { (reference_note(verdicts)) }
        } @else {
            details.origin {
                summary { "How these figures were measured" }
                p {
                    (reference_note(verdicts)) (measured_on(&by_machine(files)))
                    " " a href="machine.html" { (what_measured(files)) } "."
                }
            }
        }
    }
}

/// What the page about the machines says, as a link.
pub fn what_measured(files: &[ResultFile]) -> &'static str {
    match by_machine(files).len() {
        0 | 1 => "The machine, and how noisy it was",
        _ => "The machines, and how noisy they were",
    }
}

/// That figures are those of the reference, or that there are none.
pub fn reference_note(verdicts: &Verdicts) -> Markup {
    let machines = by_machine(&verdicts.files).len();
    html! {
        @if machines == 0 {
            "Nothing is measured yet, so every figure is missing: " code { "cargo lab measure" } " measures on this machine, and the next build of the book shows it."
        } @else if verdicts.is_reference {
            "These are figures of our reference machine" @if machines > 1 { "s" } ". "
        }
    }
}

/// Each machine with the commands that measured on it, their days, and which of them did not come to their end.
fn measured_on(machines: &[OfMachine]) -> Markup {
    let facts = differing(machines);
    html! {
        @for (place, of_machine) in machines.iter().enumerate() {
            @if place > 0 { " " }
            "Measured on " (ledger::machine(of_machine.machine))
            @for fact in &facts { ", " (fact.values[place]) }
            ": "
            @for (place, file) in of_machine.files.iter().enumerate() {
                @if place > 0 { "; " }
                code { (file.command) } " (" (ledger::mode(file.request.mode)) ", " (revision::day(file.began))
                @if !file.complete { ", " (STOPPED) }
                ")"
            }
            "."
        }
    }
}

/// A run that did not come to its end.
pub const STOPPED: &str = "not complete: the run was stopped";

/// A fact of machines, and its value for each of them.
pub struct Fact {
    /// The fact.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

impl Fact {
    /// Whether it is another one for one of the machines.
    pub fn differs(&self) -> bool {
        self.values.iter().any(|value| *value != self.values[0])
    }
}

/// Facts by their names.
type Named = BTreeMap<String, String>;

/// All that is known of machines.
pub fn facts(machines: &[OfMachine]) -> Vec<Fact> {
    let fact = |name: &str, value: &dyn Fn(&Machine) -> String| Fact {
        name: name.to_owned(),
        values: machines.iter().map(|one| value(one.machine)).collect(),
    };
    let mut facts = vec![
        fact("processor", &Machine::processor),
        fact("memory", &|machine| {
            format!(
                "{:.1} GiB",
                machine.memory_bytes as f64 / f64::from(1 << 30)
            )
        }),
        fact("system", &|machine| machine.system.clone()),
    ];
    let named = |map: fn(&Machine) -> &Named| {
        let names = machines.iter().flat_map(|one| map(one.machine).keys());
        let names: BTreeSet<&String> = names.collect();
        let fact_of = |name: &String| {
            let value = |machine: &Machine| map(machine).get(name).cloned();
            fact(name, &|machine| value(machine).unwrap_or("none".to_owned()))
        };
        names.into_iter().map(fact_of).collect::<Vec<Fact>>()
    };
    facts.extend(named(|machine| &machine.versions));
    facts.extend(named(|machine| &machine.settings));
    facts
}

/// What tells machines apart that have the same processor.
fn differing(machines: &[OfMachine]) -> Vec<Fact> {
    let mut facts = facts(machines);
    facts.retain(|fact| fact.name != "processor" && fact.differs());
    facts
}

/// The processors of these results, each once: `AMD EPYC, 2 cores`.
pub fn processors(files: &[ResultFile]) -> Vec<String> {
    let all = files.iter().map(|file| file.machine.processor());
    let all: BTreeSet<String> = all.collect();
    all.into_iter().collect()
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
    use lab_results::result::Mode;

    use super::*;

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
    fn each_processor_and_the_first_and_last_day_are_named_once() {
        let day = 24 * 3600;
        let files = [file(day, "A"), file(day + 60, "A"), file(3 * day, "B")];
        assert_eq!(processors(&files).join("; "), "A, 2 cores; B, 2 cores");
        assert_eq!(days(&files), "1970-01-02 to 1970-01-04");
        assert_eq!(days(&files[..2]), "1970-01-02");
        assert_eq!(days(&[]), "");
    }

    /// Two runs on one machine, and one that was stopped on a machine with another kernel.
    fn two_machines() -> [ResultFile; 3] {
        let day = 24 * 3600;
        let mut files = [file(3 * day, "A"), file(2 * day, "A"), file(day, "A")];
        for (file, (mode, system)) in files.iter_mut().zip([
            (Mode::Claims, "Linux, kernel 2"),
            (Mode::Load, "Linux, kernel 1"),
            (Mode::Outside, "Linux, kernel 2"),
        ]) {
            file.command = format!("cargo lab measure --only {mode}");
            file.request.mode = mode;
            system.clone_into(&mut file.machine.system);
            file.complete = mode != Mode::Load;
        }
        files
    }

    #[test]
    fn each_machine_is_told_once_with_its_runs_and_what_tells_it_apart() {
        let files = two_machines();
        let text = measured_on(&by_machine(&files)).into_string();
        let expected = "Measured on A, 2 cores, Linux, kernel 2: \
            <code>cargo lab measure --only claims</code> (claims, 1970-01-04); \
            <code>cargo lab measure --only outside</code> (outside, 1970-01-02). \
            Measured on A, 2 cores, Linux, kernel 1: \
            <code>cargo lab measure --only load</code> (load, 1970-01-03, not complete: the run was stopped).";
        assert_eq!(text, expected);
        let one = measured_on(&by_machine(&files[..1])).into_string();
        assert!(one.starts_with("Measured on A, 2 cores: "), "{one}");
    }

    #[test]
    fn a_little_memory_makes_no_other_machine() {
        let mut files = two_machines();
        for (more, file) in files.iter_mut().enumerate() {
            "Linux".clone_into(&mut file.machine.system);
            file.machine.memory_bytes = (8 << 30) + 4096 * more as u64;
        }
        assert_eq!(by_machine(&files).len(), 1);
        files[2].machine.memory_bytes *= 2;
        let machines = by_machine(&files);
        let facts = facts(&machines);
        let differ = facts.iter().filter(|fact| fact.differs());
        let differ: Vec<&str> = differ.map(|fact| &*fact.name).collect();
        assert_eq!(differ, ["memory"]);
    }
}
