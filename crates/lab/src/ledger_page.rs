//! LEDGER.md: all claims by topic, one figure a row, and the run that it is of.

use std::fmt::Write as _;

use lab_judge::{
    judgement::{GUARD, Judgement, TestQuestion, Tested},
    ledger::{counts, tables},
    verdict::{Outcome, Verdict},
};
use lab_results::{evidence::Question, result::ResultFile};
use lab_workspace::project::Project;

use crate::{
    ledger_exports::cell,
    ledger_text::{heading, with_languages},
};

/// What writes it and the other generated pages anew.
pub const COMMAND: &str = "cargo lab judge --readme";

/// All claims by topic, one figure a row.
pub fn text(project: &Project, judgements: &[Judgement], files: &[ResultFile]) -> String {
    let heading = heading(files, usize::MAX).replace('\n', "; ");
    let mut text = format!(
        "<!-- Written by {COMMAND}. -->\n\n# Ledger\n\nEvery claim with its verdict, and the figure that decides, with \
         its 95 % interval in brackets, or the range of all runs where they fall into two groups. Each bound was \
         fixed before the figures that decide were measured; a row says where it is a guard, or where its rule was \
         revised. `cargo lab judge ID` shows a claim in full.\n\nMeasured: {heading}.\n"
    );
    for (others, judgements) in tables(judgements) {
        let source = if others.is_empty() {
            "The article"
        } else {
            others
        };
        let _ = writeln!(text, "\n{source}: {}.", counts(judgements));
    }
    let known = project
        .topics
        .iter()
        .map(|topic| (topic.name.as_str(), topic.title.as_str()));
    let mut topics: Vec<(&str, &str)> = known.collect();
    for judgement in judgements {
        if !topics.iter().any(|(name, _)| *name == judgement.topic) {
            topics.push((&judgement.topic, "All topics together"));
        }
    }
    for (name, title) in topics {
        let own: Vec<&Judgement> = judgements.iter().filter(|j| j.topic == name).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n<a id=\"{name}\"></a>\n\n## {title}\n\n| claim | verdict | finding | figure | run |\n|---|---|---|---|---|\n"
        );
        for judgement in own {
            text += &row(judgement);
        }
    }
    text
}

fn row(judgement: &Judgement) -> String {
    let source = judgement.source.as_ref();
    let source = source.map_or(String::new(), |source| format!(" *({source})*"));
    let why = match judgement.verdict.why() {
        why if why.is_empty() => why,
        why => format!(" ({why})"),
    };
    let revised = judgement.revised.last();
    let revised = revised.map(|revision| format!("; rule revised {}", revision.on.day()));
    let guard = judgement.guard.then(|| format!("; {}", GUARD[0]));
    format!(
        "| **{}** {}{} | **{}**{}{}{} | {} | {} | {} |\n",
        judgement.id,
        cell(&judgement.says),
        cell(&source),
        judgement.verdict.word(),
        cell(&why),
        revised.unwrap_or_default(),
        guard.unwrap_or_default(),
        cell(&judgement.finding),
        cell(&figure(judgement)),
        cell(&runs(judgement)),
    )
}

/// The runs from which its figures come: of what kind, and on which day.
fn runs(judgement: &Judgement) -> String {
    let runs = judgement.measured.iter();
    let runs: Vec<String> = runs
        .map(|run| format!("{} {}", run.mode, run.day))
        .collect();
    runs.join(", ")
}

/// What a check of the lab saw may show more figures behind a semicolon: the row has the first part.
fn first_part<'a>(tested: &Tested, text: &'a str) -> &'a str {
    match tested.figure {
        None => text.split("; ").next().unwrap_or(text),
        Some(_) => text,
    }
}

/// The figure that decides: of an undecided claim the one that is open for its reason, else the first that is open, else
/// the first that misses its bound, else the first that was measured, else what a check of the lab saw.
fn figure(judgement: &Judgement) -> String {
    let measured = || {
        let tested = judgement.tests.iter();
        tested.filter(|tested| tested.figure.is_some() && tested.result_text().is_some())
    };
    let missed = |tested: &&Tested| matches!(tested.outcome, Outcome::Violated(_));
    let decisive = match &judgement.verdict {
        Verdict::Undecided(why) => measured()
            .find(|tested| tested.outcome.is_open(Some(why)))
            .or_else(|| measured().find(|tested| tested.outcome.is_open(None))),
        _ => measured().find(missed),
    };
    let decisive = decisive.or_else(|| measured().next());
    let is_check =
        |tested: &&Tested| matches!(tested.question, TestQuestion::Question(Question::Check(_)));
    let decisive = decisive.or_else(|| judgement.tests.iter().find(is_check));
    decisive.map_or(String::new(), |tested| {
        let text = tested.result_text().unwrap_or_default();
        with_languages(tested, first_part(tested, &text).to_owned())
    })
}
