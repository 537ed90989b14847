//! The ledger: every claim with its verdict, as people read it and as programs do.

mod bench;
mod formats;
mod full;

use std::{borrow::Borrow, collections::BTreeMap, fmt::Write as _};

use lab_results::{
    layout::{count, cut, hang, wrap},
    result::{GOVERNOR, Machine, ResultFile, SMOKE},
};

pub use crate::memory::{READINGS, Reading, of_case as readings_of};
use crate::{
    ablation::Experiment,
    judgement::{Judgement, Measured, Tested, figure_text},
    revision,
    verdict::{Verdict, WORDS},
};
pub use bench::bench;
pub use formats::cell;
pub use formats::{csv, json, markdown};
pub use full::full;

/// More claims than these are measured by their group.
const MAX_NAMED: usize = 6;

/// How many claims there are, and how many came out which way.
pub fn counts<'a>(judgements: impl IntoIterator<Item = &'a Judgement>) -> String {
    let judgements: Vec<&Judgement> = judgements.into_iter().collect();
    let claims = count(judgements.len(), "claim");
    format!("{claims}: {}", counts_by_verdict(&judgements))
}

/// How many claims came out which way, in the order of [`WORDS`]; words that no claim has are left out.
pub fn counts_by_verdict(judgements: &[&Judgement]) -> String {
    let unmeasured = judgements.iter().filter(|j| lacks_figures(j)).count();
    let each = WORDS.into_iter().filter_map(|word| {
        let number = judgements.iter().filter(|j| j.verdict.word() == word);
        let number = match number.count() {
            0 => return None,
            number => format!("{number} {}", counted(word)),
        };
        let is_undecided = word == "undecided" && unmeasured > 0;
        Some(if is_undecided {
            format!("{number} ({unmeasured} for lack of measurements)")
        } else {
            number
        })
    });
    let each: Vec<String> = each.collect();
    each.join(", ")
}

/// Whether a claim is undecided because nothing measured what it needs.
fn lacks_figures(judgement: &Judgement) -> bool {
    matches!(&judgement.verdict, Verdict::Undecided(why) if why.lacks_figures())
}

