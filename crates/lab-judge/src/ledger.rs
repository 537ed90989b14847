//! The ledger: every claim with its verdict, as people read it and as programs do.

mod bench;
mod formats;
mod full;
mod memory;

use std::{
    fmt::Write as _,
    time::{Duration, UNIX_EPOCH},
};

use lab_results::{
    layout::{count, cut, hang, wrap},
    quantity::quantity,
    result::{GOVERNOR, HUGE_PAGES, OUTSIDE, ResultFile, SMOKE},
};

use crate::{
    cause::Experiment,
    claims::Claim,
    figures::Figure,
    judge::{Found, Judgement},
    rule::Verdict,
};
pub use bench::bench;
pub use formats::cell;
pub use formats::{csv, json, markdown};
pub use full::{full, question};
pub use memory::{READINGS, Reading, of_case as readings_of, readings};

/// How many claims came out which way, most telling first.
pub fn counts(judgements: &[Judgement]) -> String {
    let number = |is: fn(&Verdict) -> bool| judgements.iter().filter(|j| is(&j.verdict)).count();
    format!(
        "{}: {} hold, {} fail, {} depend, {} undecided, {} shown",
        count(judgements.len(), "claim"),
        number(|verdict| *verdict == Verdict::Holds),
        number(|verdict| *verdict == Verdict::Fails),
        number(|verdict| matches!(verdict, Verdict::Depends(_))),
        number(|verdict| matches!(verdict, Verdict::Undecided(_))),
        number(|verdict| *verdict == Verdict::Shown),
    )
}

/// What stands above the second table.
pub const OTHERS: &str = "Claims of other sources";

/// The ledger's tables that hold anything, each with its heading: the article's claims, which need none,
/// then those of other sources.
pub fn tables<'a>(judgements: &'a [Judgement<'a>]) -> Vec<(&'static str, &'a [Judgement<'a>])> {
    let others = judgements.partition_point(|judgement| judgement.claim.is_the_articles());
    let (article, others) = judgements.split_at(others);
    let mut tables = vec![("", article), (OTHERS, others)];
    tables.retain(|(_, judgements)| !judgements.is_empty());
    tables
}

/// The ledger as text, as one function writes each of its tables: counts, then a line for each claim.
pub fn both(judgements: &[Judgement], table: impl Fn(&[Judgement]) -> String) -> String {
    let one = |(heading, judgements): (&str, &[Judgement])| {
        let heading = match heading {
            "" => String::new(),
            heading => format!("{heading}. "),
        };
        format!("{heading}{}\n\n{}", counts(judgements), table(judgements))
    };
    let tables: Vec<String> = tables(judgements).into_iter().map(one).collect();
    tables.join("\n")
}

/// The ledger as text: a line of verdict and claim, a line of figures.
pub fn text(judgements: &[Judgement], width: usize) -> String {
    let mut text = String::new();
    for judgement in judgements {
        let head = label(judgement);
        text += &hang(&head, &judgement.claim.says, width);
        text.push('\n');
        // Where there is little room, figures begin further left.
        let indent = if head.len() > width / 3 {
            4
        } else {
            head.len() + 2
        };
        for line in wrap(&evidence(judgement), width - indent) {
            let _ = writeln!(text, "{:indent$}{line}", "");
        }
    }
    text
}

/// The ledger in one line for each claim, cut between words.
pub fn brief(judgements: &[Judgement], width: usize) -> String {
    let mut text = String::new();
    for judgement in judgements {
        let head = label(judgement);
        let says = cut(&judgement.claim.says, width - head.chars().count());
        let _ = writeln!(text, "{head}{says}");
    }
    text
}

/// Verdict and claim, in columns.
fn label(judgement: &Judgement) -> String {
    format!(
        "{:<10} {:<4} ",
        judgement.verdict.word(),
        judgement.claim.id
    )
}

/// What a verdict rests on, in one sentence: figures, or why there are none, and who said so.
pub fn evidence(judgement: &Judgement) -> String {
    let mut parts = vec![grounds(judgement)];
    parts.retain(|part| !part.is_empty());
    let source = judgement.claim.source.iter();
    parts.extend(source.map(|source| format!("said by {source}")));
    parts.join("; ")
}

/// The same without who said so.
pub fn grounds(judgement: &Judgement) -> String {
    let mut parts = Vec::new();
    match &judgement.verdict {
        Verdict::Depends(on) => parts.push(format!("({on})")),
        Verdict::Undecided(why) => parts.push(format!("({why})")),
        _ => {}
    }
    parts.extend(judgement.found.iter().filter_map(said));
    parts.extend(judgement.shown.iter().filter_map(said));
    if parts.is_empty() && judgement.verdict == Verdict::Shown {
        parts.push("not measured in this run".to_owned());
    }
    if let Some(figure) = &judgement.claim.figure {
        parts.push(format!("said: {figure}"));
    }
    parts.join("; ")
}

/// Who says so.
pub fn source(claim: &Claim) -> &str {
    claim.source.as_deref().unwrap_or("the article")
}

