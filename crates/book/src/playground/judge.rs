//! Judges the claims of a chapter by the reader's own results alone.

use std::{cmp::Reverse, path::Path};

use anyhow::Result;
use lab_judge::{
    claims::{Claim, Claims},
    figures::Results,
    judge,
    judgement::Judgement,
    reference,
    results_for_claim::{self, AvailableResults},
};
use lab_results::{evidence::Answers, result::ResultFile};
use lab_verify::live_evidence::LiveEvidence;
use lab_workspace::project::Project;
use serde::Serialize;

/// A claim, judged by the reader's own results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnVerdict {
    id: String,
    says: String,
    /// The verdict in one word.
    verdict: &'static str,
    finding: String,
    /// The days and commands of the results.
    measured: Vec<[String; 2]>,
}

impl From<Judgement> for OwnVerdict {
    fn from(judgement: Judgement) -> Self {
        let results = judgement.measured.into_iter();
        OwnVerdict {
            verdict: judgement.verdict.word(),
            id: judgement.id,
            says: judgement.says,
            finding: judgement.finding,
            measured: results.map(|from| [from.day, from.command]).collect(),
        }
    }
}

/// The results in a folder, and these beside them, the newest first.
pub fn own_results(
    project: &Project,
    folder: &Path,
    beside: Vec<ResultFile>,
) -> Result<Vec<ResultFile>> {
    let claims = Claims::read(project)?;
    // Writing the book warns of files that cannot be read.
    let in_folder = results_for_claim::read_own(folder, &claims, |_, _| ())?.into_iter();
    let mut files: Vec<ResultFile> = in_folder.map(|(_, file)| file).chain(beside).collect();
    files.sort_by_key(|file| Reverse(file.began));
    Ok(files)
}

/// The claims of a topic for which these results, the newest first, hold a figure.
pub fn judge_topic(
    project: &Project,
    topic: &str,
    files: &[ResultFile],
) -> Result<Vec<OwnVerdict>> {
    let claims = Claims::read(project)?;
    let results = Results::new(files);
    let mut own: Vec<&Claim> = Vec::new();
    for claim in claims.claim.iter().filter(|claim| claim.topic == topic) {
        let queries = claim.queries()?;
        if queries.iter().any(|query| results.find(query).is_some()) {
            own.push(claim);
        }
    }
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let recorded = reference::answers(project)?;
    let world = LiveEvidence::new(project);
    let evidence = Answers::here(&world, &recorded);
    let available = AvailableResults::new(files, &[]);
    let judge = |claim: &Claim| -> Result<OwnVerdict> {
        Ok(judge::judge(claim, &available.for_claim(claim)?, &evidence)?.into())
    };
    let verdicts = own.into_iter().map(judge).collect();
    // Answers that cannot be kept are asked for again.
    let _ = world.save_cache();
    verdicts
}
