//! What an editor needs of a topic: its operations, kept scripts to start from, measured cases.

use std::fs;

use anyhow::Result;
use lab_verify::{
    difftest::{
        programs::ProgramPair,
        table::{self, Operation, Part},
    },
    verify,
};
use lab_workspace::{
    hash::hex,
    programs::Programs,
    project::{Project, Topic},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::MAX_SCRIPT;
use crate::topic_output;

/// A topic, as an editor needs it.
#[derive(Debug, Serialize)]
pub struct Description {
    operations: Vec<Help>,
    scripts: Vec<Kept>,
    /// The measured cases: name, unit, what is measured.
    pub cases: Vec<[String; 3]>,
    /// The longest script, in bytes.
    max_script: usize,
    /// The hash of the page and of all that stands above.
    pub page: String,
    /// How often the book was written before.
    pub version: u64,
}

/// What an editor says of an operation.
#[derive(Debug, Serialize)]
struct Help {
    word: String,
    usage: String,
    /// Each operand with its limits.
    operands: Vec<String>,
    says: String,
    /// What it has to do with `settle`, as a sentence; may be empty.
    settling: &'static str,
}

/// A kept script.
#[derive(Debug, Serialize)]
struct Kept {
    name: String,
    title: String,
    text: String,
}

/// Asks a topic's program for its operations, and reads its kept scripts.
pub fn describe(
    project: &Project,
    topic: &Topic,
    page: &[u8],
    version: u64,
) -> Result<Description> {
    let table = ProgramPair::new(project, topic).table()?;
    let mut description = Description {
        operations: table::read(&table)?.iter().map(help).collect(),
        scripts: kept(project, topic)?,
        cases: topic_output::cases(&Programs::locate(project), &topic.name)?,
        max_script: MAX_SCRIPT,
        page: String::new(),
        version: 0,
    };
    let mut hash = Sha256::new_with_prefix(page);
    hash.update(serde_json::to_vec(&description)?);
    (description.page, description.version) = (hex(&hash.finalize()), version);
    Ok(description)
}

fn help(operation: &Operation) -> Help {
    let names = operation
        .operands
        .iter()
        .map(|operand| operand.name.as_str());
    let usage: Vec<&str> = [operation.word.as_str()].into_iter().chain(names).collect();
    let operand = |operand: &table::Operand| {
        let table::Operand {
            name,
            kind,
            min,
            max,
        } = operand;
        match kind {
            table::Kind::Whole | table::Kind::Signed => format!("{name}: {min} to {max}"),
            table::Kind::Id => format!("{name}: the number of a value that is alive"),
            table::Kind::Name => format!("{name}: at most {max} letters, digits, _ or -"),
        }
    };
    Help {
        usage: usage.join(" "),
        operands: operation.operands.iter().map(operand).collect(),
        says: operation.says.clone(),
        settling: match operation.part {
            Part::None => "",
            Part::Releases => "It drops values: Rust frees them at once, Go at a collection.",
            Part::NeedsSettle => "If values were dropped before, settle has to come first.",
            Part::Settles => "It waits until all dropped values are freed.",
        },
        word: operation.word.clone(),
    }
}

/// The kept scripts that can be shown: scenes first, then the others by name.
fn kept(project: &Project, topic: &Topic) -> Result<Vec<Kept>> {
    let mut scripts = Vec::new();
    for path in verify::scripts(project, topic)? {
        let Ok(text) = fs::read_to_string(project.root.join(&path)) else {
            continue;
        };
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let comment = text.lines().next().and_then(|line| line.strip_prefix("# "));
        let title = comment.map_or_else(|| name.replace('-', " "), str::to_owned);
        if text.len() <= MAX_SCRIPT {
            scripts.push(Kept { name, title, text });
        }
    }
    scripts.sort_by_key(|script: &Kept| !script.name.starts_with("scene-"));
    Ok(scripts)
}
