//! Rows: which items of two sources stand beside each other, by the same parse as the parity test.

use std::{collections::BTreeSet, ops::Range};

use lab_verify::{
    notes::Note,
    parity::Report,
    source::{Item, Kind, Source, canonical},
};

use crate::prose::slug;

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
    pub sides: [Vec<Part>; 2],
    /// What a reader of the other language should know of its expressions.
    pub notes: Vec<Note>,
}

/// The lines of an item: those above its signature, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The lines above its signature.
    pub above: Range<usize>,
    /// The others.
    pub body: Range<usize>,
    /// The items in it.
    pub items: Vec<usize>,
    kind: Kind,
    exported: bool,
}

/// Go's side.
pub const GO: usize = 0;
/// Rust's side.
pub const RUST: usize = 1;

impl Row {
    /// A row without a twin.
    fn one_sided(side: usize, parts: Vec<Part>) -> Self {
        let mut row = Row::default();
        row.sides[side] = parts;
        row
    }

    /// What a reader calls it: both names, or the one that there is.
    pub fn title(&self) -> String {
        match [&self.titles[GO][..], &self.titles[RUST][..]] {
            ["", one] | [one, ""] => one.to_owned(),
            [go, rust] if go == rust => go.to_owned(),
            [go, rust] => format!("{go} ↔ {rust}"),
        }
    }

    /// Whether all that it has of a side is private and stands on its own.
    pub fn is_helper(&self, side: usize) -> bool {
        let parts = &self.sides[side];
        !parts.is_empty() && parts.iter().all(Part::is_helper)
    }
}

impl Part {
    fn is_helper(&self) -> bool {
        !self.exported && !matches!(self.kind, Kind::Impl | Kind::TraitImpl | Kind::Drop)
    }
}

/// A name without what it belongs to.
pub fn short(title: &str) -> String {
    canonical(title.rsplit(['.', ':']).next().unwrap_or(title))
}

/// The parts of a source that are rows: items of the file, and those of an `impl` block.
fn parts(source: &Source) -> Vec<Part> {
    let is_impl = |item: &Item| item.kind == Kind::Impl;
    let is_row = |item: &Item| {
        item.within
            .is_none_or(|within| is_impl(&source.items[within]))
    };
    // A file begins with its modules and imports, which are folded.
    let is_module = |item: &Item| {
        item.kind == Kind::Other && source.line(item.signature).trim_start().starts_with("mod ")
    };
    let heads: Vec<usize> = (0..source.items.len())
        .skip_while(|&index| is_module(&source.items[index]))
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

/// All rows of a room, in order.
pub fn rows(report: &Report, room: &str) -> Vec<Row> {
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

/// Rows of what has no twin. A private helper joins the item before it; where both sides have helpers, of
/// other names, they stand apart: they must not look like twins.
fn alone(rows: &mut Vec<Row>, report: &Report, go: &[Part], rust: &[Part]) {
    let are_on_both = [go, rust]
        .iter()
        .all(|side| side.iter().any(Part::is_helper));
    let mut apart = [Vec::new(), Vec::new()];
    let mut helper = |rows: &mut Vec<Row>, side: usize, part: &Part| {
        if are_on_both {
            apart[side].push(part.clone());
        } else {
            join(rows, side, part);
        }
    };
    let mut go: Vec<&Part> = go.iter().collect();
    for part in rust {
        if part.is_helper() {
            helper(rows, RUST, part);
            continue;
        }
        let mut row = Row::one_sided(RUST, vec![part.clone()]);
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
    for part in go {
        if part.is_helper() {
            helper(rows, GO, part);
        } else {
            rows.push(Row::one_sided(GO, vec![part.clone()]));
        }
    }
    for (side, parts) in apart.into_iter().enumerate() {
        if !parts.is_empty() {
            rows.push(Row::one_sided(side, parts));
        }
    }
}

/// Adds a part to the last row that has something of its side.
fn join(rows: &mut Vec<Row>, side: usize, part: &Part) {
    let is_there = |row: &&mut Row| !row.sides[side].is_empty();
    match rows.iter_mut().rev().find(is_there) {
        Some(row) => row.sides[side].push(part.clone()),
        None => rows.push(Row::one_sided(side, vec![part.clone()])),
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
