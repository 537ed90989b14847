//! The claims with their verdicts, judged when the book is made.

use std::{
    borrow::Borrow,
    collections::BTreeSet,
    mem,
    ops::Deref,
    path::{Path, PathBuf},
};

use anyhow::Result;
use lab_judge::{
    claims::{Claim, Claims},
    judge,
    judgement::{FigureLanguages, Judgement, TestQuestion, Tested},
    reference,
    results_for_claim::{self, AvailableResults},
    verdict::WORDS,
};
use lab_results::{
    build_metrics,
    evidence::{Answer, Answers, Evidence, Question, Recorded},
    result::{Measurement, Mode, ResultFile},
    scenario, store,
};
use lab_verify::live_evidence::LiveEvidence;
use lab_workspace::{language::Language, project::Project, toolchain::Go};
use maud::{Markup, html};

use crate::{
    messages::{Listener, Warnings},
    plot::Kind,
};

/// A judgement with its place in the book.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What became of the claim.
    pub judgement: Judgement,
    /// The page on which it stands.
    pub page: String,
}

impl Deref for Judged {
    type Target = Judgement;

    fn deref(&self) -> &Judgement {
        &self.judgement
    }
}

impl Borrow<Judgement> for Judged {
    fn borrow(&self) -> &Judgement {
        &self.judgement
    }
}

/// All claims, and the results that they were judged by.
pub struct Verdicts {
    /// The claims in their order.
    pub claims: Vec<Judged>,
    /// The results that they are judged by, each measurement once; none if nothing is measured.
    pub files: Vec<ResultFile>,
    /// Whether all of them are the reference, for nothing was measured here.
    pub is_reference: bool,
    /// Servers under load that were measured here, the newest map and `point` runs among them.
    pub own_load: Vec<ResultFile>,
    /// Servers under load of the reference.
    pub reference_load: Vec<ResultFile>,
}

/// Largest number of the newest `point` runs that are shown.
const MAX_POINTS: usize = 6;

/// The page of the claims that belong to no pair.
pub const CONCLUSION: &str = "conclusion.html";

/// The page with a row for each claim.
pub const LEDGER: &str = "ledger.html";

/// Judges all claims, each by the newest results that fit it, or by the reference.
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
    listener.begin("reading the results");
    let warn = |path: &Path, why: &str| left_aside(path, &format!("left aside: {why}"));
    let is_named = results.canonicalize().ok() == reference.canonicalize().ok();
    let own = if is_named {
        Ok(Vec::new())
    } else {
        results_for_claim::read_own(results, claims, warn)
    };
    let own = own.unwrap_or_else(|error| {
        warn(results, &format!("{error:#}"));
        Vec::new()
    });
    let known = |files: Vec<(PathBuf, ResultFile)>| -> Vec<ResultFile> {
        let of_topics = |(path, mut file): (PathBuf, ResultFile)| {
            for topic in unknown(project, &file) {
                left_aside(
                    &path,
                    &format!("no topic is called {topic:?}: its cases are left aside"),
                );
                file.measurements.retain(|m| m.key.topic != topic);
            }
            file
        };
        files.into_iter().map(of_topics).collect()
    };
    let mut own = known(own);
    let mut reference = known(read_each(&reference, warn));
    let is_reference = own.is_empty() && !reference.is_empty();
    let recorded = warnings.part(reference::ANSWERS, reference::answers(project));
    let available = AvailableResults::new(&own, &reference);
    let claims = judged(project, claims, available, &recorded, listener, warnings);
    let mut user_load = if is_named {
        Vec::new()
    } else {
        read_user_load(results)
    };
    let mut own_load = servers(&mut own);
    own_load.extend(servers(&mut user_load));
    let reference_load = servers(&mut reference);
    // What several parts of the reference hold is told of the article's, whose cases are of one run.
    reference.sort_by_key(|file| file.request.mode != Mode::Claims);
    let files = results_for_claim::each_once(own.into_iter().chain(reference).collect());
    Verdicts {
        claims,
        files,
        is_reference,
        own_load,
        reference_load,
    }
}

