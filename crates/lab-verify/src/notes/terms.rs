//! Terms of a language that a reader of the other may not know: each is explained once, where it first appears in
//! the book.

use std::{collections::BTreeMap, ops::Range};

use anyhow::{Context as _, Result};
use lab_workspace::project::Project;
use serde::Deserialize;
use tree_sitter::Node;

use super::{Notes, Section, occurrences, path, read};
use crate::{
    parity::{self, Problem, Report},
    source::{Kind, Language, Source},
};

/// The terms of both languages.
const TERMS: &str = include_str!("../../terms.toml");

/// The forms of each term: tokens separated by spaces, or a `<node>` of the grammar.
#[derive(Deserialize)]
struct Terms {
    rust: BTreeMap<String, Vec<String>>,
    go: BTreeMap<String, Vec<String>>,
}

/// The terms that are not explained where they first appear, or more than once there.
pub fn unexplained(project: &Project) -> Result<Vec<Problem>> {
    let terms: Terms = toml::from_str(TERMS).context("terms.toml")?;
    let mut topics = Vec::new();
    for topic in &project.topics {
        let report = parity::check(project, topic)?;
        // A file that cannot be read explains nothing.
        let notes = read(project, topic, &report).unwrap_or_else(|_| Notes {
            path: path(&topic.name),
            sections: Vec::new(),
            problems: Vec::new(),
        });
        topics.push((report, notes));
    }
    let mut problems = Vec::new();
    for (language, terms) in [(Language::Rust, &terms.rust), (Language::Go, &terms.go)] {
        for (term, forms) in terms {
            problems.extend(unexplained_in(&topics, language, term, forms));
        }
    }
    Ok(problems)
}

/// What is wrong with the notes on one term.
fn unexplained_in(
    topics: &[(Report, Notes)],
    language: Language,
    term: &str,
    forms: &[String],
) -> Option<Problem> {
    let (report, notes, found) = topics.iter().find_map(|(report, notes)| {
        let found = find(report.side(language), forms);
        (!found.is_empty()).then_some((report, notes, found))
    })?;
    let source = report.side(language);
    let first = &found[0];
    let explains = |section: &Section| {
        let Some(item) = section.item(language) else {
            return 0;
        };
        if !source.items[item].code.bytes.contains(&first.start) {
            return 0;
        }
        let of_side = section
            .notes
            .iter()
            .filter(|note| note.language == language);
        let names = of_side.filter(|note| {
            let places = occurrences(source, item, &note.expression);
            places
                .iter()
                .any(|place| found.iter().any(|it| within(it, place)))
        });
        names.count()
    };
    let count: usize = notes.sections.iter().map(explains).sum();
    if count == 1 {
        return None;
    }
    let path = notes.path.display();
    let item = row(source, first.start);
    let says = format!(
        "`{term}` first appears here, in {item}: {path} needs one note on it there, and has {count}"
    );
    let line = source.text[..first.start].matches('\n').count() + 1;
    Some(Problem::new(&source.path, line, says))
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The name of the item below whose heading a note on this place belongs.
fn row(source: &Source, at: usize) -> String {
    let is_row = |kind| !matches!(kind, Kind::Field | Kind::Variant);
    let around = source
        .items
        .iter()
        .filter(|item| item.code.bytes.contains(&at));
    let rows = around.filter(|item| is_row(item.kind));
    let smallest = rows.min_by_key(|item| item.code.bytes.len());
    smallest.map_or_else(|| "no item".to_owned(), |item| item.title(source.language))
}

/// Where the items of a source have a term, in order.
fn find(source: &Source, forms: &[String]) -> Vec<Range<usize>> {
    let tokens = source.tokens();
    let mut found = Vec::new();
    for form in forms {
        if let Some(kind) = form
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
        {
            nodes(source.tree.root_node(), kind, &mut found);
            continue;
        }
        let form: Vec<&str> = form.split(' ').collect();
        for window in tokens.windows(form.len()) {
            if window
                .iter()
                .map(|token| token.text)
                .eq(form.iter().copied())
            {
                let last = window[window.len() - 1];
                found.push(window[0].start..last.start + last.text.len());
            }
        }
    }
    let in_item = |place: &Range<usize>| {
        let mut items = source.items.iter();
        items.any(|item| item.code.bytes.contains(&place.start))
    };
    found.retain(in_item);
    found.sort_by_key(|place| place.start);
    found
}

/// The first bytes of all nodes of a kind.
fn nodes(node: Node, kind: &str, found: &mut Vec<Range<usize>>) {
    if node.kind() == kind {
        found.push(node.start_byte()..node.start_byte() + 1);
    }
    for child in node.children(&mut node.walk()) {
        nodes(child, kind, found);
    }
}
