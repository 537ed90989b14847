//! The pair: two sources in two columns, item by item, aligned by the same parse as the parity test.

use std::{collections::BTreeSet, fmt::Write as _, ops::Range, path::Path};

use anyhow::Result;
use lab::{
    parity::{self, Report},
    source::{Item, Kind, Source, canonical},
};
use maud::{Markup, PreEscaped, html};

use crate::{highlight::Highlighter, prose::slug};

/// Two sources, laid out.
pub struct Pair {
    /// The name of the room: `lib`, `script`, `contrast`, `measure`.
    room: String,
    report: Report,
    rows: Vec<Row>,
    painted: [Vec<String>; 2],
}

/// Twins beside each other, or an item that only one side has.
#[derive(Debug, Default)]
pub struct Row {
    /// Its address in the page.
    pub id: String,
    /// What both sides call it: Go's name, Rust's name; empty where a side has none.
    pub titles: [String; 2],
    /// Other names by which it is found: fields, variants, short names.
    pub names: BTreeSet<String>,
    /// The parts of each side: Go's, Rust's.
    sides: [Vec<Part>; 2],
}

/// The lines of an item: those above its signature, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    above: Range<usize>,
    body: Range<usize>,
    /// The items in it.
    items: Vec<usize>,
    kind: Kind,
    exported: bool,
}

const GO: usize = 0;
const RUST: usize = 1;
const SIDES: [(usize, &str, &str); 2] = [(GO, "go", "Go"), (RUST, "rust", "Rust")];