/// All readable results of a folder, the newest first: each is a run of its own, perhaps on another machine.
fn read_each(folder: &Path, warn: impl Fn(&Path, &str)) -> Vec<(PathBuf, ResultFile)> {
    let paths = store::list(folder).unwrap_or_else(|error| {
        warn(folder, &format!("{error:#}"));
        Vec::new()
    });
    let read = |path: PathBuf| match store::read(&path) {
        Ok(file) => Some((path, file)),
        Err(error) => {
            warn(&path, &store::reason(&error));
            None
        }
    };
    paths.into_iter().filter_map(read).collect()
}

/// Reads the newest map, in all its shares, and the newest `point` runs.
fn read_user_load(results: &Path) -> Vec<ResultFile> {
    let mut files = store::newest_of_mode(results, Mode::Sweep).unwrap_or_default();
    let mut paths = store::list(results).unwrap_or_default();
    paths.retain(|path| path.to_string_lossy().ends_with("-point.json"));
    // Unreadable files are reported where claims are judged.
    let points = paths.iter().take(MAX_POINTS).map(|path| store::read(path));
    files.extend(points.filter_map(Result::ok));
    files
}

/// The servers under load of results, without what else they hold; a result that has none is left out.
fn servers(files: &mut [ResultFile]) -> Vec<ResultFile> {
    let is_load = |m: &&Measurement| scenario::is_load(&m.key.topic, &m.key.case);
    let loaded = files.iter_mut().filter_map(|file| {
        // Only what stays is copied: histograms are large.
        let all = mem::take(&mut file.measurements);
        let measurements: Vec<Measurement> = all.iter().filter(is_load).cloned().collect();
        let copy = (!measurements.is_empty()).then(|| ResultFile {
            measurements,
            ..file.clone()
        });
        file.measurements = all;
        copy
    });
    results_for_claim::each_once(loaded.collect())
}

/// Topics of a result that are not of this project.
fn unknown(project: &Project, file: &ResultFile) -> BTreeSet<String> {
    let topics = file.measurements.iter().map(|m| &m.key.topic);
    let is_unknown =
        |topic: &&String| *topic != build_metrics::TOPIC && project.topic(topic).is_err();
    topics.filter(is_unknown).cloned().collect()
}

/// Evidence that answers nothing, where there is no Go.
struct Nobody;

impl Evidence for Nobody {
    fn answer(&self, _: &Question) -> Result<Answer> {
        Ok((None, "there is no Go here".to_owned()))
    }
}

/// The page of a claim: its topic's chapter, if that is a pair.
fn page(project: &Project, claim: &Claim) -> String {
    if project.topic(&claim.topic).is_ok() {
        format!("{}.html", claim.topic)
    } else {
        CONCLUSION.to_owned()
    }
}

fn judged(
    project: &Project,
    claims: &Claims,
    available: AvailableResults,
    recorded: &Recorded,
    listener: &dyn Listener,
    warnings: &Warnings,
) -> Vec<Judged> {
    let live = Go::find(project)
        .is_ok()
        .then(|| LiveEvidence::new(project));
    let here: &dyn Evidence = match &live {
        Some(live) => live,
        None => &Nobody,
    };
    // What was answered on the reference's machine is a part of the reference, wherever the book is made.
    let evidence = if available.is_reference() {
        Answers::recorded(recorded, here)
    } else {
        Answers::here(here, recorded)
    };
    listener.begin("judging the claims");
    let mut all = Vec::new();
    for claim in &claims.claim {
        listener.step(&claim.id);
        let results = available.for_claim(claim);
        let judged = results.and_then(|results| judge::judge(claim, &results, &evidence));
        let judgement = judged.unwrap_or_else(|error| {
            warnings.wrong(&claim.id, &format!("cannot be judged: {error:#}"));
            judge::unjudged(claim, &format!("{error:#}"))
        });
        all.push(Judged {
            page: page(project, claim),
            judgement,
        });
    }
    if let Some(live) = live {
        for why in live.failed() {
            warnings.wrong("the claims of yes and no", &why);
        }
        // What cannot be kept is asked again the next time.
        let _ = live.save_cache();
    }
    all
}

