//! Judges the claims: each verdict is computed from the figures of results and from what programs do.

mod also_measured;
mod mean_parts;
mod run_test;

use anyhow::Result;

use lab_results::{
    cases::is_load,
    evidence::Evidence,
    result::{HUGE_PAGES, Mode, ResultFile},
};
use lab_workspace::language::Language;

use crate::{
    ablation::explain,
    claims::{Claim, Clock, Join},
    figures::{Figure, Missing, Results},
    finding,
    judgement::{CounterArgument, FigureLanguages, Judgement, Measured, Tested},
    rejected, resident_memory,
    verdict::{Miss, On, Outcome, Reason, Verdict},
    verdict_rule::{self, Part},
};
use run_test::{Purpose, ask};
pub(crate) use run_test::{bound, is_ratio};

/// Judges one claim.
pub fn judge(claim: &Claim, results: &Results, evidence: &dyn Evidence) -> Result<Judgement> {
    let for_verdict = match claim.join {
        Join::Shown => Purpose::Show,
        _ => Purpose::Judge,
    };
    let (mut tests, mut parts) = (Vec::new(), Vec::new());
    for test in &claim.test {
        let tested = ask(claim, test, results, evidence, for_verdict)?;
        parts.push(Part {
            state: test.state.clone().unwrap_or_default(),
            outcomes: tested.iter().map(|t| t.outcome.clone()).collect(),
            has_idle: tested
                .last()
                .is_some_and(|t| t.clock == Some(Clock::CpuWithoutIdle)),
        });
        tests.extend(tested);
    }
    let verdict = decide(claim, &parts, results, evidence)?;
    let mut shown = Vec::new();
    for test in &claim.shown {
        shown.extend(ask(claim, test, results, evidence, Purpose::Show)?);
    }
    shown.extend(mean_parts::parts(claim, results)?);
    let counter_argument = counter_argument(claim, &verdict, results, evidence)?;
    let answer = counter_argument.as_ref().and_then(|c| c.tested.as_ref());
    Ok(Judgement {
        id: claim.id.clone(),
        topic: claim.topic.clone(),
        says: claim.says.clone(),
        source: claim.source.clone(),
        said: claim.figure.clone(),
        finding: finding::sentence(claim, &verdict, &tests, &shown, answer),
        ahead: ahead(claim, &verdict, &tests),
        front: claim.front.clone(),
        control: also_measured::control(claim, results)?,
        settings: also_measured::settings(claim, results)?,
        ablations: explain(claim, results)?,
        caveats: [
            caveats(claim, results.files()),
            rejected::caveats(claim, results)?,
        ]
        .concat(),
        memory: resident_memory::readings(claim, results)?,
        reproduce: reproduce(claim, &verdict)?,
        measured: measured(claim, results)?,
        fixed: claim.fixed.clone(),
        revised: revisions(claim),
        guard: claim.guard,
        counter_argument,
        verdict,
        tests,
        shown,
    })
}

/// A claim that cannot be judged, and why.
pub fn unjudged(claim: &Claim, why: &str) -> Judgement {
    let verdict = Verdict::Undecided(Reason::Unanswered(why.to_owned()));
    Judgement {
        id: claim.id.clone(),
        topic: claim.topic.clone(),
        says: claim.says.clone(),
        source: claim.source.clone(),
        said: claim.figure.clone(),
        finding: finding::sentence(claim, &verdict, &[], &[], None),
        ahead: None,
        front: claim.front.clone(),
        control: Vec::new(),
        settings: Vec::new(),
        ablations: Vec::new(),
        caveats: claim.caveats.clone(),
        memory: Vec::new(),
        reproduce: Vec::new(),
        measured: Vec::new(),
        fixed: claim.fixed.clone(),
        revised: revisions(claim),
        guard: claim.guard,
        counter_argument: None,
        verdict,
        tests: Vec::new(),
        shown: Vec::new(),
    }
}

/// The verdict that its parts make, and what speaks against deciding at all.
fn decide(
    claim: &Claim,
    parts: &[Part],
    results: &Results,
    evidence: &dyn Evidence,
) -> Result<Verdict> {
    let verdict = match (verdict_rule::verdict(claim.join, parts), &claim.on) {
        (Verdict::Depends(On::NotIn(_)), Some(on)) => Verdict::Depends(On::Named(on.clone())),
        (verdict, _) => verdict,
    };
    let verdict = match verdict {
        Verdict::Undecided(why) if is_quick(claim, &why, results)? => {
            Verdict::Undecided(Reason::Quick)
        }
        verdict => verdict,
    };
    Ok(match unfit(claim, results, evidence)? {
        Some(why) if why.is_incurable() || !matches!(verdict, Verdict::Undecided(_)) => {
            Verdict::Undecided(why)
        }
        _ => verdict,
    })
}

/// Why the machine decided what was seen, if it did.
fn unfit(claim: &Claim, results: &Results, evidence: &dyn Evidence) -> Result<Option<Reason>> {
    for test in &claim.fit {
        for tested in ask(claim, test, results, evidence, Purpose::Judge)? {
            match tested.outcome {
                Outcome::Met => {}
                Outcome::Violated(_) if test.incurable => {
                    return Ok(Some(Reason::Lacks(tested.state)));
                }
                Outcome::Violated(_) => return Ok(Some(Reason::Unfit(tested.state))),
                Outcome::Inconclusive(why) => {
                    return Ok(Some(Reason::MaybeUnfit(tested.state, why.into())));
                }
            }
        }
    }
    Ok(None)
}

