//! Which items belong together: same name, same order, same sentence.

use super::{Problem, sentence, shape};
use crate::source::{Comment, Item, Kind, Language, Source, canonical};

/// Go's methods that serve an interface of the library, as `impl Trait` does in Rust.
const OF_INTERFACES: [&str; 13] = [
    "As",
    "Error",
    "Format",
    "GoString",
    "Is",
    "Less",
    "Read",
    "ServeHTTP",
    "String",
    "Swap",
    "Unwrap",
    "Write",
    "WriteTo",
];

/// Finds the twins and what is wrong with them.
pub(super) fn check(
    rust: &Source,
    go: &Source,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, usize)> {
    let twins = find(rust, go);
    let (mut left, right): (Vec<_>, Vec<_>) = twins.iter().copied().unzip();
    for (index, item) in rust.items.iter().enumerate() {
        if item.kind != Kind::Drop || !item.exported {
            continue;
        }
        shape::closing(rust, index, problems);
        if let Some((_, close)) = twins.iter().find(|twin| twin.0 == index) {
            shape::closing(go, *close, problems);
        } else if is_cleaned(item, go) {
            left.push(index);
        }
    }
    one_sided(rust, &left, go, problems);
    one_sided(go, &right, rust, problems);
    order(rust, go, &twins, problems);
    for &(one, two) in &twins {
        docs(rust, &rust.items[one], go, &go.items[two], problems);
    }
    files(rust, go, problems);
    twins
}

fn find(rust: &Source, go: &Source) -> Vec<(usize, usize)> {
    let mut twins: Vec<(usize, usize)> = Vec::new();
    let passes = [exact as fn(&Item, &Item) -> bool, closes, typed];
    for fits in passes {
        for (one, item) in rust.items.iter().enumerate() {
            if !item.exported || twins.iter().any(|twin| twin.0 == one) {
                continue;
            }
            let mut free =
                (0..go.items.len()).filter(|two| !twins.iter().any(|twin| twin.1 == *two));
            if let Some(two) =
                free.find(|&two| go.items[two].exported && fits(item, &go.items[two]))
            {
                twins.push((one, two));
            }
        }
    }
    twins.sort_unstable();
    twins
}

fn exact(rust: &Item, go: &Item) -> bool {
    rust.kind == go.kind && rust.twin_name() == go.twin_name()
}

fn closes(rust: &Item, go: &Item) -> bool {
    rust.kind == Kind::Drop && go.kind == Kind::Method && rust.twin_name() == go.twin_name()
}

/// A constant that happens to be of one of the file's types.
fn typed(rust: &Item, go: &Item) -> bool {
    (rust.kind, go.kind) == (Kind::Constant, Kind::Variant)
        && rust.twin_name() == canonical(&go.name)
}

/// Does Go's function that makes the type register a cleanup? That is the twin of `impl Drop` then.
fn is_cleaned(drop: &Item, go: &Source) -> bool {
    let owner = drop.owner.as_deref().map(canonical).unwrap_or_default();
    go.items.iter().any(|item| {
        let makes = item.kind == Kind::Function && item.twin_name().ends_with(&owner);
        makes && go.slice(&item.code).contains("AddCleanup(")
    })
}

fn one_sided(source: &Source, twins: &[usize], other: &Source, problems: &mut Vec<Problem>) {
    for (index, item) in source.items.iter().enumerate() {
        let title = item.title(source.language);
        if twins.contains(&index) {
            if let Some(reason) = &item.only_here {
                let says = format!("{title} has a twin: take this `only here` away");
                problems.push(Problem::new(&source.path, reason.span.first, says));
            }
        } else if needs_twin(source, item) && !is_excused(source, item) {
            let there = other.path.display();
            let says = format!(
                "{title} has no twin in {there}: write it there, or `// only here: REASON` above this"
            );
            problems.push(Problem::at(source, item, says));
        }
    }
}

