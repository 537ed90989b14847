//! The catalogue of measured cases, as `lab plan --all` prints it.

use lab_judge::case_catalogue::{self, Entry};
use lab_results::{build_metrics, query::Case};

use crate::prose::slug;
use maud::{Markup, html};

/// The page.
pub const PAGE: &str = "catalogue.html";

/// Where a case stands.
pub fn place(topic: &str, case: &str) -> String {
    format!("{PAGE}#{}", address(topic, case))
}

/// Where the measured cases of a topic stand: what is built and how has no chapter of its own.
pub fn of_topic(topic: &str) -> String {
    match topic {
        build_metrics::TOPIC => "machine.html#cases".to_owned(),
        topic => format!("{topic}.html#measured"),
    }
}

fn address(topic: &str, case: &str) -> String {
    slug(&format!("{topic} {case}"))
}

/// What the search finds of a case: its name, its place, what it measures.
pub fn found(entry: &Entry) -> [String; 3] {
    let Case {
        topic, name, says, ..
    } = &entry.case;
    [entry.name(), place(topic, name), says.clone()]
}

/// The page's content.
pub fn html(entries: &[Entry]) -> Markup {
    let [programs, command] = case_catalogue::of_programs();
    html! {
        h1 { "The measured cases" }
        p {
            "What each does, its size, both commands, and what claims name besides, as " code { "cargo lab plan --all" }
            " prints it. A size is that of the result that this book shows. "
            a href="machine.html#settings" { "The settings" } "; " a href="machine.html#cases" { "what was measured" } "."
        }
        @for topic in entries.chunk_by(|one, other| one.case.topic == other.case.topic) {
            @let name = &topic[0].case.topic;
            h2 { a href={ (name) ".html" } { (name) } }
            @for entry in topic { (case(entry)) }
        }
        h2 #programs { "The programs themselves" }
        p { (programs) }
        pre.output role="group" aria-label="The command of the programs themselves" { (command) }
    }
}

fn case(entry: &Entry) -> Markup {
    html! {
        section.case id=(address(&entry.case.topic, &entry.case.name)) {
            h3 { (entry.head()) }
            p { (entry.case.says) }
            @for size in &entry.sizes {
                @let [go, rust] = &size.commands;
                pre.output role="group" aria-label={ "The commands of " (entry.name()) } { (size.at()) "\n  " (go) "\n  " (rust) }
            }
            @if let Some(named) = entry.named_by_claims() { p.command { (named) } }
        }
    }
}