/// What the other camp would answer, and what tests that.
fn counter_argument(
    claim: &Claim,
    verdict: &Verdict,
    results: &Results,
    evidence: &dyn Evidence,
) -> Result<Option<CounterArgument>> {
    let Some(says) = claim.answer.clone() else {
        return Ok(None);
    };
    let tested = match &claim.answered_by {
        Some(test) => ask(claim, test, results, evidence, Purpose::Show)?
            .into_iter()
            .next(),
        None => None,
    };
    let elsewhere = match &tested {
        Some(tested) => also_measured::elsewhere(claim, verdict, tested)?,
        None => None,
    };
    Ok(Some(CounterArgument {
        says,
        tested,
        elsewhere,
    }))
}

/// The language ahead in the measured figures: that with the smaller time or memory, where they compare the
/// two; else the one that gains by the verdict.
fn ahead(claim: &Claim, verdict: &Verdict, tests: &[Tested]) -> Option<Language> {
    if !(verdict.is_miss() || *verdict == Verdict::Holds) {
        return None;
    }
    let compared = tests.iter().filter_map(|tested| {
        let over = match tested.languages? {
            FigureLanguages::GoOverRust => [Language::Go, Language::Rust],
            FigureLanguages::RustOverGo => [Language::Rust, Language::Go],
            _ => return None,
        };
        let leads = match &tested.figure {
            Some(Figure::Known(e)) if e.low > 1.0 => Some(over[1]),
            Some(Figure::Known(e)) if e.high < 1.0 => Some(over[0]),
            _ => None,
        };
        Some(leads)
    });
    let compared: Vec<Option<Language>> = compared.collect();
    if let [first, rest @ ..] = &compared[..] {
        return first.filter(|_| rest.iter().all(|leads| leads == first));
    }
    let favours = claim.favours?;
    match verdict {
        Verdict::Holds | Verdict::Understated => Some(favours),
        Verdict::Overstated => is_beyond_neutral(tests).then_some(favours),
        _ => Some(match favours {
            Language::Go => Language::Rust,
            Language::Rust => Language::Go,
        }),
    }
}

/// Whether what is overstated is so at all: no interval reaches over no effect.
fn is_beyond_neutral(tests: &[Tested]) -> bool {
    let overstated = |tested: &&Tested| tested.outcome == Outcome::Violated(Miss::Overstated);
    tests
        .iter()
        .filter(overstated)
        .all(|tested| match (&tested.figure, tested.bound.neutral) {
            (Some(Figure::Known(e)), Some(neutral)) => e.outside(neutral, neutral),
            _ => false,
        })
}

fn reproduce(claim: &Claim, verdict: &Verdict) -> Result<Vec<String>> {
    let mut commands = Vec::new();
    if !claim.queries()?.is_empty() {
        let blocks = match verdict {
            Verdict::Undecided(why) => why.blocks(),
            _ => None,
        };
        let blocks = blocks.map_or(String::new(), |blocks| format!(" --blocks {blocks}"));
        let id = &claim.id;
        commands.push(format!("cargo lab measure --thorough --only {id}{blocks}"));
    }
    commands.push(format!("cargo lab judge {}", claim.id));
    Ok(commands)
}

/// The runs from which its figures come, each once.
fn measured(claim: &Claim, results: &Results) -> Result<Vec<Measured>> {
    let mut runs = Vec::new();
    for query in claim.queries()? {
        if let Some(file) = results.file_of(&query) {
            let run = Measured::from_file(file, results.is_reference());
            if !runs.contains(&run) {
                runs.push(run);
            }
        }
    }
    Ok(runs)
}

fn revisions(claim: &Claim) -> Vec<crate::revision::Revision> {
    let of_tests = claim.test.iter().flat_map(|test| &test.revised);
    let mut all: Vec<_> = claim.revised.iter().chain(of_tests).cloned().collect();
    all.sort();
    all.dedup();
    all
}

/// Whether a quick run is what leaves a claim open for this reason: it measures each case at one size
/// with nothing set, and of load one point, in three short blocks.
fn is_quick(claim: &Claim, why: &Reason, results: &Results) -> Result<bool> {
    let files = results.files();
    if files.is_empty() || files.iter().any(|file| file.request.mode != Mode::Quick) {
        return Ok(false);
    }
    let whole = files.iter().all(|file| file.request.only.is_empty());
    Ok(match why {
        Reason::Missing(Missing::NotMeasured(query)) => whole || is_load(query),
        Reason::FewBlocks { .. } => {
            let mut queries = claim.queries()?.into_iter();
            queries.any(|w| is_load(&w) && results.skipped(&w.to_string()).is_none())
        }
        _ => false,
    })
}

/// What to keep in mind when reading a verdict, what the machine adds among it.
fn caveats(claim: &Claim, files: &[&ResultFile]) -> Vec<String> {
    let mut all = claim.caveats.clone();
    let always = |file: &&ResultFile| {
        let set = file.machine.settings.get(HUGE_PAGES);
        set.is_some_and(|set| set.contains("[always]"))
    };
    if claim.huge_pages && files.iter().any(always) {
        all.push(
            "Transparent huge pages were always on: memory came 2 MiB at a time, which changes how much is \
             resident and what it costs to give it back."
                .to_owned(),
        );
    }
    all
}

#[cfg(test)]
mod synthetic;
#[cfg(test)]
pub(crate) mod tests;
