//! Checks that the two sources of a topic mirror each other.
//!
//! What is exported has a twin of the same name in the same place with the same sentence, or says
//! `// only here: REASON`; both files have the shape that lets them be read side by side; the first
//! line of every file names its twin.
//!
//! `twins` holds names, order and sentences, `shape` what keeps twins side by side, `first_lines` the first line.

mod first_lines;
mod sentence;
mod shape;
mod twins;

use std::{
    fmt::{self, Display},
    path::{Path, PathBuf},
};

use anyhow::Result;

use lab_workspace::project::{Project, Topic};

use crate::source::{Item, Language, Source};

/// The two sources that teach a topic, their twins, and the problems.
#[derive(Debug, Clone)]
pub struct Report {
    /// The Rust side.
    pub rust: Source,
    /// The Go side.
    pub go: Source,
    /// The twins in order: an item of the Rust side and one of the Go side.
    pub twins: Vec<(usize, usize)>,
    /// All broken rules.
    pub problems: Vec<Problem>,
}

/// A broken rule, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, from the top folder.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub says: String,
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.says)
    }
}

impl Problem {
    pub(crate) fn new(path: &Path, line: usize, says: impl Into<String>) -> Self {
        Problem {
            path: path.to_owned(),
            line,
            says: says.into(),
        }
    }

    fn at(source: &Source, item: &Item, says: impl Into<String>) -> Self {
        Problem::new(&source.path, item.signature, says)
    }
}

impl Report {
    /// The sources of a language.
    pub fn side(&self, language: Language) -> &Source {
        match language {
            Language::Rust => &self.rust,
            Language::Go => &self.go,
        }
    }

    /// The item's twin on the other side.
    pub fn twin(&self, language: Language, item: usize) -> Option<usize> {
        self.twins.iter().find_map(|&(rust, go)| match language {
            Language::Rust => (rust == item).then_some(go),
            Language::Go => (go == item).then_some(rust),
        })
    }
}

/// Checks a topic: both sources that teach, and the first lines of all its files.
pub fn check(project: &Project, topic: &Topic) -> Result<Report> {
    let mut report = compare(
        Source::read(&project.root, &topic.rust_source())?,
        Source::read(&project.root, &topic.go_source())?,
    );
    let twins = first_lines::twins(&topic.name);
    let (rust, go) = (
        format!("crates/{}/src", topic.name),
        format!("go/{}", topic.name),
    );
    let program = format!("go/cmd/{}", topic.name);
    let files = first_lines::read(&project.root, &[&rust, &go, &program])?;
    report.problems.extend(first_lines::check(&files, &twins));
    Ok(report)
}

/// Checks what the topics' programs have in common: only that its files name their twins.
pub fn check_pair(project: &Project) -> Result<Vec<Problem>> {
    let files = first_lines::read(&project.root, &["crates/pair/src", "go/pair"])?;
    let top = (
        "crates/pair/src/lib.rs".to_owned(),
        "go/pair/pair.go".to_owned(),
    );
    Ok(first_lines::check(&files, &[top]))
}

/// Compares the two sources that teach.
pub fn compare(rust: Source, go: Source) -> Report {
    let mut problems = Vec::new();
    shape::check(&rust, &mut problems);
    shape::check(&go, &mut problems);
    let twins = twins::check(&rust, &go, &mut problems);
    Report {
        rust,
        go,
        twins,
        problems,
    }
}

#[cfg(test)]
mod tests;
