//! The machine, or several: what measured, with what, how noisy it was, and the catalogue of cases.

use std::collections::BTreeMap;

use lab_judge::{ledger, revision};
use lab_results::{
    build_metrics,
    layout::count,
    quantity,
    query::Case,
    result::{Measurement, Reject, ResultFile},
    settings::SETTINGS,
    warnings,
};
use maud::{Markup, html};

use crate::{
    catalogue,
    provenance::{self, OfMachine, STOPPED},
    result_figures,
    table::{self, Column, Row, SAYS},
    verdicts::{self, Verdicts},
};

/// The page about the machine.
pub fn html(verdicts: &Verdicts, cases: Vec<Case>) -> Markup {
    let measurements: Vec<&Measurement> = verdicts
        .files
        .iter()
        .flat_map(|file| &file.measurements)
        .collect();
    html! {
        h1 { "The machine and the runs" }
        p { (provenance::reference_note(verdicts)) }
        p { a href="methodology.html" { "How each figure comes about" } ", " a href="bias.html" { "where this may be unfair" } ", " a href="results.html" { "what a result's file holds" } "." }
        @if !verdicts.files.is_empty() {
            (machines(&verdicts.files))
            (noise(&verdicts.files, &measurements))
        }
        (settings())
        (table(&measurements, cases))
        (skipped(&verdicts.files))
    }
}

/// What is known of each machine, and what was measured where.
fn machines(files: &[ResultFile]) -> Markup {
    let machines = provenance::by_machine(files);
    let facts = provenance::facts(&machines);
    let names: Vec<String> = (1..=machines.len())
        .map(|n| format!("machine {n}"))
        .collect();
    let columns = names.iter().map(|name| (name.as_str(), ""));
    let columns: Vec<Column> = [("fact", "")].into_iter().chain(columns).collect();
    let rows = facts.iter().map(|fact| {
        let value =
            |value: &String| html! { @if fact.differs() { b { (value) } } @else { (value) } };
        table::row(
            [table::text(&*fact.name)]
                .into_iter()
                .chain(fact.values.iter().map(value)),
        )
    });
    html! {
        @if machines.len() == 1 {
            h2 #machine { "The machine" }
            table.facts {
                tbody {
                    @for fact in &facts { tr { th scope="row" { (fact.name) } td { (fact.values[0]) } } }
                }
            }
        } @else {
            h2 #machine { "The machines" }
            p { "The figures come from " (machines.len()) " machines. What differs between them stands in bold." }
            (table::html("The machines", &columns, rows))
        }
        (parts(&machines))
    }
}

/// How much of a commit's hash is shown.
const SHORT: usize = 12;

/// The columns of the runs; the last one only where there are several machines.
const PARTS: [Column; 7] = [
    ("run", ""),
    ("day", ""),
    ("command", SAYS),
    ("blocks", ""),
    ("complete", ""),
    ("commit", ""),
    ("machine", ""),
];

/// A row for each run: its command, when and where it measured, whether it came to its end.
fn parts(machines: &[OfMachine]) -> Markup {
    let columns = &PARTS[..PARTS.len() - usize::from(machines.len() == 1)];
    let rows = machines.iter().enumerate().flat_map(|(place, of_machine)| {
        let row = move |file: &&ResultFile| {
            let blocks: usize = file.measurements.iter().map(|m| m.blocks.len()).sum();
            let commit = file.commit.hash.as_deref().unwrap_or("none");
            let complete = if file.complete { "yes" } else { STOPPED };
            table::row([
                table::text(ledger::mode(file.request.mode)),
                table::text(revision::day(file.began)),
                html! { code { (file.command) } },
                table::text(quantity::whole(blocks)),
                table::text(complete),
                html! { (commit.get(..SHORT).unwrap_or(commit)) @if file.commit.dirty { ", with changes" } },
                table::text(format!("machine {}", place + 1)),
            ])
        };
        of_machine.files.iter().map(row)
    });
    html! {
        h2 #runs { "The runs" }
        (table::html("The runs", columns, rows))
    }
}

fn noise(files: &[ResultFile], measurements: &[&Measurement]) -> Markup {
    let blocks: usize = measurements.iter().map(|m| m.blocks.len()).sum();
    let mut rejected: BTreeMap<Reject, usize> = BTreeMap::new();
    for reason in measurements.iter().flat_map(|m| &m.rejected) {
        *rejected.entry(*reason).or_default() += 1;
    }
    let steal = measurements
        .iter()
        .flat_map(|m| &m.blocks)
        .map(|block| block.steal)
        .fold(0.0, f64::max);
    html! {
        h2 #noise { "How noisy it was" }
        p {
            (count(blocks, "block")) " of " (count(files.len(), "run")) " were measured. The host took at most "
            (format!("{:.1}", steal * 100.0)) " % of a block's time. "
            @if rejected.is_empty() { "No block was rejected." } @else { "Rejected:" }
        }
        @if !rejected.is_empty() {
            ul { @for (reason, count) in &rejected { li { (quantity::whole(*count)) " × " (reason) } } }
        }
        ul {
            @for file in files {
                @if let Some(said) = warnings::resolution(file) { li { (file.request.mode) ", " (revision::day(file.began)) ": " (said) } }
            }
        }
        p { "The control of each case, a side against itself, stands in the table of cases: what it strays from 1 is noise." }
    }
}

fn settings() -> Markup {
    let rows = SETTINGS.iter().map(|setting| {
        let of = verdicts::name(setting.language);
        table::row([setting.name, of, setting.says].map(table::text))
    });
    let columns = [("setting", ""), ("of", ""), ("what is set", SAYS)];
    html! {
        h2 #settings { "The settings" }
        (table::html("The settings", &columns, rows))
    }
}