/// Whose figure a test has, as a mark.
pub fn kind(tested: &Tested) -> Kind {
    match tested.languages {
        Some(FigureLanguages::Go) => Kind::Go,
        Some(FigureLanguages::Rust) => Kind::Rust,
        _ => Kind::Ratio,
    }
}

/// Where the book tells more of what a test asks: a mistake's file, a fact, the scripts, the checks.
pub fn place_of(tested: &Tested) -> Option<String> {
    let TestQuestion::Question(question) = &tested.question else {
        return None;
    };
    Some(match question {
        Question::Mistake(file) => format!("source/{file}.html"),
        Question::Fact(fact) => format!("{}.html#differs", fact.topic),
        Question::Replay(replay) => {
            format!("source/crates/{}/src/script.rs.html", replay.topic)
        }
        Question::Check(_) => "source/crates/lab-verify/src/checks.rs.html".to_owned(),
    })
}

/// A language as a reader calls it.
pub fn name(language: Language) -> &'static str {
    match language {
        Language::Go => "Go",
        Language::Rust => "Rust",
    }
}

impl Judged {
    /// Where it stands in the book.
    pub fn place(&self) -> String {
        format!("{}#{}", self.page, self.address())
    }

    /// Its row in the ledger.
    pub fn row(&self) -> String {
        format!("{LEDGER}#{}", self.id)
    }

    /// Its address in its chapter.
    pub fn address(&self) -> String {
        format!("claim-{}", self.id.to_lowercase())
    }

    /// Whether it takes all topics together.
    pub fn is_headline(&self) -> bool {
        let is_mean = |tested: &Tested| matches!(tested.question, TestQuestion::Mean(_));
        self.tests.iter().any(is_mean)
    }

    /// The formulas that it is made of, of two clocks the first.
    pub fn formulas(&self) -> impl Iterator<Item = &str> {
        self.tests
            .iter()
            .filter_map(|tested| match &tested.question {
                TestQuestion::Value(formula) => Some(formula.as_str()),
                _ => None,
            })
    }
}

/// The article's claims, then those of other sources, which stand behind them.
pub fn by_source(claims: &[Judged]) -> (&[Judged], &[Judged]) {
    claims.split_at(claims.partition_point(|claim| claim.source.is_none()))
}

/// How many claims came out which way.
pub fn counts(claims: &[Judged]) -> Vec<(&'static str, usize)> {
    let number = |word| claims.iter().filter(|c| c.verdict.word() == word).count();
    let all = WORDS.map(|word| (word, number(word)));
    all.into_iter().filter(|(_, number)| *number > 0).collect()
}

/// The sign of a verdict, since colour alone does not tell everybody.
pub fn sign(verdict: &str) -> &'static str {
    match verdict {
        "holds" => "✓",
        "understated" => "▲",
        "overstated" => "▼",
        "reversed" | "false" => "✕",
        "depends" => "~",
        "shown" => "i",
        _ => "?",
    }
}

/// A verdict as a mark: its sign beside its word.
pub fn mark(verdict: &str) -> Markup {
    html! { span class={ "verdict " (verdict) } { span aria-hidden="true" { (sign(verdict)) } " " (verdict) } }
}

/// A claim's id with the sign of its verdict, which leads to its row in the ledger; the word is written out where
/// nothing is decided.
pub fn badge(claim: &Judged) -> Markup {
    let word = claim.verdict.word();
    html! {
        a class={ "badge " (word) } href=(claim.row()) title={ (word) ": " (claim.says.replace('`', "")) } {
            span aria-hidden="true" { (sign(word)) } (claim.id)
            @if word == "undecided" { " undecided" } @else { span.vh { ", " (word) } }
        }
    }
}

/// A claim's id, which leads to its row in the ledger. Without the verdict: what cites it may rest on a part of it that
/// holds although the whole does not.
pub fn cited(claim: &Judged) -> Markup {
    html! { a.cited href=(claim.row()) title=(claim.says.replace('`', "")) { (claim.id) } }
}

/// A sentence whose words between backticks are code.
pub fn sentence(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
