//! The claims with their verdicts, judged when the book is made.

use std::path::Path;

use anyhow::Result;
use lab::{
    claims::{Claim, Claims},
    judge::{self, Figure, Results, World, ledger},
    measure::store,
    project::Project,
    result::ResultFile,
};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::keep::{self, Keep};

/// A ratio: the state it stands for, its value, its interval.
pub type Ratio = (String, f64, f64, f64);

/// A claim and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judged {
    /// Its id.
    pub id: String,
    /// Its topic.
    pub topic: String,
    /// What is said.
    pub says: String,
    /// Who says so; the article if nobody is named.
    pub source: Option<String>,
    /// The figure that the source gives.
    pub figure: Option<String>,
    /// The verdict in one word.
    pub verdict: String,
    /// The verdict with what it depends on.
    pub whole: String,
    /// What it rests on, in one sentence.
    pub evidence: String,
    /// All there is to say, as the lab prints it.
    pub full: String,
    /// The page on which it stands.
    pub page: String,
    /// Its ratios, Go over Rust or as the claim has it: what, value, low, high.
    pub ratios: Vec<Ratio>,
}

/// All claims, and the results that they were judged by.
pub struct Verdicts {
    /// The claims in their order.
    pub claims: Vec<Judged>,
    /// The newest result, if there is one.
    pub result: Option<ResultFile>,
}

/// The page of the claims that belong to no pair.
pub const CONCLUSION: &str = "conclusion.html";

/// The words of verdicts, most telling first.
pub const WORDS: [&str; 5] = ["holds", "fails", "depends", "undecided", "shown"];

/// Judges all claims by the newest result; what is kept is not judged again.
pub fn verdicts(project: &Project, keep: &Keep, results: &Path) -> Result<Verdicts> {
    let claims = Claims::read(project)?;
    let path = store::newest(results)?;
    let result = path.as_deref().map(store::read).transpose()?;
    let measured = match &path {
        Some(path) => {
            keep::key(path, &[""], &[])? + &keep::key(results, &[&path.to_string_lossy()], &[])?
        }
        None => String::new(),
    };
    let files: Vec<ResultFile> = result.iter().cloned().collect();
    let mut world = None;
    let mut judged = Vec::new();
    let own = keep::key(&project.root, &["crates/lab/src"], &[])?;
    for claim in &claims.claim {
        let key = key(project, claim, &[&own, &measured])?;
        let mut found = keep.get(&format!("claim-{}", claim.id), &key, || {
            if world.is_none() {
                world = Some(World::new(project)?);
            }
            Ok(judge(claim, &Results(&files), world.as_ref()))
        })?;
        let has_chapter = project.topic(&claim.topic).is_ok();
        found.page = if has_chapter {
            format!("{}.html", claim.topic)
        } else {
            CONCLUSION.to_owned()
        };
        judged.push(found);
    }
    Ok(Verdicts {
        claims: judged,
        result,
    })
}

/// What a verdict is made of.
fn key(project: &Project, claim: &Claim, words: &[&str]) -> Result<String> {
    let mut topics = vec![claim.topic.as_str()];
    for test in &claim.test {
        topics.extend(test.fact.as_ref().map(|fact| fact.topic.as_str()));
        topics.extend(test.replay.as_ref().map(|replay| replay.topic.as_str()));
        if test.check.is_some() {
            topics.extend(project.names());
        }
    }
    let mut all = format!("{claim:?}");
    for topic in topics {
        all += &keep::topic_key(project, topic)?;
        all += &keep::key(&project.root, &[&format!("crates/{topic}/mistakes")], &[])?;
    }
    let words: Vec<&str> = words.iter().copied().chain([all.as_str()]).collect();
    keep::key(&project.root, &[], &words)
}

fn judge(claim: &Claim, results: &Results, world: Option<&World>) -> Judged {
    let judgement = world.map(|world| judge::judge(claim, results, world));
    let mut judged = Judged {
        id: claim.id.clone(),
        topic: claim.topic.clone(),
        says: claim.says.clone(),
        source: claim.source.clone(),
        figure: claim.figure.clone(),
        verdict: "undecided".to_owned(),
        whole: "undecided".to_owned(),
        evidence: String::new(),
        full: String::new(),
        page: String::new(),
        ratios: Vec::new(),
    };
    match judgement {
        Some(Ok(judgement)) => {
            judgement.verdict.word().clone_into(&mut judged.verdict);
            judged.whole = judgement.verdict.to_string();
            judged.evidence = ledger::evidence(&judgement);
            judged.full = ledger::full(&judgement);
            for found in &judgement.found {
                if let Some(Figure::Known(e)) = &found.figure
                    && found.unit == "ratio"
                {
                    let of = [found.state.as_str(), found.clock.unwrap_or_default()];
                    judged
                        .ratios
                        .push((of.join(" ").trim().to_owned(), e.value, e.low, e.high));
                }
            }
        }
        Some(Err(error)) => judged.evidence = format!("(cannot be judged: {error})"),
        None => {}
    }
    judged
}

impl Judged {
    /// Where it stands in the book.
    pub fn place(&self) -> String {
        format!("{}#{}", self.page, self.address())
    }

    /// Its address in its chapter.
    pub fn address(&self) -> String {
        format!("claim-{}", self.id.to_lowercase())
    }
}

/// How many claims came out which way.
pub fn counts(claims: &[Judged]) -> Vec<(&'static str, usize)> {
    WORDS
        .map(|word| {
            (
                word,
                claims.iter().filter(|claim| claim.verdict == word).count(),
            )
        })
        .to_vec()
}

/// A verdict as a mark: a sign beside its word, since colour alone tells not everybody.
pub fn mark(verdict: &str) -> Markup {
    let sign = match verdict {
        "holds" => "✓",
        "fails" => "✗",
        "depends" => "~",
        "shown" => "i",
        _ => "?",
    };
    html! { span class={ "verdict " (verdict) } { span aria-hidden="true" { (sign) } " " (verdict) } }
}

/// A sentence whose words between backticks are code.
pub fn sentence(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
