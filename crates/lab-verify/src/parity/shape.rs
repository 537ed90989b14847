//! The shape that each of the two sources needs, so that both can be read side by side.

use lab_workspace::line_width;

use super::Problem;
use crate::source::{Item, Kind, Language, Source, canonical};

/// Longest function, from its signature to its closing brace.
const MAX_FUNCTION: usize = 15;
/// Longest file: about 150 lines are meant.
const MAX_FILE: usize = 170;

/// Checks one source.
pub(super) fn check(source: &Source, problems: &mut Vec<Problem>) {
    if let Some(line) = source.syntax_error() {
        let says = "the parser does not understand this line: correct it, or write it differently";
        problems.push(Problem::new(&source.path, line, says));
    }
    lengths(source, problems);
    only_here(source, problems);
    helpers(source, problems);
    names(source, problems);
    if source.language == Language::Rust {
        blocks(source, problems);
    }
    if let Some(line) = imports_pair(source) {
        let says = "a file that teaches does not use `pair`: take a callback or a type parameter";
        problems.push(Problem::new(&source.path, line, says));
    }
}

fn lengths(source: &Source, problems: &mut Vec<Problem>) {
    let most = line_width::columns();
    for (line, text) in source.text.lines().enumerate() {
        let columns = columns(text);
        if columns > most {
            let says = format!("{columns} columns: a line has at most {most}, a tab counts as 4");
            problems.push(Problem::new(&source.path, line + 1, says));
        }
    }
    let lines = source.text.lines().count();
    if lines > MAX_FILE {
        let says = format!("{lines} lines: a file that teaches has about 150, at most {MAX_FILE}");
        problems.push(Problem::new(&source.path, lines, says));
    }
    for item in &source.items {
        let is_function = matches!(item.kind, Kind::Function | Kind::Method);
        if is_function && item.lines() > MAX_FUNCTION {
            let (title, lines) = (item.title(source.language), item.lines());
            let says = format!(
                "{title} has {lines} lines: a function has at most {MAX_FUNCTION}, part it"
            );
            problems.push(Problem::at(source, item, says));
        }
    }
}

fn columns(line: &str) -> usize {
    line.chars().fold(0, |columns, c| match c {
        '\t' => columns + 4,
        _ => columns + 1,
    })
}

/// A reason has to be one, and has to stand above an item.
fn only_here(source: &Source, problems: &mut Vec<Problem>) {
    for item in &source.items {
        if item
            .only_here
            .as_ref()
            .is_some_and(|reason| reason.text.is_empty())
        {
            problems.push(Problem::at(
                source,
                item,
                "`only here:` without a reason: say why",
            ));
        }
        let lost = item
            .comments
            .iter()
            .find(|it| it.text.starts_with("only here"));
        if let Some(comment) = lost {
            let says =
                "`only here` counts directly above an item, as `// only here: REASON`: move it";
            problems.push(Problem::new(&source.path, comment.span.first, says));
        }
    }
}

/// Private helpers stand last: in the file, or in their block.
fn helpers(source: &Source, problems: &mut Vec<Problem>) {
    for (index, item) in source.items.iter().enumerate() {
        let in_block = item
            .within
            .is_some_and(|within| source.items[within].kind == Kind::Impl);
        let kinds = [
            Kind::Function,
            Kind::Method,
            Kind::Type,
            Kind::Constant,
            Kind::Group,
        ];
        if item.exported || !kinds.contains(&item.kind) || !(item.within.is_none() || in_block) {
            continue;
        }
        let later = |other: &&Item| other.exported && (!in_block || other.within == item.within);
        if let Some(other) = source.items[index + 1..].iter().find(later) {
            let (title, other) = (item.title(source.language), other.title(source.language));
            let what = if title.is_empty() {
                "this group"
            } else {
                &title
            };
            let place = if in_block { "their block" } else { "the file" };
            let says =
                format!("{what} is a private helper before {other}: helpers stand last in {place}");
            problems.push(Problem::at(source, item, says));
        }
    }
}

/// `impl Drop`, or the `Close` that is its twin, is the last of the type's items.
pub(super) fn closing(source: &Source, index: usize, problems: &mut Vec<Problem>) {
    let item = &source.items[index];
    let later = |other: &&Item| other.exported && other.owner == item.owner;
    if let Some(other) = source.items[index + 1..].iter().find(later) {
        let (title, other) = (item.title(source.language), other.title(source.language));
        let says = format!("{title} stands before {other}: it is the last of its type's items");
        problems.push(Problem::at(source, item, says));
    }
}

/// A type has one `impl` block, directly after it.
fn blocks(source: &Source, problems: &mut Vec<Problem>) {
    let rows: Vec<_> = source
        .items
        .iter()
        .filter(|item| item.within.is_none())
        .collect();
    for (index, row) in rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.kind == Kind::Impl)
    {
        let is_type = |other: &&Item| other.kind == Kind::Type && other.name == row.name;
        let is_block = |other: &&&Item| other.kind == Kind::Impl && other.name == row.name;
        let name = &row.name;
        if rows[..index].iter().any(|other| is_block(&other)) {
            let says = format!("a second block `impl {name}`: put its items into the first");
            problems.push(Problem::at(source, row, says));
        } else if rows.iter().any(is_type) && !rows[..index].last().is_some_and(is_type) {
            let says =
                format!("`impl {name}` stands apart from {name}: move it directly after the type");
            problems.push(Problem::at(source, row, says));
        }
    }
}

/// No two names differ by case alone, nor would two items have one twin.
fn names(source: &Source, problems: &mut Vec<Problem>) {
    for (index, item) in source.items.iter().enumerate() {
        for before in &source.items[..index] {
            let (one, two) = (before.title(source.language), item.title(source.language));
            let says = if by_case_alone(source, before, item) {
                format!("{one} and {two} differ by case alone: rename one")
            } else if one != two
                && item.exported
                && before.exported
                && item.kind == before.kind
                && item.twin_name() == before.twin_name()
            {
                format!("{one} and {two} would have the same twin: rename one")
            } else {
                continue;
            };
            problems.push(Problem::at(source, item, says));
        }
    }
}

fn by_case_alone(source: &Source, one: &Item, two: &Item) -> bool {
    let scope = |item: &Item| match (item.kind, source.language) {
        (Kind::Impl | Kind::TraitImpl | Kind::Drop | Kind::Group | Kind::Other, _) => None,
        (Kind::Variant, Language::Go) => Some((false, None)),
        (kind, _) => Some((kind == Kind::Field, item.owner.clone())),
    };
    scope(one).is_some()
        && scope(one) == scope(two)
        && one.name != two.name
        && canonical(&one.name) == canonical(&two.name)
}

fn imports_pair(source: &Source) -> Option<usize> {
    let tokens = source.tokens();
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text);
    let position = (0..tokens.len()).find(|&index| match source.language {
        Language::Go => text(index).starts_with('"') && text(index).ends_with("/go/pair\""),
        Language::Rust => {
            let before = index.checked_sub(1).map_or("", text);
            let leads = text(index + 1) == "::" && before != "::";
            text(index) == "pair" && (leads || before == "use")
        }
    });
    position.map(|index| tokens[index].line)
}
