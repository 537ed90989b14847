//! The claims with their verdicts, judged when the book is made.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::Result;
use lab_judge::{
    claims::{Claim, Claims, Test},
    figures::{Figure, Results},
    judge::{self, Found},
    ledger, reference,
    rule::{Finding, Verdict},
};
use lab_results::{
    built,
    evidence::{Answer, Evidence, Question},
    result::ResultFile,
    store,
};
use lab_verify::world::World;
use lab_workspace::{language::Side, project::Project, toolchain::Go};
use maud::{Markup, html};

use crate::{
    measured::Shown,
    memory::Reading,
    plot::{Kind, short},
    report::{Listener, Warnings},
};

/// A claim and what became of it.
#[derive(Debug, Clone, Default)]
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
    /// The language that the verdict favours, as a reader calls it; none if it favours neither.
    pub favours: Option<String>,
    /// What it rests on, in one sentence.
    pub evidence: String,
    /// The page on which it stands.
    pub page: String,
    /// What was asked, with what was found.
    pub tests: Vec<Tested>,
    /// The figures beside the verdict, in words.
    pub shown: Vec<String>,
    /// What the other side would answer, and the figure that tests it.
    pub answer: Option<(String, Option<String>)>,
    /// The supposed causes, each with what the experiment showed that takes it away.
    pub causes: Vec<(String, String)>,
    /// What to keep in mind.
    pub caveats: Vec<String>,
    /// Resident memory of its cases, where it is about memory.
    pub memory: Vec<Reading>,
    /// The formulas that it is made of.
    pub formulas: Vec<String>,
    /// Whether it takes all cases together.
    pub is_headline: bool,
}

/// A test of a claim, with what it found.
#[derive(Debug, Clone, Default)]
pub struct Tested {
    /// The state or the clock that it stands for; empty if there is one only.
    pub name: String,
    /// What is asked.
    pub asked: String,
    /// Where the book tells more of it: a mistake's file, a fact, the scripts, the checks.
    pub place: Option<String>,
    /// The unit of its figure.
    pub unit: String,
    /// The bound: from, to.
    pub least: Option<f64>,
    /// The bound's end.
    pub most: Option<f64>,
    /// The figure, if it was measured.
    pub figure: Option<Shown>,
    /// What was seen, where the question is one of yes or no.
    pub seen: Option<String>,
    /// Whether the bound is kept; unknown where that is open.
    pub is_kept: Option<bool>,
}

impl Tested {
    /// Whose figure it is: of one side, or of one over the other.
    pub fn kind(&self) -> Kind {
        match (self.asked.contains("go{"), self.asked.contains("rust{")) {
            (true, false) => Kind::Go,
            (false, true) => Kind::Rust,
            _ => Kind::Ratio,
        }
    }

    /// What was found, in words.
    pub fn said(&self) -> String {
        let found = self.figure_said().or_else(|| self.seen.clone());
        let found = found.unwrap_or_else(|| "not measured".to_owned());
        format!("{} {found}", self.name).trim().to_owned()
    }

    /// The figure with its interval, or what was seen where that is asked; nothing if it is missing.
    pub fn figure_said(&self) -> Option<String> {
        match &self.figure {
            Some(shown) => Some(shown.said(&self.unit)),
            None if self.unit.is_empty() => self.seen.clone(),
            None => None,
        }
    }

    /// The bound, in words.
    pub fn bound(&self) -> String {
        let of = |value| short(value, &self.unit);
        match (self.least, self.most) {
            (Some(least), Some(most)) => format!("{} to {}", of(least), of(most)),
            (Some(least), None) => format!("at least {}", of(least)),
            (None, Some(most)) => format!("at most {}", of(most)),
            (None, None) => String::new(),
        }
    }
}

/// All claims, and the results that they were judged by.
pub struct Verdicts {
    /// The claims in their order.
    pub claims: Vec<Judged>,
    /// The results that they are judged by: the newest one, or the reference; none if there is neither.
    pub files: Vec<ResultFile>,
    /// Whether that is the reference, for nothing was measured here.
    pub is_reference: bool,
    /// The newest map, if one was measured, in all its shares.
    pub sweep: Vec<ResultFile>,
}

/// The page of the claims that belong to no pair.
pub const CONCLUSION: &str = "conclusion.html";

/// The words of verdicts, most telling first.
pub const WORDS: [&str; 5] = ["holds", "fails", "depends", "undecided", "shown"];