/// All cases, also those that were not measured.
fn table(measurements: &[&Measurement], mut cases: Vec<Case>) -> Markup {
    for m in measurements {
        let key = &m.key;
        let is_it = |case: &Case| (&case.topic, &case.name) == (&key.topic, &key.case);
        if !cases.iter().any(is_it) {
            cases.push(Case {
                topic: key.topic.clone(),
                name: key.case.clone(),
                unit: String::new(),
                says: String::new(),
            });
        }
    }
    let rows = cases.iter().flat_map(|case| rows(case, measurements));
    html! {
        h2 #cases { "What was measured" }
        p { a href=(catalogue::PAGE) { "The catalogue" } " has the commands of each case." }
        details.folded {
            summary { (count(cases.len(), "case")) " with their controls" }
            (table::html("What was measured", &COLUMNS, rows))
        }
    }
}

/// The columns of the cases.
const COLUMNS: [Column; 9] = [
    ("case", ""),
    ("unit", ""),
    ("what is measured", SAYS),
    ("SCALE", ""),
    ("Go", ""),
    ("Rust", ""),
    ("cores", ""),
    ("blocks", ""),
    ("control", ""),
];

/// A row for each measurement of a case, or one that says that there is none.
fn rows(case: &Case, measurements: &[&Measurement]) -> Vec<Row> {
    let Case {
        topic,
        name,
        unit,
        says,
    } = case;
    let of_case = |m: &&&Measurement| (&m.key.topic, &m.key.case) == (topic, name);
    let found = measurements.iter().filter(of_case);
    let begin = |says: &str| {
        [
            head(topic, name, unit),
            table::text(unit),
            table::text(says),
        ]
    };
    let rows = found.enumerate().map(|(place, m)| {
        let says = if place == 0 { says } else { "" };
        let key = &m.key;
        let control = result_figures::any_control(m);
        let control = control.map(|(name, shown)| format!("{name} {}", shown.text("ratio")));
        let figures = [
            key.scale.to_string(),
            key.go.clone(),
            key.rust.clone(),
            key.cores.clone(),
            m.blocks.len().to_string(),
            control.unwrap_or_default(),
        ];
        table::row(begin(says).into_iter().chain(figures.map(table::text)))
    });
    let rows: Vec<Row> = rows.collect();
    if rows.is_empty() {
        let missing = [table::text("not measured")];
        return vec![table::row(begin(says).into_iter().chain(missing))];
    }
    rows
}

/// A case's name, which leads to the catalogue; one of an older result may stand there no more.
fn head(topic: &str, name: &str, unit: &str) -> Markup {
    let place = match topic {
        build_metrics::TOPIC => Some(format!("{}#programs", catalogue::PAGE)),
        _ => (!unit.is_empty()).then(|| catalogue::place(topic, name)),
    };
    let title = format!("{topic}/{name}");
    html! { @if let Some(place) = place { a href=(place) { (title) } } @else { (title) } }
}

fn skipped(files: &[ResultFile]) -> Markup {
    let skipped: Vec<_> = files.iter().flat_map(|file| &file.skipped).collect();
    html! {
        @if !skipped.is_empty() {
            h2 #left-out { "Left out" }
            ul { @for one in &skipped { li { (one.query) ": " (one.why) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use lab_results::result::Mode;

    use super::*;

    fn file(mode: Mode, system: &str, complete: bool) -> ResultFile {
        let mut file = ResultFile {
            command: format!("cargo lab measure --only {mode}"),
            complete,
            ..ResultFile::default()
        };
        "A processor".clone_into(&mut file.machine.cpu);
        file.machine.cores = 2;
        system.clone_into(&mut file.machine.system);
        file.request.mode = mode;
        file.commit.hash = Some("0123456789abcdef".to_owned());
        file
    }

    #[test]
    fn each_machine_stands_once_and_each_run_with_its_machine() {
        let files = [
            file(Mode::Claims, "kernel 2", true),
            file(Mode::Load, "kernel 1", false),
            file(Mode::Outside, "kernel 2", true),
        ];
        let shown = machines(&files).into_string();
        for system in ["kernel 1", "kernel 2"] {
            let bold = format!("<b>{system}</b>");
            assert_eq!(shown.matches(&bold).count(), 1, "{shown}");
        }
        assert!(!shown.contains("<b>A processor"), "{shown}");
        let runs = shown.split_once("id=\"runs\"").unwrap().1;
        let rows: Vec<&str> = runs.split("<tr").skip(2).collect();
        let expected = [
            (Mode::Claims, "yes", "machine 1"),
            (Mode::Outside, "yes", "machine 1"),
            (Mode::Load, STOPPED, "machine 2"),
        ];
        assert_eq!(rows.len(), expected.len());
        for (row, (mode, complete, machine)) in rows.iter().zip(expected) {
            let command = format!("<code>cargo lab measure --only {mode}</code>");
            for text in [&*command, complete, machine, "1970-01-01", "0123456789ab<"] {
                assert!(row.contains(text), "{text}: {row}");
            }
        }
    }

    #[test]
    fn one_machine_stands_without_a_number() {
        let files = [
            file(Mode::Claims, "kernel", true),
            file(Mode::Load, "kernel", true),
        ];
        let shown = machines(&files).into_string();
        assert_eq!(shown.matches("A processor").count(), 1, "{shown}");
        assert!(!shown.contains("machine 1"), "{shown}");
    }
}
