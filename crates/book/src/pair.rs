//! The pair: two sources in two columns, item by item, aligned by the same parse as the parity test.

mod rows;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    ops::Range,
    path::Path,
};

use anyhow::Result;
use lab_verify::{
    parity::{self, Report},
    source::{Source, canonical},
};

use crate::highlight::{Highlighter, escaped};
use maud::{Markup, PreEscaped, html};

pub use rows::{GO, RUST, Row};

const SIDES: [(usize, &str, &str); 2] = [(GO, "go", "Go"), (RUST, "rust", "Rust")];

/// Two sources, laid out.
pub struct Pair {
    /// The name of the room: `lib`, `script`, `contrast`, `measure`.
    room: String,
    report: Report,
    rows: Vec<Row>,
    painted: [Vec<String>; 2],
    /// What a compiler says of a line: Go's, Rust's.
    notes: [BTreeMap<usize, Vec<String>>; 2],
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
        let painted = [
            highlighter.lines(&report.go),
            highlighter.lines(&report.rust),
        ];
        let rows = rows::rows(&report, name);
        Ok(Pair {
            room: name.to_owned(),
            report,
            rows,
            painted,
            notes: Default::default(),
        })
    }

    /// Notes what a compiler says of a line.
    pub fn note(&mut self, side: usize, line: usize, says: String) {
        self.notes[side].entry(line).or_default().push(says);
    }

    /// The rows in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of an item, by one of its names.
    pub fn find(&self, name: &str) -> Option<&Row> {
        let wanted = canonical(&name.replace("::", "."));
        let title = |row: &&Row| {
            row.titles
                .iter()
                .any(|title| canonical(&title.replace("::", ".")) == wanted)
        };
        let named = |row: &&Row| row.names.contains(&wanted);
        // `parent` is the method before it is the field that the method asks.
        let last = |row: &&Row| row.titles.iter().any(|title| rows::short(title) == wanted);
        let rows = || self.rows.iter();
        rows()
            .find(title)
            .or_else(|| rows().find(last))
            .or_else(|| rows().find(named))
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
        let first = |side: usize| {
            self.rows
                .iter()
                .flat_map(|row| &row.sides[side])
                .map(|part| part.above.start)
                .min()
        };
        html! {
            div.pair {
                div.bar {
                    @for (side, class, language) in SIDES {
                        div class={ "head " (class) } {
                            @let path = self.source(side).path.display().to_string();
                            b { (language) }
                            a href={ (up) "source/" (path) ".html" } { (path) }
                            span.count { (self.source(side).text.lines().count()) " lines" }
                            button.copy type="button" data-side=(class) { "Copy " (language) }
                        }
                    }
                    button.swap type="button" title="Exchange the sides" aria-label="Exchange the sides" { "⇄" }
                }
                details.imports {
                    summary { "Package and imports" }
                    div.row {
                        @for (side, class, language) in SIDES {
                            @let end = first(side).unwrap_or(1);
                            div class={ "side " (class) } {
                                span.lang { (language) }
                                div.above {}
                                (self.code(side, &(1..end), &BTreeSet::new()))
                            }
                        }
                    }
                }
                @for row in &self.rows {
                    (self.row(row))
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
                    h3 {
                        span.name { (title) }
                        " " a.at href={ "#" (row.id) } aria-label={ "Link to " (title) } { "§" }
                    }
                }
                @for (side, class, language) in SIDES {
                    @let parts = &row.sides[side];
                    @if parts.is_empty() {
                        @if let Some(reason) = self.reason(row, 1 - side) {
                            p class={ "side reason " (class) } {
                                "Only in " (SIDES[1 - side].2) ": " (reason)
                            }
                        }
                    } @else {
                        div class={ "side " (class) } {
                            span.lang { (language) }
                            @for (number, part) in parts.iter().enumerate() {
                                @if number == 0 {
                                    div.above style=(from(&part.above)) { (self.lines(side, &part.above, &telling[side])) }
                                    (self.code(side, &part.body, &telling[side]))
                                } @else {
                                    @let lines = part.above.start..part.body.end;
                                    div.more style=(from(&lines)) { (self.lines(side, &lines, &telling[side])) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn code(&self, side: usize, lines: &Range<usize>, telling: &BTreeSet<usize>) -> Markup {
        html! { div.body style=(from(lines)) { (self.lines(side, lines, telling)) } }
    }

    /// Lines of a side; those that tell where the languages part stand out.
    fn lines(&self, side: usize, lines: &Range<usize>, telling: &BTreeSet<usize>) -> Markup {
        let source = self.source(side);
        let prefix = if self.room == "lib" {
            String::new()
        } else {
            format!("{}-", self.room)
        };
        let mut html = String::new();
        let text: Vec<&str> = source.text.lines().collect();
        for number in lines.clone() {
            let Some(line) = text.get(number - 1) else {
                break;
            };
            let blanks: usize = line
                .chars()
                .map_while(|c| match c {
                    ' ' => Some(1),
                    '\t' => Some(4),
                    _ => None,
                })
                .sum();
            let mut class = "l".to_owned();
            if blanks >= 4 {
                let _ = write!(class, " i{}", (blanks / 4).min(8));
            }
            if telling.contains(&number) {
                class += " parts";
            }
            let class = if class.contains(' ') {
                format!("\"{class}\"")
            } else {
                class
            };
            let _ = write!(
                html,
                "<div class={class} id={prefix}{}-{number}>{}</div>",
                SIDES[side].1,
                self.painted[side][number - 1]
            );
            for says in self.notes[side].get(&number).into_iter().flatten() {
                let _ = write!(html, "<div class=note>{}</div>", escaped(says));
            }
        }
        PreEscaped(html)
    }

    /// The lines of plain comments that the twin does not have.
    fn telling(&self, row: &Row) -> [BTreeSet<usize>; 2] {
        let mut telling = [BTreeSet::new(), BTreeSet::new()];
        if self.room != "lib" || row.sides.iter().any(Vec::is_empty) {
            return telling;
        }
        let comments = |side: usize| {
            let items = row.sides[side].iter().flat_map(|part| &part.items);
            items
                .flat_map(|&item| &self.source(side).items[item].comments)
                .collect::<Vec<_>>()
        };
        for (side, telling) in telling.iter_mut().enumerate() {
            let there = comments(1 - side);
            for comment in comments(side) {
                if there.iter().all(|other| other.text != comment.text) {
                    let whole = |number: &usize| {
                        self.source(side)
                            .line(*number)
                            .trim_start()
                            .starts_with("//")
                    };
                    telling.extend((comment.span.first..=comment.span.last).filter(whole));
                }
            }
        }
        telling
    }

    fn reason(&self, row: &Row, side: usize) -> Option<&str> {
        let mut items = row.sides[side].iter().flat_map(|part| &part.items);
        items
            .find_map(|&item| self.source(side).items[item].only_here.as_ref())
            .map(|reason| reason.text.as_str())
    }
}

/// Where the numbers of lines begin.
fn from(lines: &Range<usize>) -> String {
    format!("counter-reset:n {}", lines.start - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(rust: &str, go: &str) -> Pair {
        let rust = Source::parse(Path::new("lib.rs"), rust.to_owned()).unwrap();
        let go = Source::parse(Path::new("t.go"), format!("package t\n\n{go}")).unwrap();
        let highlighter = Highlighter::new().unwrap();
        let report = parity::compare(rust, go);
        let painted = [
            highlighter.lines(&report.go),
            highlighter.lines(&report.rust),
        ];
        Pair {
            room: "lib".to_owned(),
            rows: rows::rows(&report, "lib"),
            report,
            painted,
            notes: Default::default(),
        }
    }

    fn titles(pair: &Pair) -> Vec<[&str; 2]> {
        pair.rows
            .iter()
            .map(|row| [row.titles[0].as_str(), row.titles[1].as_str()])
            .collect()
    }

    #[test]
    fn twins_stand_beside_each_other_and_a_block_head_alone() {
        let pair = pair(
            "/// A.\npub struct Node;\nimpl Node {\n    /// B.\n    pub fn new() -> Self {\n        Node\n    }\n}\n",
            "// Node is a.\ntype Node struct{}\n\n// NewNode is b.\nfunc NewNode() *Node {\n\treturn &Node{}\n}\n",
        );
        assert_eq!(
            titles(&pair),
            [
                ["Node", "Node"],
                ["", "impl Node"],
                ["NewNode", "Node::new"]
            ]
        );
        assert_eq!(
            pair.find("Node::new").unwrap().id,
            pair.find("NewNode").unwrap().id
        );
    }

    #[test]
    fn variants_join_the_constants_of_a_group() {
        let pair = pair(
            "/// A.\npub enum Side {\n    /// B.\n    Buy,\n    /// C.\n    Sell,\n}\n",
            "// Side is a.\ntype Side int\n\nconst (\n\t// SideBuy is b.\n\tSideBuy Side = iota\n\t// SideSell is c.\n\tSideSell\n)\n",
        );
        assert_eq!(pair.rows.len(), 1);
        assert_eq!(pair.rows[0].sides[GO].len(), 2);
    }

    #[test]
    fn every_line_of_an_item_is_shown_once() {
        let rust =
            "/// A.\npub fn a() {}\n\n/// B.\npub fn b() {}\n\nfn helper() {}\n\nfn other() {}\n";
        let pair = pair(rust, "// A is a.\nfunc A() {}\n\n// B is b.\nfunc B() {}\n");
        let shown = pair.html("").into_string();
        for (number, line) in rust
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
        {
            assert_eq!(
                shown.matches(&format!("id=rust-{}>", number + 1)).count(),
                1,
                "{line}"
            );
        }
    }

    #[test]
    fn a_comment_that_the_twin_lacks_stands_out() {
        let pair = pair(
            "/// A.\npub fn a() {\n    // Only Rust says so.\n    // Both say so.\n}\n",
            "// A is a.\nfunc A() {\n\t// Both say so.\n}\n",
        );
        let shown = pair.html("").into_string();
        assert!(shown.contains("parts\" id=rust-3"), "{shown}");
    }

    #[test]
    fn what_a_compiler_says_stands_below_its_line_as_text() {
        let mut pair = pair("/// A.\npub fn a() {}\n", "// A is a.\nfunc A() {}\n");
        pair.note(GO, 4, "<b> escapes".to_owned());
        let shown = pair.html("").into_string();
        let (_, after) = shown.split_once("id=go-4>").unwrap();
        assert!(
            after.contains("</div><div class=note>&lt;b&gt; escapes</div>"),
            "{shown}"
        );
    }

    #[test]
    fn what_only_one_side_has_says_why_on_the_other() {
        let pair = pair("// only here: Go <collects>.\n/// A.\npub fn a() {}\n", "");
        assert!(
            pair.html("")
                .into_string()
                .contains("Only in Rust: Go &lt;collects&gt;.")
        );
    }
}