/// Judges all claims by the newest result, or by the reference.
pub fn verdicts(
    project: &Project,
    claims: &Claims,
    results: &Path,
    listener: &dyn Listener,
    warnings: &Warnings,
) -> Verdicts {
    let reference = project.root.join(reference::FOLDER);
    let left_aside = |path: &Path, why: &str| {
        let place = path.strip_prefix(&project.root).unwrap_or(path);
        warnings.missing(&place.display().to_string(), why);
    };
    let read = |folder: &Path, found: Result<Vec<PathBuf>>| {
        found.unwrap_or_else(|error| {
            left_aside(folder, &format!("left aside: {error:#}"));
            Vec::new()
        })
    };
    listener.begin("reading the results");
    let is_named = results.canonicalize().ok() == reference.canonicalize().ok();
    let own = || match store::newest(results)? {
        Some(newest) => store::with_others(results, newest),
        None => Ok(Vec::new()),
    };
    let mut paths = if is_named {
        Vec::new()
    } else {
        read(results, own())
    };
    let is_reference = paths.is_empty();
    if is_reference {
        paths = read(&reference, store::list(&reference));
    }
    let mut files = store::together(paths, |path, why| {
        left_aside(path, &format!("left aside: {why}"));
    });
    for (path, file) in &mut files {
        for topic in unknown(project, file) {
            left_aside(
                path,
                &format!("no topic is called {topic:?}: its cases are left aside"),
            );
            file.measurements.retain(|m| m.subject.topic != topic);
        }
    }
    let files: Vec<ResultFile> = files.into_iter().map(|(_, file)| file).collect();
    let sweep = store::newest_of(results, "sweep").unwrap_or_default();
    Verdicts {
        claims: judged(project, claims, &files, listener, warnings),
        is_reference: is_reference && !files.is_empty(),
        files,
        sweep,
    }
}

/// Topics of a result that are not of this project.
fn unknown(project: &Project, file: &ResultFile) -> BTreeSet<String> {
    let topics = file.measurements.iter().map(|m| &m.subject.topic);
    let is_unknown = |topic: &&String| *topic != built::TOPIC && project.topic(topic).is_err();
    topics.filter(is_unknown).cloned().collect()
}

/// Nobody who can be asked.
struct Nobody;

impl Evidence for Nobody {
    fn answer(&self, _: &Question) -> Result<Answer> {
        Ok((None, "there is no Go here".to_owned()))
    }
}

fn judged(
    project: &Project,
    claims: &Claims,
    files: &[ResultFile],
    listener: &dyn Listener,
    warnings: &Warnings,
) -> Vec<Judged> {
    let world = Go::find(project).is_ok().then(|| World::new(project));
    listener.begin("judging the claims");
    let mut all = Vec::new();
    for claim in &claims.claim {
        listener.step(&claim.id);
        let asked: &dyn Evidence = match &world {
            Some(world) => world,
            None => &Nobody,
        };
        let mut found = judge(claim, &Results(files), asked);
        let has_chapter = project.topic(&claim.topic).is_ok();
        found.page = if has_chapter {
            format!("{}.html", claim.topic)
        } else {
            CONCLUSION.to_owned()
        };
        all.push(found);
    }
    if let Some(world) = world {
        for why in world.failed() {
            warnings.wrong("the claims of yes and no", &why);
        }
        // What cannot be kept is asked again the next time.
        let _ = world.keep();
    }
    all
}

