//! Pages that are generated from the reference: LEDGER.md, the first findings and the table of pairs in README, and the
//! figures in BIAS.md.

use std::{fmt::Write as _, fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::{
    bias,
    ledger_page::{self, COMMAND},
};
use lab_judge::{
    claims::{Claim, Claims},
    judge::judge,
    judgement::Judgement,
    ledger,
    reference::{self, FOLDER},
    results_for_claim::AvailableResults,
};
use lab_results::{evidence::Evidence, result::ResultFile};
use lab_verify::live_evidence::LiveEvidence;
use lab_workspace::{
    own_files,
    project::{Project, Topic},
};

/// The page of all claims.
pub const LEDGER: &str = "LEDGER.md";

/// The page that shows the first of them.
pub const README: &str = "README.md";

/// The page of what may be unfair.
const BIAS: &str = "BIAS.md";

/// A page with its current and its expected text.
pub struct Page {
    /// Its path from the top folder.
    pub path: &'static str,
    /// The current text.
    pub shown: String,
    /// The expected text.
    pub expected: String,
}

/// The pages, from the reference and what was answered when it was made: the same on every machine.
pub fn pages(project: &Project) -> Result<[Page; 3]> {
    let recorded = reference::answers(project)?;
    let claims = Claims::read(project)?;
    let files = reference::files(project)?;
    let judgements = judgements(&claims, &files, &recorded)?;
    let read = |path: &str| fs::read_to_string(project.root.join(path)).unwrap_or_default();
    let with_parts = |path: &'static str, parts: &[(&str, String)]| {
        let shown = read(path);
        let expected = with_parts(&shown, parts).with_context(|| path.to_owned())?;
        anyhow::Ok(Page {
            path,
            shown,
            expected,
        })
    };
    Ok([
        Page {
            path: LEDGER,
            shown: read(LEDGER),
            expected: ledger_page::text(project, &judgements, &files),
        },
        with_parts(
            README,
            &[
                ("findings", findings(&judgements)),
                ("pairs", pairs(&project.topics)),
            ],
        )?,
        with_parts(BIAS, &[("figures", bias::figures(&claims, &files)?)])?,
    ])
}

/// Writes the pages. What claims ask of programs and compilers and nobody answered yet is asked now, and kept
/// beside the reference.
pub fn write(project: &Project) -> Result<Vec<PathBuf>> {
    let claims = Claims::read(project)?;
    let mut recorded = reference::answers(project)?;
    let mut written = Vec::new();
    let open = recorded.lacks(claims.claim.iter().flat_map(Claim::questions));
    if !open.is_empty() {
        let world = LiveEvidence::new(project);
        recorded.record(open, &world)?;
        // Nothing less than all of them is written down.
        let failed = world.failed();
        ensure!(failed.is_empty(), "{}", failed.join("\n"));
        world.save_cache()?;
        let text = serde_json::to_string_pretty(&recorded)? + "\n";
        let path = project.root.join(reference::ANSWERS);
        own_files::replace(&path, text.as_bytes())?;
        written.push(path);
    }
    for page in pages(project)? {
        let path = project.root.join(page.path);
        own_files::replace(&path, page.expected.as_bytes())?;
        written.push(path);
    }
    Ok(written)
}

fn judgements(
    claims: &Claims,
    files: &[ResultFile],
    evidence: &dyn Evidence,
) -> Result<Vec<Judgement>> {
    ensure!(
        !files.is_empty(),
        "{FOLDER} has no result: \"cargo lab measure --reference PART\" measures one"
    );
    let available = AvailableResults::new(&[], files);
    let judged = claims.claim.iter();
    let judged = judged.map(|claim| judge(claim, &available.for_claim(claim)?, evidence));
    judged.collect()
}

/// A page with its generated parts, each between two lines that mark it.
fn with_parts(page: &str, parts: &[(&str, String)]) -> Result<String> {
    let mut page = page.to_owned();
    for (name, text) in parts {
        let marks = [
            format!("<!-- {name}: {COMMAND} -->"),
            format!("<!-- end of {name} -->"),
        ];
        let part = page.split_once(&marks[0]).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(&marks[1])?;
            Some(format!(
                "{before}{}\n\n{text}\n{}{after}",
                marks[0], marks[1]
            ))
        });
        page = part.with_context(|| {
            format!("it lacks the lines {marks:?}, between which a generated part stands")
        })?;
    }
    Ok(page)
}

/// The first findings, those of one place in one item, and how many claims came out which way.
fn findings(judgements: &[Judgement]) -> String {
    let mut text = String::new();
    for (number, place) in (1..).zip(ledger::findings(judgements)) {
        let finding = |judgement: &&Judgement| {
            let asks = judgement.front.as_ref().map_or("", |front| &front.asks);
            let (id, word) = (&judgement.id, judgement.verdict.word());
            format!(
                "**{asks}** {}. ([{id}]({LEDGER}#{}): {word})",
                judgement.finding,
                anchor(judgement)
            )
        };
        let all: Vec<String> = place.iter().map(finding).collect();
        let _ = writeln!(text, "{number}. {}", all.join(" "));
    }
    for (others, judgements) in ledger::tables(judgements) {
        let source = if others.is_empty() {
            "The article"
        } else {
            "Other sources"
        };
        let _ = writeln!(text, "\n{source}: {}.", ledger::counts(judgements));
    }
    let _ = writeln!(text, "\n[All claims, with their figures]({LEDGER}).");
    text
}

/// The table of the pairs.
fn pairs(topics: &[Topic]) -> String {
    let mut text = String::from("| pair | question | Go | Rust |\n|---|---|---|---|\n");
    for Topic { name, title, .. } in topics {
        let _ = writeln!(
            text,
            "| [{name}](crates/{name}/README.md) | {title} | [{name}.go](go/{name}/{name}.go) | \
             [lib.rs](crates/{name}/src/lib.rs) |"
        );
    }
    text
}

/// The place of a claim in the ledger: that of its topic.
fn anchor(judgement: &Judgement) -> &str {
    &judgement.topic
}