impl Row {
    /// What a reader calls it: both names, or the one that there is.
    pub fn title(&self) -> String {
        match [&self.titles[GO][..], &self.titles[RUST][..]] {
            ["", one] | [one, ""] => one.to_owned(),
            [go, rust] if go == rust => go.to_owned(),
            [go, rust] => format!("{go} ↔ {rust}"),
        }
    }
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
        let rows = rows(&report, name);
        Ok(Pair {
            room: name.to_owned(),
            report,
            rows,
            painted,
        })
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
        let last = |row: &&Row| row.titles.iter().any(|title| short(title) == wanted);
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

/// A name without what it belongs to.
fn short(title: &str) -> String {
    canonical(title.rsplit(['.', ':']).next().unwrap_or(title))
}

/// Where the numbers of lines begin.
fn from(lines: &Range<usize>) -> String {
    format!("counter-reset:n {}", lines.start - 1)
}

/// The parts of a source that are rows: items of the file, and those of an `impl` block.
fn parts(source: &Source) -> Vec<Part> {
    let is_impl = |item: &Item| item.kind == Kind::Impl;
    let is_row = |item: &Item| {
        item.within
            .is_none_or(|within| is_impl(&source.items[within]))
    };
    let heads: Vec<usize> = (0..source.items.len())
        .filter(|&index| is_row(&source.items[index]))
        .collect();
    let all = source.text.lines().count() + 1;
    let mut parts = Vec::new();
    for (place, &index) in heads.iter().enumerate() {
        let item = &source.items[index];
        let next = heads
            .get(place + 1)
            .map_or(all, |&next| source.items[next].span.first);
        let mut end = next;
        while end > item.signature + 1 && source.line(end - 1).trim().is_empty() {
            end -= 1;
        }
        let inside = (index + 1..source.items.len())
            .take_while(|inner| heads.get(place + 1).is_none_or(|next| inner < next));
        parts.push(Part {
            above: item.span.first..item.signature,
            body: item.signature..end,
            items: std::iter::once(index).chain(inside).collect(),
            kind: item.kind,
            exported: item.exported,
        });
    }
    parts
}

fn rows(report: &Report, room: &str) -> Vec<Row> {
    let (go, rust) = (parts(&report.go), parts(&report.rust));
    let mut rows: Vec<Row> = Vec::new();
    let (mut in_go, mut in_rust) = (0, 0);
    for (one, two) in runs(&twins(report, &go, &rust)) {
        alone(
            &mut rows,
            report,
            &go[in_go..one.start],
            &rust[in_rust..two.start],
        );
        (in_go, in_rust) = (one.end, two.end);
        rows.push(Row {
            sides: [go[one].to_vec(), rust[two].to_vec()],
            ..Row::default()
        });
    }
    alone(&mut rows, report, &go[in_go..], &rust[in_rust..]);
    for row in &mut rows {
        name(row, report);
    }
    address(&mut rows, room);
    rows
}

/// Which parts belong together, in the order of both sides.
fn twins(report: &Report, go: &[Part], rust: &[Part]) -> Vec<(usize, usize)> {
    let place =
        |parts: &[Part], item: usize| parts.iter().position(|part| part.items.contains(&item));
    let mut twins: Vec<(usize, usize)> = report
        .twins
        .iter()
        .filter_map(|&(in_rust, in_go)| Some((place(go, in_go)?, place(rust, in_rust)?)))
        .collect();
    // What is private has twins too, if it has the same name.
    for (one, part) in go.iter().enumerate().filter(|(_, part)| !part.exported) {
        let item = &report.go.items[part.items[0]];
        let same = |other: &Part| {
            let other = &report.rust.items[other.items[0]];
            !other.exported && other.twin_name() == item.twin_name() && !item.name.is_empty()
        };
        if let Some(two) = rust.iter().position(same) {
            twins.push((one, two));
        }
    }
    twins.sort_unstable();
    let mut last = (0, 0);
    twins.retain(|&(one, two)| {
        let fits = one >= last.0 && two >= last.1;
        if fits {
            last = (one, two);
        }
        fits
    });
    twins.dedup();
    twins
}

/// Joins twins that share a part: the constants of a Go group and the variants of a Rust enum.
fn runs(twins: &[(usize, usize)]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut runs: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for &(one, two) in twins {
        match runs.last_mut() {
            Some((go, rust)) if one < go.end || two < rust.end => {
                go.end = go.end.max(one + 1);
                rust.end = rust.end.max(two + 1);
            }
            _ => runs.push((one..one + 1, two..two + 1)),
        }
    }
    runs
}

/// Rows of what has no twin: private helpers join what stands beside or before them.
fn alone(rows: &mut Vec<Row>, report: &Report, go: &[Part], rust: &[Part]) {
    let is_helper = |part: &&Part| {
        !part.exported && !matches!(part.kind, Kind::Impl | Kind::TraitImpl | Kind::Drop)
    };
    let mut go: Vec<&Part> = go.iter().collect();
    for part in rust.iter().filter(|part| !is_helper(part)) {
        let mut row = Row {
            sides: [Vec::new(), vec![part.clone()]],
            ..Row::default()
        };
        // What Go writes as a method, Rust writes as an implementation of a trait.
        let owner = |part: &Part, source: &Source| source.items[part.items[0]].owner.clone();
        let same = |other: &&Part| {
            other.kind == Kind::Method && owner(other, &report.go) == owner(part, &report.rust)
        };
        if part.kind == Kind::TraitImpl
            && let Some(place) = go.iter().position(same)
        {
            row.sides[GO].push(go.remove(place).clone());
        }
        rows.push(row);
    }
    for part in go.iter().filter(|part| !is_helper(part)) {
        rows.push(Row {
            sides: [vec![(*part).clone()], Vec::new()],
            ..Row::default()
        });
    }
    let helpers = [
        go.into_iter()
            .filter(is_helper)
            .cloned()
            .collect::<Vec<_>>(),
        rust.iter().filter(is_helper).cloned().collect::<Vec<_>>(),
    ];
    if helpers.iter().all(|side| !side.is_empty()) {
        rows.push(Row {
            sides: helpers,
            ..Row::default()
        });
        return;
    }
    for (side, parts) in helpers.into_iter().enumerate() {
        if parts.is_empty() {
            continue;
        }
        let is_there = |row: &&mut Row| !row.sides[side].is_empty();
        if let Some(row) = rows.iter_mut().rev().find(is_there) {
            row.sides[side].extend(parts);
        } else {
            let mut row = Row::default();
            row.sides[side] = parts;
            rows.push(row);
        }
    }
}

fn name(row: &mut Row, report: &Report) {
    for (side, source) in [(GO, &report.go), (RUST, &report.rust)] {
        let Some(first) = row.sides[side].first() else {
            continue;
        };
        let title = |&&item: &&usize| !source.items[item].title(source.language).is_empty();
        let head = first.items.iter().find(title).unwrap_or(&first.items[0]);
        row.titles[side] = source.items[*head].title(source.language);
        for part in &row.sides[side] {
            for &item in &part.items {
                let item = &source.items[item];
                row.names
                    .insert(canonical(&item.title(source.language).replace("::", ".")));
                row.names.insert(canonical(&item.name));
            }
        }
        row.names.remove("");
    }
}

/// Gives each row with a name an address of its own.
fn address(rows: &mut [Row], room: &str) {
    let mut taken = BTreeSet::new();
    for row in rows {
        let title = row.titles.iter().rev().find(|title| !title.is_empty());
        let Some(title) = title else { continue };
        let is_head = row.sides[RUST]
            .first()
            .is_some_and(|part| part.kind == Kind::Impl);
        if is_head {
            continue;
        }
        let mut id = slug(title);
        if room != "lib" {
            id = format!("{room}-{id}");
        }
        while !taken.insert(id.clone()) {
            id += "-2";
        }
        row.id = id;
    }
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
            rows: rows(&report, "lib"),
            report,
            painted,
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
    fn what_only_one_side_has_says_why_on_the_other() {
        let pair = pair("// only here: Go <collects>.\n/// A.\npub fn a() {}\n", "");
        assert!(
            pair.html("")
                .into_string()
                .contains("Only in Rust: Go &lt;collects&gt;.")
        );
    }
}
