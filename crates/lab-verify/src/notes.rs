//! Notes on the expressions of a pair, for a reader of the other language: `crates/TOPIC/notes.md`.
//!
//! A section for each item (`## Node::new / NewNode`: Rust's name, then Go's), in it a list entry for each
//! expression (``- Rust `Rc<Self>`: A counted pointer.``) of at most two sentences.

mod parse;
mod terms;

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use lab_workspace::project::{Project, Topic};

use crate::{
    parity::{Problem, Report},
    source::{Item, Kind, Language, Source},
};

pub use terms::unexplained;

/// The notes of one topic, in the order of their file.
#[derive(Debug, Clone)]
pub struct Notes {
    /// The file, from the top folder.
    pub path: PathBuf,
    /// A section for each item that has notes.
    pub sections: Vec<Section>,
    /// All that is wrong with the file; what is wrong is left out of the sections.
    pub problems: Vec<Problem>,
}

/// The notes on one item and its twin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading: the names of the item.
    pub title: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// The item of the Rust side, by its place among [`Source::items`].
    pub rust: Option<usize>,
    /// The item of the Go side.
    pub go: Option<usize>,
    /// The notes in their order.
    pub notes: Vec<Note>,
}

/// What a reader of the other language should know of one expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The language of the expression.
    pub language: Language,
    /// The expression, as the code has it.
    pub expression: String,
    /// At most two sentences; code stands between backquotes.
    pub says: String,
    /// The line of the source where the item first has the expression, from 1.
    pub source_line: usize,
    /// The line in the file of the notes, from 1.
    pub line: usize,
}

impl Section {
    /// The item of a side.
    pub fn item(&self, language: Language) -> Option<usize> {
        match language {
            Language::Rust => self.rust,
            Language::Go => self.go,
        }
    }
}

/// The file of a topic's notes, from the top folder.
pub fn path(topic: &str) -> PathBuf {
    format!("crates/{topic}/notes.md").into()
}

/// Reads the notes of a topic, whose sources are known, and checks them.
pub fn read(project: &Project, topic: &Topic, report: &Report) -> Result<Notes> {
    let path = path(&topic.name);
    let text = fs::read_to_string(project.root.join(&path)).with_context(|| {
        let path = path.display();
        format!("cannot read {path}, which explains each side to readers of the other")
    })?;
    Ok(check(&path, &text, report))
}

/// Finds the items and the expressions that a text names.
fn check(path: &Path, text: &str, report: &Report) -> Notes {
    let (raw, mut problems) = parse::parse(path, text);
    let mut sections: Vec<Section> = Vec::new();
    for raw in raw {
        let mut problem = |line, says| problems.push(Problem::new(path, line, says));
        let (rust, go) = match items(&raw.title, report) {
            Ok(found) => found,
            Err(says) => {
                problem(raw.line, says);
                continue;
            }
        };
        let twice = sections.iter().find(|it| (it.rust, it.go) == (rust, go));
        if let Some(first) = twice {
            let says = format!(
                "line {} is a section on the same item: join them",
                first.line
            );
            problem(raw.line, says);
            continue;
        }
        let mut section = Section {
            title: raw.title,
            line: raw.line,
            rust,
            go,
            notes: Vec::new(),
        };
        for note in raw.notes {
            match place(&section, &note, report) {
                Ok(source_line) => section.notes.push(Note {
                    source_line,
                    ..note
                }),
                Err(says) => problem(note.line, says),
            }
        }
        sections.push(section);
    }
    Notes {
        path: path.to_owned(),
        sections,
        problems,
    }
}

/// The items that a heading names: twins, or the one that there is.
fn items(title: &str, report: &Report) -> Result<(Option<usize>, Option<usize>), String> {
    // A note on a field belongs to its type.
    let named = |language, name: &str| {
        let mut items = report.side(language).items.iter();
        items.position(|item| item.kind != Kind::Field && item.title(language) == name)
    };
    let (left, right) = title.split_once(" / ").unwrap_or((title, title));
    let (rust, go) = (named(Language::Rust, left), named(Language::Go, right));
    let both = left != right;
    match (rust, go) {
        (None, _) if both => Err(format!(
            "no item of {} is called {left}",
            report.rust.path.display()
        )),
        (_, None) if both => Err(format!(
            "no item of {} is called {right}",
            report.go.path.display()
        )),
        (None, None) => Err(format!("no item of either side is called {title}")),
        _ => Ok((rust, go)),
    }
}

/// The line where the section's item has the note's expression.
fn place(section: &Section, note: &Note, report: &Report) -> Result<usize, String> {
    let source = report.side(note.language);
    let expression = &note.expression;
    let Some(item) = section.item(note.language) else {
        return Err(format!(
            "{} names no item of {}",
            section.title,
            source.path.display()
        ));
    };
    let same = |other: &&Note| other.language == note.language && other.expression == *expression;
    if let Some(first) = section.notes.iter().find(same) {
        return Err(format!(
            "line {} is a note on {expression} as well: join them",
            first.line
        ));
    }
    let found = occurrences(source, item, expression);
    let Some(first) = found.first() else {
        let (path, line) = (source.path.display(), source.items[item].signature);
        return Err(format!("the code at {path}:{line} has no {expression}"));
    };
    Ok(source.text[..first.start].matches('\n').count() + 1)
}

/// Where the code of an item has an expression, comments aside.
fn occurrences(source: &Source, item: usize, expression: &str) -> Vec<Range<usize>> {
    let code = own_code(source, &source.items[item]);
    let comments = source.comments();
    let is_code = |at: &usize| !comments.iter().any(|comment| comment.contains(at));
    let found = source.text[code.clone()].match_indices(expression);
    let starts = found.map(|(at, _)| code.start + at).filter(is_code);
    starts.map(|at| at..at + expression.len()).collect()
}

/// The bytes of an item; of a block of functions only its head, since each function is an item too.
fn own_code(source: &Source, item: &Item) -> Range<usize> {
    let code = item.code.bytes.clone();
    if item.kind != Kind::Impl {
        return code;
    }
    let inner = source.items.iter().map(|other| other.span.bytes.start);
    let first = inner
        .filter(|start| *start > code.start && *start < code.end)
        .min();
    code.start..first.unwrap_or(code.end)
}

#[cfg(test)]
mod tests;
