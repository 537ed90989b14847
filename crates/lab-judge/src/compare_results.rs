//! What changed from one result to another: times and memory of each side, verdicts, and what makes the
//! two hard to compare.

mod text;

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use lab_results::{
    block_ratios,
    evidence::Evidence,
    query::Query,
    result::{Block, CaseKey, Measurement, ResultFile, Run},
    stats::{self, Estimate},
    warnings,
};

use crate::{
    claims::Claims,
    figures::{Figure, Results},
    judge,
    judgement::{Judgement, Tested},
    verdict::Verdict,
};

pub use text::text;

/// A figure that surely moved by more than this factor has changed.
const CHANGED: f64 = 1.1;

/// What is compared of a run.
const QUANTITIES: [&str; 3] = ["wall", "cpu", "peak"];

/// All that changed.
#[derive(Debug, Serialize)]
pub struct Changes {
    /// What makes the two hard to compare.
    pub warnings: Vec<String>,
    /// The figures of what both measured.
    pub rows: Vec<Row>,
    /// What only the old one measured.
    pub only_old: Vec<CaseKey>,
    /// What only the new one measured.
    pub only_new: Vec<CaseKey>,
    /// The claims with another verdict.
    pub verdicts: Vec<Turned>,
}

/// A case with its settings, and how its figures moved.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What was measured.
    #[serde(rename = "subject")]
    pub key: CaseKey,
    /// `wall` and `cpu` time, or `peak` memory.
    pub quantity: &'static str,
    /// Go's new figure over its old one.
    pub go: Moved,
    /// Rust's new figure over its old one.
    pub rust: Moved,
}

/// New over old.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Moved {
    /// With its interval.
    Known(Estimate),
    /// The ratio of the medians of too few blocks for an interval.
    Rough(f64),
    /// One of them has no such figure.
    Missing,
}

/// A claim whose verdict is another one.
#[derive(Debug, Serialize)]
pub struct Turned {
    /// The claim.
    pub id: String,
    /// What it says.
    pub says: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// The figures that turned it, each with its bound.
    pub reasons: Vec<String>,
}

impl Moved {
    /// Whether it surely moved, however little.
    pub fn differs(self) -> bool {
        matches!(self, Moved::Known(e) if e.outside(1.0, 1.0))
    }

    /// Whether it surely moved far enough to matter.
    pub fn changed(self) -> bool {
        matches!(self, Moved::Known(e) if e.outside(1.0 / CHANGED, CHANGED))
    }
}

impl Changes {
    /// Compares two results, each in as many files as it has.
    pub fn between(
        old: &[ResultFile],
        new: &[ResultFile],
        claims: &Claims,
        world: &dyn Evidence,
    ) -> Result<Self> {
        let (olds, news) = (measured(old), measured(new));
        let mut verdicts = Vec::new();
        for claim in &claims.claim {
            let before = judge::judge(claim, &Results::new(old), world)?;
            let after = judge::judge(claim, &Results::new(new), world)?;
            verdicts.extend(turned(&before, &after));
        }
        Ok(Changes {
            warnings: warnings(old, new),
            rows: rows(&olds, &news),
            only_old: apart(&olds, &news),
            only_new: apart(&news, &olds),
            verdicts,
        })
    }

    /// Whether a verdict turned, or a figure surely moved by more than a tenth.
    pub fn any(&self) -> bool {
        let moved = |row: &Row| row.go.changed() || row.rust.changed();
        !self.verdicts.is_empty() || self.rows.iter().any(moved)
    }
}

/// Each measurement once.
fn measured(files: &[ResultFile]) -> Vec<&Measurement> {
    let results = Results::new(files);
    let mut all: Vec<&Measurement> = Vec::new();
    for Measurement { key, .. } in files.iter().flat_map(|file| &file.measurements) {
        if all.iter().all(|known| known.key != *key) {
            all.extend(results.find(&Query::from(key)));
        }
    }
    all
}

fn apart(ones: &[&Measurement], others: &[&Measurement]) -> Vec<CaseKey> {
    let others: BTreeSet<&CaseKey> = others.iter().map(|m| &m.key).collect();
    let alone = ones.iter().map(|m| &m.key);
    alone.filter(|s| !others.contains(s)).cloned().collect()
}

