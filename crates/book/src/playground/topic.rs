//! What an editor has to know of a topic: its operations, and kept scripts to start from.

use std::fs;

use anyhow::Result;
use lab_verify::difftest::{
    both::Both,
    table::{self, Operation, Part},
};
use lab_workspace::{
    programs::Programs,
    project::{Project, Topic},
};
use serde::Serialize;

use super::MAX_SCRIPT;
use crate::{keep, told};

/// A topic, as an editor needs it.
#[derive(Debug, Serialize)]
pub struct Known {
    operations: Vec<Help>,
    scripts: Vec<Kept>,
    /// The measured cases: a name, a unit, what is measured.
    pub cases: Vec<[String; 3]>,
    /// The longest script, in bytes.
    max_script: usize,
}

/// An operation, as one writes and reads it.
#[derive(Debug, Serialize)]
struct Help {
    word: String,
    usage: String,
    /// Each operand with its limits.
    operands: Vec<String>,
    says: String,
    /// Its part in settling, in a sentence; empty if it has none.
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
pub fn read(project: &Project, topic: &Topic) -> Result<Known> {
    let table = Both::of(project, topic).table()?;
    Ok(Known {
        operations: table::read(&table)?.iter().map(help).collect(),
        scripts: kept(project, topic)?,
        cases: told::cases(&Programs::of(project), &topic.name)?,
        max_script: MAX_SCRIPT,
    })
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
            least,
            most,
        } = operand;
        match kind {
            table::Kind::Whole | table::Kind::Signed => format!("{name}: {least} to {most}"),
            table::Kind::Id => format!("{name}: the number of something alive"),
            table::Kind::Name => format!("{name}: at most {most} letters, digits, _ or -"),
        }
    };
    Help {
        usage: usage.join(" "),
        operands: operation.operands.iter().map(operand).collect(),
        says: operation.says.clone(),
        settling: match operation.part {
            Part::None => "",
            Part::LetsGo => "It lets something go: Rust frees at once, Go at a collection.",
            Part::NeedsSettle => "It needs a settle after anything was let go.",
            Part::Settles => "It waits until all that was let go is freed.",
        },
        word: operation.word.clone(),
    }
}

/// The kept scripts that can be shown, by name.
fn kept(project: &Project, topic: &Topic) -> Result<Vec<Kept>> {
    let folder = project.root.join("tests/scripts").join(&topic.name);
    let mut scripts = Vec::new();
    for path in keep::sorted(&folder)? {
        let Ok(text) = fs::read_to_string(&path) else {
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
    Ok(scripts)
}