/// A verdict behind a number of claims.
fn counted(word: &'static str) -> &'static str {
    match word {
        "holds" => "hold",
        "depends" => "depend",
        word => word,
    }
}

/// The claims of each place among the first findings, in the order of the places; the one with the large figure
/// comes first.
pub fn findings<J: Borrow<Judgement>>(judgements: &[J]) -> Vec<Vec<&J>> {
    let mut places: BTreeMap<usize, Vec<(bool, &J)>> = BTreeMap::new();
    for judgement in judgements {
        if let Some(front) = &judgement.borrow().front {
            let place = places.entry(front.place).or_default();
            place.push((front.of.is_none(), judgement));
        }
    }
    let mut places: Vec<_> = places.into_values().collect();
    for place in &mut places {
        place.sort_by_key(|(is_behind, _)| *is_behind);
    }
    let ordered = places.into_iter();
    ordered
        .map(|place| place.into_iter().map(|(_, one)| one).collect())
        .collect()
}

/// What stands above the second table.
pub const OTHERS: &str = "Claims of other sources";

/// The ledger's tables that hold anything, each with its heading: the article's claims, which need none,
/// then those of other sources.
pub fn tables(judgements: &[Judgement]) -> Vec<(&'static str, &[Judgement])> {
    let others = judgements.partition_point(Judgement::is_the_articles);
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

/// The ledger as text: id, verdict and finding of each claim.
pub fn text(judgements: &[Judgement], width: usize) -> String {
    let line = |judgement: &Judgement| hang(&label(judgement), &judgement.finding, width) + "\n";
    judgements.iter().map(line).collect()
}

/// The ledger in one line for each claim, cut between words.
pub fn brief(judgements: &[Judgement], width: usize) -> String {
    let mut text = String::new();
    for judgement in judgements {
        let head = label(judgement);
        let finding = cut(&judgement.finding, width - head.chars().count());
        let _ = writeln!(text, "{head}{finding}");
    }
    text
}

/// Id and verdict, in columns.
fn label(judgement: &Judgement) -> String {
    format!("{:<4} {:<12} ", judgement.id, judgement.verdict.word())
}

/// What a verdict rests on, in one sentence: figures, or why there are none, and what was said.
pub fn grounds(judgement: &Judgement) -> String {
    let mut parts = Vec::new();
    let why = judgement.verdict.why();
    if !why.is_empty() {
        parts.push(format!("({why})"));
    }
    let tested = judgement.tests.iter().chain(&judgement.shown);
    parts.extend(tested.filter_map(Tested::result_text));
    if parts.is_empty() && judgement.verdict == Verdict::Shown {
        parts.push("not measured in this run".to_owned());
    }
    if let Some(figure) = &judgement.said {
        parts.push(format!("said: {figure}"));
    }
    parts.join("; ")
}

/// What to measure so that claims are decided that lack figures, a sentence for each table; nothing if
/// none does.
pub fn to_decide(judgements: &[Judgement], width: usize) -> Option<String> {
    let mut lines = Vec::new();
    for (heading, judgements) in tables(judgements) {
        let lacking: Vec<&Judgement> = judgements.iter().filter(|j| lacks_figures(j)).collect();
        let (source, all) = match heading {
            "" => (
                "the undecided",
                "--only claims; for those about servers and programs, --only load and --only programs",
            ),
            _ => ("other sources' claims", "--only outside"),
        };
        let how = if lacking.len() > MAX_NAMED {
            all.to_owned()
        } else {
            let named = lacking
                .iter()
                .map(|judgement| format!(" --only {}", judgement.id));
            format!("--thorough{}", named.collect::<String>())
        };
        if !lacking.is_empty() {
            let count = lacking.len();
            let next = format!("{count} of {source} lack figures: cargo lab measure {how}");
            lines.extend(wrap(&next, width));
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What became of a claim's supposed cause, in lines that fit.
pub fn explained(id: &str, experiment: &Experiment, width: usize) -> String {
    let found = format!("{}: {}", experiment.explained, experimented(experiment));
    let says = hang(&format!("{id:<4} "), &experiment.says, width);
    format!("{says}\n{}", hang("     ", &found, width))
}

/// What an experiment showed, in one sentence.
pub fn experimented(experiment: &Experiment) -> String {
    format!(
        "the effect is {}, without the cause {}; {} of it went away; the counter went from {} to {}",
        figure_text(&experiment.effect, "ratio"),
        figure_text(&experiment.without, "ratio"),
        figure_text(&experiment.gone, "share"),
        figure_text(&experiment.counter[0], ""),
        figure_text(&experiment.counter[1], ""),
    )
}

/// From which runs the figures come, a paragraph for each, and for how many claims.
pub fn runs(judgements: &[Judgement], width: usize) -> String {
    let mut runs: Vec<(&Measured, usize)> = Vec::new();
    for run in judgements.iter().flat_map(|judgement| &judgement.measured) {
        match runs.iter_mut().find(|(known, _)| *known == run) {
            Some((_, claims)) => *claims += 1,
            None => runs.push((run, 1)),
        }
    }
    if runs.is_empty() {
        return "nothing was measured yet: run \"cargo lab measure\"".to_owned();
    }
    let line = |(run, claims): &(&Measured, usize)| {
        let claims = count(*claims, "claim");
        hang("", &format!("{}: figures of {claims}", run.text()), width)
    };
    runs.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Where and when it was measured, in a paragraph for each file.
pub fn heading(files: &[ResultFile], width: usize) -> String {
    if files.is_empty() {
        return "nothing was measured yet: run \"cargo lab measure\"".to_owned();
    }
    let line = |file: &ResultFile| {
        let line = format!(
            "{}: {}, {}{}",
            mode(&file.request.mode),
            machine(&file.machine),
            revision::day(file.began),
            if file.complete { "" } else { " (not complete)" },
        );
        wrap(&line, width).join("\n")
    };
    files.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The kind of a run in words.
pub fn mode(mode: &str) -> &str {
    match mode {
        SMOKE => "smoke (a few seconds, too short for a verdict)",
        "quick" => "quick (nothing set, one size a case)",
        mode => mode,
    }
}

/// A machine in a few words: `AMD EPYC, 2 cores`, and a governor that holds it back.
pub fn machine(machine: &Machine) -> String {
    let governor = match machine.settings.get(GOVERNOR).map(String::as_str) {
        None | Some("performance") => String::new(),
        Some(governor) => format!(" (governor {governor})"),
    };
    machine.processor() + &governor
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::{layout::WIDTH, synthetic::result};

    #[test]
    fn the_heading_names_a_governor_that_holds_the_machine_back() {
        let heading_with = |governor: Option<&str>| {
            let mut file = result(&[]);
            let settings = &mut file.machine.settings;
            settings.extend(governor.map(|name| (GOVERNOR.to_owned(), name.to_owned())));
            heading(&[file], WIDTH)
        };
        assert_eq!(heading_with(Some("performance")), heading_with(None));
        let slow = heading_with(Some("powersave"));
        assert!(slow.contains("1 core (governor powersave), 1970"), "{slow}");
    }

    #[test]
    fn the_heading_says_which_run_was_stopped() {
        let whole = result(&[]);
        let mut stopped = whole.clone();
        stopped.complete = false;
        let text = heading(&[whole, stopped], WIDTH);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], format!("{} (not complete)", lines[0]));
    }
}