/// The figures of what both measured.
fn rows(olds: &[&Measurement], news: &[&Measurement]) -> Vec<Row> {
    let mut rows = Vec::new();
    for old in olds {
        let Some(new) = news.iter().find(|new| new.key == old.key) else {
            continue;
        };
        rows.extend(QUANTITIES.map(|quantity| Row {
            key: old.key.clone(),
            quantity,
            go: moved(old, new, quantity, |block| &block.go),
            rust: moved(old, new, quantity, |block| &block.rust),
        }));
    }
    rows
}

fn moved(old: &Measurement, new: &Measurement, quantity: &str, side: fn(&Block) -> &Run) -> Moved {
    let figures = |measurement: &Measurement| -> Vec<f64> {
        let runs = measurement.blocks.iter().map(side);
        runs.filter_map(|run| figure(run, quantity)).collect()
    };
    let (old, new) = (figures(old), figures(new));
    if let Some(estimate) = stats::ratio_of_independent(&old, &new) {
        return Moved::Known(estimate);
    }
    match (block_ratios::middle(old), block_ratios::middle(new)) {
        (Some(old), Some(new)) => Moved::Rough(new / old),
        _ => Moved::Missing,
    }
}

fn figure(run: &Run, quantity: &str) -> Option<f64> {
    match quantity {
        "peak" => run.process.get("peak_bytes")?.as_f64().filter(|&b| b > 0.0),
        time => block_ratios::time(run, &format!("{time}_ns")),
    }
}

/// What became of a claim, if that is something else and both had its figures.
fn turned(old: &Judgement, new: &Judgement) -> Option<Turned> {
    let lacks = |tested: &Tested| matches!(tested.figure, Some(Figure::Missing(_)));
    let missing = |judgement: &Judgement| judgement.tests.iter().any(lacks);
    if same(&old.verdict, &new.verdict) || missing(old) || missing(new) {
        return None;
    }
    let of_old = |new: &Tested| {
        let same = |old: &&Tested| (&old.question, old.clock) == (&new.question, new.clock);
        old.tests.iter().find(same)
    };
    let tested = new.tests.iter().filter_map(|new| Some((of_old(new)?, new)));
    let reasons = tested.filter(|(old, new)| old.outcome != new.outcome);
    let said = |tested: &Tested| tested.result_text().unwrap_or_default();
    Some(Turned {
        id: new.id.clone(),
        says: new.says.clone(),
        old: old.verdict.to_string(),
        new: new.verdict.to_string(),
        reasons: reasons
            .map(|(old, new)| {
                let bound = match new.bound_text() {
                    bound if bound.is_empty() => bound,
                    bound => format!("; has to be {bound}"),
                };
                format!("{}; was {}{bound}", said(new), said(old))
            })
            .collect(),
    })
}

/// Whether two verdicts say the same; the reason of an undecided verdict may change from run to run.
fn same(old: &Verdict, new: &Verdict) -> bool {
    match (old, new) {
        (Verdict::Undecided(_), Verdict::Undecided(_)) => true,
        (old, new) => old == new,
    }
}

/// The hashes of the files of claims.
fn claims(file: &ResultFile) -> Vec<(&String, &String)> {
    let all = file.hashes.iter();
    all.filter(|(name, _)| name.ends_with("claims.toml"))
        .collect()
}

fn warnings(old: &[ResultFile], new: &[ResultFile]) -> Vec<String> {
    let (Some(first), Some(second)) = (old.first(), new.first()) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let machines = first.machine.differences(&second.machine);
    all.extend(
        machines
            .iter()
            .map(|differs| format!("the machines differ in {differs}")),
    );
    if first.request != second.request {
        let [old, new] = [first, second].map(|file| file.command.as_str());
        all.push(format!("they were asked different things: {old}; {new}"));
    }
    if claims(first) != claims(second) {
        all.push("the claims changed between them; both are judged as they read now".to_owned());
    }
    for (name, files) in [("old", old), ("new", new)] {
        if files.iter().any(|file| !file.complete) {
            all.push(format!("the {name} one was stopped before its end"));
        }
        if files.iter().any(|file| warnings::noise(file).is_some()) {
            all.push(format!("the {name} one comes from a noisy machine"));
        }
    }
    all
}

#[cfg(test)]
mod tests;