fn needs_twin(source: &Source, item: &Item) -> bool {
    let own = matches!(
        item.kind,
        Kind::Impl | Kind::TraitImpl | Kind::Group | Kind::Other
    );
    let of_interface = source.language == Language::Go
        && item.kind == Kind::Method
        && OF_INTERFACES.contains(&item.name.as_str());
    item.exported && !own && !of_interface
}

/// A reason stands above it, or above the type to which it belongs.
fn is_excused(source: &Source, item: &Item) -> bool {
    let owner =
        |other: &&Item| other.kind == Kind::Type && Some(&other.name) == item.owner.as_ref();
    let owner = source.items.iter().find(owner);
    item.only_here.is_some() || owner.is_some_and(|owner| owner.only_here.is_some())
}

/// Says where the order breaks first.
fn order(rust: &Source, go: &Source, twins: &[(usize, usize)], problems: &mut Vec<Problem>) {
    if let Some(pair) = twins.windows(2).find(|pair| pair[0].1 > pair[1].1) {
        let (before, item) = (&go.items[pair[0].1], &go.items[pair[1].1]);
        let says = format!(
            "{} stands before {} here, behind it in {}: put both in the same order",
            item.title(Language::Go),
            before.title(Language::Go),
            rust.path.display(),
        );
        problems.push(Problem::at(go, item, says));
    }
}

fn docs(rust: &Source, left: &Item, go: &Source, right: &Item, problems: &mut Vec<Problem>) {
    let is_drop = left.kind == Kind::Drop;
    let named = matches!(right.kind, Kind::Type | Kind::Function | Kind::Method);
    let name = &right.name;
    if let Some(doc) = &right.doc
        && named
        && !sentence::begins_with_name(&doc.text, name)
    {
        let says = format!("the doc comment of {name} has to begin with that name");
        problems.push(Problem::new(&go.path, doc.span.first, says));
    }
    let (title, there) = (left.title(Language::Rust), place(go, right));
    match (&left.doc, &right.doc) {
        (Some(one), Some(two)) => {
            let (one_says, two_says) = (sentence::first(&one.text), sentence::first(&two.text));
            if !sentence::alike(&one_says, &two_says, right) {
                problems.push(differ(rust, one, &one_says, &there, &two_says));
            }
        }
        (None, Some(_)) if !is_drop => {
            let says = format!("{title} has no doc comment, but its twin at {there} has: write it");
            problems.push(Problem::at(rust, left, says));
        }
        (Some(_), None) => {
            let (title, there) = (right.title(Language::Go), place(rust, left));
            let says = format!("{title} has no doc comment, but its twin at {there} has: write it");
            problems.push(Problem::at(go, right, says));
        }
        _ => {}
    }
}

fn files(rust: &Source, go: &Source, problems: &mut Vec<Problem>) {
    match (&rust.doc, &go.doc) {
        (Some(one), Some(two)) => {
            let (one_says, two_says) = (sentence::first(&one.text), sentence::first(&two.text));
            let package = go.path.file_stem().unwrap_or_default().to_string_lossy();
            if !sentence::alike_files(&one_says, &two_says, &package) {
                let there = format!("{}:{}", go.path.display(), two.span.first);
                problems.push(differ(rust, one, &one_says, &there, &two_says));
            }
        }
        (one, two) => {
            for (source, doc, sign) in [(rust, one, "//!"), (go, two, "// Package")] {
                if doc.is_none() {
                    let says =
                        format!("the file does not say what it holds: write a `{sign}` comment");
                    problems.push(Problem::new(&source.path, 1, says));
                }
            }
        }
    }
}

fn differ(rust: &Source, doc: &Comment, one: &str, there: &str, two: &str) -> Problem {
    let says = format!("{one:?} here, {two:?} at {there}: say the same on both sides");
    Problem::new(&rust.path, doc.span.first, says)
}

fn place(source: &Source, item: &Item) -> String {
    format!("{}:{}", source.path.display(), item.signature)
}