/// What to measure so that claims are decided that lack figures, a sentence for each table; nothing if
/// none does.
pub fn to_decide(judgements: &[Judgement], files: &[ResultFile], width: usize) -> Option<String> {
    let lacks = |judgement: &&Judgement| {
        let missing = |found: &Found| !matches!(&found.figure, None | Some(Figure::Known(_)));
        matches!(judgement.verdict, Verdict::Undecided(_)) && judgement.found.iter().any(missing)
    };
    let quick = |file: &ResultFile| matches!(file.request.mode.as_str(), SMOKE | "quick" | OUTSIDE);
    let how = if files.iter().all(quick) {
        "--only claims (--only load for those about load)"
    } else {
        "--thorough"
    };
    let mut lines = Vec::new();
    for (heading, judgements) in tables(judgements) {
        let count = judgements.iter().filter(lacks).count();
        let (whose, how) = match heading {
            "" => ("the undecided", how),
            _ => ("other sources' claims", "--only outside"),
        };
        if count > 0 {
            let next = format!(
                "{count} of {whose} lack figures: cargo lab measure {how}, then judge again."
            );
            lines.extend(wrap(&next, width));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What became of a claim's supposed cause, in lines that fit.
pub fn explained(claim: &Claim, experiment: &Experiment, width: usize) -> String {
    let found = format!("{}: {}", experiment.explained, experimented(experiment));
    let says = hang(&format!("{:<4} ", claim.id), &experiment.cause.says, width);
    format!("{says}\n{}", hang("     ", &found, width))
}

/// What an experiment showed, in one sentence.
pub fn experimented(experiment: &Experiment) -> String {
    format!(
        "the effect is {}, without the cause {}; {} of it went away; the counter went from {} to {}",
        shown(&experiment.effect, "ratio"),
        shown(&experiment.without, "ratio"),
        shown(&experiment.gone, "share"),
        shown(&experiment.counter[0], ""),
        shown(&experiment.counter[1], ""),
    )
}

/// A test's bound, to be read behind its value; nothing if it has none.
pub fn bound(bound: [Option<f64>; 2], unit: &str) -> String {
    let shown = |value| quantity(value, unit);
    match bound {
        [Some(least), Some(most)] => format!(" from {} to {}", shown(least), shown(most)),
        [Some(least), None] => format!(" beyond {}", shown(least)),
        [None, Some(most)] => format!(" at most {}", shown(most)),
        [None, None] => String::new(),
    }
}

/// What to keep in mind when reading a verdict, what the machine adds among it.
pub fn caveats(claim: &Claim, files: &[ResultFile]) -> Vec<String> {
    let mut all = claim.caveats.clone();
    let always = |file: &ResultFile| {
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

/// Where and when it was measured, in a paragraph for each file.
pub fn heading(files: &[ResultFile], width: usize) -> String {
    if files.is_empty() {
        return "nothing is measured yet: \"cargo lab measure\" does it".to_owned();
    }
    let line = |file: &ResultFile| {
        let machine = &file.machine;
        let began = UNIX_EPOCH + Duration::from_secs(file.began);
        let date = humantime::format_rfc3339_seconds(began).to_string();
        let mode = match file.request.mode.as_str() {
            SMOKE => "smoke (a few seconds, too short for a verdict)",
            "quick" => "quick (nothing set, one size a case)",
            mode => mode,
        };
        let governor = match machine.settings.get(GOVERNOR).map(String::as_str) {
            None | Some("performance") => String::new(),
            Some(governor) => format!(" (governor {governor})"),
        };
        let line = format!(
            "{mode}: {}, {}{governor}, {}",
            machine.cpu,
            count(machine.cores, "core"),
            &date[..10]
        );
        wrap(&line, width).join("\n")
    };
    files.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One test's finding in words; nothing where nothing was measured.
pub fn said(found: &Found) -> Option<String> {
    let names: Vec<&str> = [found.state.as_str(), found.clock.unwrap_or_default()]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    let name = names
        .into_iter()
        .fold(String::new(), |all, name| all + name + " ");
    match (&found.figure, &found.seen) {
        (Some(Figure::Missing(_)), _) | (None, None) => None,
        (Some(known), _) => Some(format!("{name}{}", shown(known, &found.unit))),
        (None, Some(seen)) => Some(seen.clone()),
    }
}

/// A figure with its unit and interval.
pub fn shown(figure: &Figure, unit: &str) -> String {
    match figure {
        Figure::Known(e) => {
            let [value, low, high] = [e.value, e.low, e.high].map(|x| quantity(x, unit));
            format!("{value} [{low}, {high}]")
        }
        Figure::Rough { value, .. } => format!("about {}", quantity(*value, unit)),
        Figure::Missing(what) => what.clone(),
    }
}

impl Verdict {
    /// The verdict in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            Verdict::Depends(_) => "depends",
            Verdict::Undecided(_) => "undecided",
            Verdict::Shown => "shown",
        }
    }

    /// On what it depends, or why it is undecided.
    pub fn why(&self) -> &str {
        match self {
            Verdict::Depends(why) | Verdict::Undecided(why) => why,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::{layout::WIDTH, synthetic::result};

    #[test]
    fn the_heading_names_a_governor_that_holds_the_machine_back() {
        let told = |governor: Option<&str>| {
            let mut file = result(&[]);
            let settings = &mut file.machine.settings;
            settings.extend(governor.map(|name| (GOVERNOR.to_owned(), name.to_owned())));
            heading(&[file], WIDTH)
        };
        assert_eq!(told(Some("performance")), told(None));
        let slow = told(Some("powersave"));
        assert!(slow.contains("1 core (governor powersave), 1970"), "{slow}");
    }
}
