//! The pair: two sources in two columns, item by item, aligned by the same parse as the parity test.

mod excerpt;
mod lines;
mod notes;
mod rows;

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use anyhow::Result;
use lab_verify::{
    parity::{self, Report},
    source::{Source, canonical},
};

use crate::highlight::Highlighter;
use maud::{Markup, html};

pub use rows::{GO, RUST, Row};

/// Both languages: place, class, name.
pub const SIDES: [(usize, &str, &str); 2] = [(GO, "go", "Go"), (RUST, "rust", "Rust")];

/// Two sources, laid out.
pub struct Pair {
    /// The name of the room: `lib`, `script`, `contrast`, `measure`.
    room: String,
    report: Report,
    rows: Vec<Row>,
    painted: [Vec<String>; 2],
    /// What a compiler says of a line: Go's, Rust's.
    answers: [BTreeMap<usize, Vec<String>>; 2],
}

impl Pair {
    /// Reads both sources and lays them out.
    pub fn read(
        root: &Path,
        name: &str,
        rust: &Path,
        go: &Path,
        highlighter: &Highlighter,
    ) -> Result<Self> {
        let report = parity::compare(Source::read(root, rust)?, Source::read(root, go)?);
        Ok(Pair::new(name, report, highlighter))
    }

    fn new(name: &str, report: Report, highlighter: &Highlighter) -> Self {
        let painted = [
            highlighter.lines(&report.go),
            highlighter.lines(&report.rust),
        ];
        Pair {
            room: name.to_owned(),
            rows: rows::rows(&report, name),
            report,
            painted,
            answers: Default::default(),
        }
    }

    /// Writes what a compiler says below a line.
    pub fn answer(&mut self, side: usize, line: usize, says: String) {
        self.answers[side].entry(line).or_default().push(says);
    }

    /// The rows in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of an item, by one of its names.
    pub fn find(&self, name: &str) -> Option<&Row> {
        let name = canonical(&name.replace("::", "."));
        let title = |row: &&Row| {
            row.titles
                .iter()
                .any(|title| canonical(&title.replace("::", ".")) == name)
        };
        let named = |row: &&Row| row.names.contains(&name);
        // `parent` is the method before it is the field that the method asks.
        let last = |row: &&Row| row.titles.iter().any(|title| rows::short(title) == name);
        let rows = || self.rows.iter();
        rows()
            .find(title)
            .or_else(|| rows().find(last))
            .or_else(|| rows().find(named))
    }

    /// The code of a row, both sides, and its notes as text.
    pub fn text(&self, row: &Row) -> String {
        let mut text = String::new();
        for (side, parts) in row.sides.iter().enumerate() {
            let lines: Vec<&str> = self.source(side).text.lines().collect();
            for part in parts {
                text += &lines[part.above.start - 1..part.body.end - 1].join(" ");
                text.push(' ');
            }
        }
        for note in &row.notes {
            let _ = write!(text, "{}: {} ", note.expression, note.says.replace('`', ""));
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Both sources, compared.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The first line of a row's side in which this code stands.
    pub fn line(&self, row: &Row, side: usize, code: &str) -> Option<usize> {
        let lines: Vec<&str> = self.source(side).text.lines().collect();
        let mut numbers = row.sides[side]
            .iter()
            .flat_map(|part| part.above.start..part.body.end);
        numbers.find(|number| {
            lines
                .get(number - 1)
                .is_some_and(|line| line.contains(code))
        })
    }

    /// The number of lines of both sources.
    pub fn line_count(&self) -> usize {
        self.painted.iter().map(Vec::len).sum()
    }

    fn source(&self, side: usize) -> &Source {
        if side == GO {
            &self.report.go
        } else {
            &self.report.rust
        }
    }

    /// The whole room; `up` leads from the page to the book's folder.
    pub fn html(&self, up: &str) -> Markup {
        html! {
            div.pair.annotated[self.is_annotated()] {
                (self.bar(up))
                (self.imports())
                @for row in &self.rows { (self.row(row)) }
            }
        }
    }

    /// The names of the sides, and what can be done with them.
    fn bar(&self, up: &str) -> Markup {
        html! {
            div.bar {
                @for (side, class, language) in SIDES {
                    div class={ "head " (class) } {
                        @let path = self.source(side).path.display().to_string();
                        span.lang { (language) }
                        a href={ (up) "source/" (path) ".html" } { (path) }
                        div.tools {
                            @if self.is_annotated() && side == RUST {
                                button.notes.needs-js type="button" aria-pressed="false" title="Open all notes" { "Notes" }
                            }
                            @if self.room == "lib" && side == RUST {
                                button.present.needs-js type="button" title="Show one item on the whole screen; arrow keys lead on" { "Present" }
                            }
                            button.copy.needs-js type="button" data-side=(class) aria-label={ "Copy " (language) } { "Copy" }
                        }
                    }
                }
                button.swap.needs-js type="button" title="Exchange the sides" aria-label="Exchange the sides" { "⇄" }
            }
        }
    }

    fn imports(&self) -> Markup {
        let first = |side: usize| {
            let parts = self.rows.iter().flat_map(|row| &row.sides[side]);
            parts.map(|part| part.above.start).min().unwrap_or(1)
        };
        html! {
            details.imports {
                summary { "Package and imports" }
                div.row {
                    @for (side, class, language) in SIDES {
                        div class={ "side " (class) } {
                            span.lang { (language) }
                            div.above {}
                            div.body { (self.code("", side, &(1..first(side)), &[])) }
                        }
                    }
                }
            }
        }
    }

    fn row(&self, row: &Row) -> Markup {
        let telling = self.telling(row);
        let title = row.title();
        html! {
            section.row id=[(!row.id.is_empty()).then_some(&row.id)] {
                @if !row.id.is_empty() {
                    h3 { a href={ "#" (row.id) } { b { (title) } " " span aria-hidden="true" { "§" } } }
                    @if self.room == "lib" {
                        button.present.needs-js type="button" tabindex="-1" title="Show this item on the whole screen" aria-label={ "Present " (title) } {
                            svg viewBox="0 0 14 14" aria-hidden="true" { path d="M1 5V1h4M9 1h4v4M13 9v4H9M5 13H1V9" {} }
                        }
                    }
                }
                @for (side, class, language) in SIDES {
                    @let parts = &row.sides[side];
                    @if let Some((first, more)) = parts.split_first() {
                        div class={ "side " (class) } {
                            span.lang { (language) }
                            (self.code("above", side, &first.above, &telling[side]))
                            div.body {
                                (self.code("", side, &first.body, &telling[side]))
                                @for part in more {
                                    (self.code("more", side, &(part.above.start..part.body.end), &telling[side]))
                                }
                            }
                        }
                    } @else if let Some(reason) = self.reason(row, 1 - side) {
                        p class={ "side reason " (class) } { "Only in " (SIDES[1 - side].2) ": " (reason) }
                    }
                }
                (notes::html(&row.notes))
            }
        }
    }

    fn reason(&self, row: &Row, side: usize) -> Option<&str> {
        let mut items = row.sides[side].iter().flat_map(|part| &part.items);
        let reason = items.find_map(|&item| self.source(side).items[item].only_here.as_ref());
        match reason {
            Some(reason) => Some(&reason.text),
            None => row.is_helper(side).then_some("a private helper."),
        }
    }
}

#[cfg(test)]
mod tests;
