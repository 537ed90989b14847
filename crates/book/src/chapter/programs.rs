//! What the programs of a topic say of themselves: the demo, scripts, facts that differ, measured cases.

use std::fs;

use lab_workspace::project::Project;
use maud::{Markup, html};

use super::Chapter;
use crate::{
    catalogue,
    plot::Plot,
    resident_memory,
    result_figures::Measured,
    table::{self, SAYS},
    topic_output::{Printed, Script},
};

/// A chapter shows no more plots of its cases; the others stand on its second page.
pub const PLOTS: usize = 4;

impl Chapter {
    fn facts(&self) -> &[[String; 3]] {
        self.output.as_ref().map_or(&[], |output| &output.contrast)
    }

    /// Whether the pair has facts, or they are not known.
    pub(super) fn has_facts(&self) -> bool {
        self.output.is_none() || !self.facts().is_empty()
    }

    /// Whether the programs tell a fact of this name.
    pub fn tells(&self, fact: &str) -> bool {
        self.facts().iter().any(|[name, ..]| name == fact)
    }

    /// The measured cases, as far as the programs listed them.
    pub fn cases(&self) -> &[[String; 3]] {
        self.output.as_ref().map_or(&[], |output| &output.cases)
    }

    pub(super) fn cases_measured(&self, measured: Measured, plots: &[Plot]) -> Markup {
        let name = &self.topic.name;
        let cases = self.cases().iter().map(|[case, unit, says]| {
            let place = catalogue::place(name, case);
            let says = format!("{says}, in {unit}");
            table::row([html! { a href=(place) { (case) } }, table::text(says)])
        });
        html! {
            h2 #measured { "Measured cases" }
            (table::html("Measured cases", &[("case", ""), ("what is measured", SAYS)], cases))
            @if plots.is_empty() {
                p { "No figures are here yet: " code { "cargo lab measure --only " (name) } " measures them." }
            }
            (resident_memory::html(&resident_memory::of_topic(name, measured), name))
            div.plots { @for plot in plots.iter().take(PLOTS) { (plot.html()) } }
            p {
                "More of this pair: "
                @for (title, _) in self.rooms.iter().skip(1) { a href=(self.more_path()) { (title) } ", " }
                @if plots.len() > PLOTS { a href={ (self.more_path()) "#measured" } { (plots.len() - PLOTS) " more plots" } ", " }
                a href=(catalogue::PAGE) { "all measured cases" } "."
            }
        }
    }

    pub(super) fn prints(&self) -> Markup {
        let name = &self.topic.name;
        let scripts = self
            .output
            .as_ref()
            .map_or(&[][..], |output| &output.scripts);
        html! {
            h2 #prints { "What it prints" }
            @match &self.output {
                Some(output) => { (printed(&output.demo)) }
                None => { (untold()) }
            }
            p.command { "Run it: " code { "cargo run -p " (name) } " and " code { "go -C go run ./cmd/" (name) } }
            @if !scripts.is_empty() {
                p { "Scripts, each line with what both programs print for it:" }
                @for script in scripts { (by_line(script, name)) }
            }
        }
    }

    pub(super) fn differs(&self, project: &Project) -> Markup {
        let path = format!("tests/tests/pairs/{}.rs", self.topic.name);
        let test = fs::read_to_string(project.root.join(&path)).unwrap_or_default();
        let quoted = |name: &str| {
            let name = format!("\"{name}\"");
            test.lines().position(|line| line.contains(&name))
        };
        let asserted = |name: &str| -> Option<String> {
            // A test may put what all names begin with before each.
            let end = || quoted(name.split_once(", ")?.1);
            let line = quoted(name).or_else(end)?;
            Some(format!("source/{path}.html#L{}", line + 1))
        };
        let facts = self.facts().iter().map(|[name, go, rust]| {
            let fact = match asserted(name) {
                Some(place) => html! { a href=(place) { (name) } },
                None => table::text(name),
            };
            table::row([fact, table::text(go), table::text(rust)])
        });
        html! {
            h2 #differs { "What differs" }
            @if self.output.is_none() { (untold()) }
            p.hint { "Facts that each program tells of itself. Click a fact for its test. * = varies with the toolchain." }
            (table::html("What differs", &[("fact", ""), ("Go", "go"), ("Rust", "rust")], facts))
        }
    }
}

fn untold() -> Markup {
    html! {
        p { "The programs could not be run when this page was made: " code { "cargo lab doctor" } " says what is missing." }
    }
}

fn printed(printed: &Printed) -> Markup {
    html! {
        @if printed.go == printed.rust {
            p.same { "Identical in both languages, when this page was made:" }
            pre.output role="group" aria-label="Output of both programs" { (printed.go) }
        } @else {
            p.differs { "The two programs do not print the same. That is a defect." }
            pre.output role="group" aria-label="Output of Go" { (printed.go) }
            pre.output role="group" aria-label="Output of Rust" { (printed.rust) }
        }
    }
}

fn by_line(script: &Script, topic: &str) -> Markup {
    let name = script.path.rsplit('/').next().unwrap_or_default();
    let sentence = script
        .steps
        .first()
        .and_then(|(line, _)| line.strip_prefix("# "));
    html! {
        details.script {
            summary { @if let Some(sentence) = sentence { (sentence) } @else { (name.trim_end_matches(".txt")) } }
            ol.steps {
                @for (line, printed) in script.steps.iter().skip(usize::from(sentence.is_some())) {
                    li {
                        @if line.is_empty() { "The script ends, and what is open closes:" } @else { code { (line) } }
                        @if !printed.is_empty() { output { (printed.join("\n")) } }
                    }
                }
            }
            p.command { code { "cargo run -q " span { "-p " (topic) } " replay " (script.path) } }
        }
    }
}