fn judge(claim: &Claim, results: &Results, world: &dyn Evidence) -> Judged {
    let judgement = judge::judge(claim, results, world);
    let values = |test: &Test| Some(test.value.as_ref()?.replace("TIME", "wall"));
    let mut judged = Judged {
        id: claim.id.clone(),
        topic: claim.topic.clone(),
        says: claim.says.clone(),
        source: claim.source.clone(),
        figure: claim.figure.clone(),
        verdict: "undecided".to_owned(),
        whole: "undecided".to_owned(),
        favours: None,
        evidence: String::new(),
        page: String::new(),
        tests: Vec::new(),
        shown: Vec::new(),
        answer: claim.answer.clone().map(|says| (says, None)),
        causes: Vec::new(),
        caveats: ledger::caveats(claim, results.0),
        memory: ledger::readings(claim, results)
            .unwrap_or_default()
            .into_iter()
            .map(Reading::from)
            .collect(),
        formulas: claim.test.iter().filter_map(values).collect(),
        is_headline: claim.is_headline(),
    };
    match judgement {
        Ok(judgement) => {
            judgement.verdict.word().clone_into(&mut judged.verdict);
            judged.whole = judgement.verdict.to_string();
            judged.favours = favours(claim, &judgement.verdict).map(str::to_owned);
            judged.evidence = ledger::evidence(&judgement);
            judged.tests = tests(claim, &judgement.found);
            judged.shown = judgement.shown.iter().filter_map(ledger::said).collect();
            if let (Some((_, figure)), Some(found)) = (&mut judged.answer, &judgement.answer) {
                *figure = ledger::said(found);
            }
            let tested = judgement.causes.iter().map(|experiment| {
                let says = experiment.cause.says.clone();
                let is_missing = |figure: &Figure| matches!(figure, Figure::Missing(_));
                if is_missing(&experiment.effect) || is_missing(&experiment.without) {
                    return (says, "This was not tested here".to_owned());
                }
                let found = ledger::experimented(experiment);
                (says, format!("{}: {found}", experiment.explained))
            });
            judged.causes = tested.collect();
        }
        Err(error) => judged.evidence = format!("(cannot be judged: {error:#})"),
    }
    judged
}

/// Whose language gains: the one that the claim favours if it holds, the other one if it fails.
fn favours(claim: &Claim, verdict: &Verdict) -> Option<&'static str> {
    match (claim.favours?, verdict) {
        (Side::Go, Verdict::Holds) | (Side::Rust, Verdict::Fails) => Some("Go"),
        (Side::Rust, Verdict::Holds) | (Side::Go, Verdict::Fails) => Some("Rust"),
        _ => None,
    }
}

/// Each test with what it found: one that is made for both clocks was found twice.
fn tests(claim: &Claim, found: &[Found]) -> Vec<Tested> {
    let one = |(test, found): (&Test, &Found)| Tested {
        name: format!("{} {}", found.state, found.clock.unwrap_or_default())
            .trim()
            .to_owned(),
        asked: ledger::question(test, "").replace("TIME", found.clock.unwrap_or_default()),
        place: place(test),
        unit: found.unit.clone(),
        least: test.least,
        most: test.most,
        figure: found.figure.as_ref().and_then(Shown::of),
        seen: match &found.figure {
            Some(Figure::Missing(what)) => Some(what.clone()),
            _ => found.seen.clone(),
        },
        is_kept: match found.finding {
            Finding::Kept => Some(true),
            Finding::Broken => Some(false),
            Finding::Open(_) => None,
        },
    };
    let found = found.iter();
    let asked = found.filter_map(|found| Some((claim.test.get(found.test)?, found)));
    asked.map(one).collect()
}

fn place(test: &Test) -> Option<String> {
    if let Some(file) = &test.mistake {
        Some(format!("source/{file}.html"))
    } else if let Some(fact) = &test.fact {
        Some(format!("{}.html#differs", fact.topic))
    } else if let Some(replay) = &test.replay {
        Some(format!("source/crates/{}/src/script.rs.html", replay.topic))
    } else {
        let check = test.check.as_ref();
        check.map(|_| "source/crates/lab-verify/src/checks.rs.html".to_owned())
    }
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

/// The article's claims, then those of other sources, which stand behind them.
pub fn by_source(claims: &[Judged]) -> (&[Judged], &[Judged]) {
    claims.split_at(claims.partition_point(|claim| claim.source.is_none()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_stands_beside_its_test() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let claims = Claims::read(&Project::at(Path::new(root)).unwrap()).unwrap();
        for claim in &claims.claim {
            let found = judge::judge(claim, &Results(&[]), &Nobody).unwrap().found;
            assert_eq!(tests(claim, &found).len(), found.len(), "{}", claim.id);
        }
    }

    #[test]
    fn a_claim_that_fails_favours_the_other_language() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let claims = Claims::read(&Project::at(Path::new(root)).unwrap()).unwrap();
        let claim = claims.get("R4").unwrap();
        let depends = Verdict::Depends("on it".to_owned());
        let verdicts = [Verdict::Holds, Verdict::Fails, depends, Verdict::Shown];
        let told = verdicts.map(|verdict| favours(claim, &verdict));
        assert_eq!(told, [Some("Rust"), Some("Go"), None, None]);
    }
}
