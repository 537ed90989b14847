//! The lines of a file of notes.

use std::path::Path;

use super::Note;
use crate::{parity::Problem, source::Language};

/// Longest note, in characters: it stands in a narrow column beside the code.
const MAX_LENGTH: usize = 240;

/// A heading and what stands below it, before anything is looked for in the sources.
pub(super) struct Raw {
    pub(super) title: String,
    pub(super) line: usize,
    pub(super) notes: Vec<Note>,
}

/// Splits a text into its sections, and reports lines that do not belong to any.
pub(super) fn parse(path: &Path, text: &str) -> (Vec<Raw>, Vec<Problem>) {
    let mut sections: Vec<Raw> = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut problem = |says: &str| problems.push(Problem::new(path, number, says));
        if let Some(title) = line.strip_prefix("## ") {
            sections.push(Raw {
                title: title.trim().to_owned(),
                line: number,
                notes: Vec::new(),
            });
        } else if let Some(entry) = line.strip_prefix("- ") {
            match (sections.last_mut(), entry_of(entry, number)) {
                (Some(section), Ok(note)) => section.notes.push(note),
                (None, _) => problem("a note above the first `## ITEM`: put it below one"),
                (_, Err(says)) => problem(&says),
            }
        } else if line.starts_with("  ") {
            let section = sections.last_mut();
            match section.and_then(|section| section.notes.last_mut()) {
                Some(note) => note.says = format!("{} {}", note.says, line.trim()),
                None => problem("an indented line goes on with a note, and none is above"),
            }
        } else if !(line.is_empty() || number == 1 && line.starts_with("# ")) {
            let says = "neither `## ITEM` nor `- LANGUAGE `EXPRESSION`: NOTE` nor an indented line";
            problem(says);
        }
    }
    for section in &sections {
        if section.notes.is_empty() {
            let says = format!(
                "{} has no note: write one, or take the heading away",
                section.title
            );
            problems.push(Problem::new(path, section.line, says));
        }
        for note in &section.notes {
            let problem = |says| Problem::new(path, note.line, says);
            problems.extend(length(&note.says).map(problem));
        }
    }
    (sections, problems)
}

/// Reads ``LANGUAGE `EXPRESSION`: NOTE``.
fn entry_of(entry: &str, line: usize) -> Result<Note, String> {
    let form = || "a note is ``- Rust `EXPRESSION`: SENTENCE``, or Go in place of Rust".to_owned();
    let (language, rest) = entry.split_once(" `").ok_or_else(form)?;
    let language = match language {
        "Rust" => Language::Rust,
        "Go" => Language::Go,
        _ => return Err(form()),
    };
    let (expression, says) = rest.split_once("`: ").ok_or_else(form)?;
    Ok(Note {
        language,
        expression: expression.to_owned(),
        says: says.trim().to_owned(),
        source_line: 0,
        line,
    })
}

/// What is wrong with a note's length.
fn length(says: &str) -> Option<String> {
    let (sentences, chars) = (sentences(says), says.chars().count());
    if sentences > 2 {
        Some(format!("{sentences} sentences: a note has at most 2"))
    } else if chars > MAX_LENGTH {
        Some(format!(
            "{chars} characters: a note has at most {MAX_LENGTH}"
        ))
    } else if !says.ends_with(['.', '?']) {
        Some("the note does not end as a sentence does".to_owned())
    } else {
        None
    }
}

/// How many sentences a text has; what stands between backquotes is code.
fn sentences(says: &str) -> usize {
    let prose: Vec<&str> = says.split('`').step_by(2).collect();
    let ends = |text: &&str| text.ends_with(['.', '?', '!']);
    let prose = prose.join("x");
    prose.split_whitespace().filter(ends).count()
}
