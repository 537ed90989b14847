//! What all judgements say together: how many came out which way, the first findings, the two tables.

use std::{borrow::Borrow, collections::BTreeMap};

use lab_results::{
    layout::count,
    result::{GOVERNOR, Machine, Mode},
};

pub use crate::resident_memory::{READINGS, Reading, of_case as readings_of};
use crate::{
    ablation::Experiment,
    judgement::{Judgement, figure_text},
    verdict::{Verdict, WORDS},
};

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
pub fn lacks_figures(judgement: &Judgement) -> bool {
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

/// What an experiment showed, in one sentence.
pub fn experimented(experiment: &Experiment) -> String {
    format!(
        "the effect is {}, without the cause {}; {} of it went away; the counter went from {} to {}",
        figure_text(&experiment.effect, &experiment.unit),
        figure_text(&experiment.without, &experiment.unit),
        figure_text(&experiment.gone, "share"),
        figure_text(&experiment.counter[0], ""),
        figure_text(&experiment.counter[1], ""),
    )
}

/// The kind of a run in words.
pub fn mode(mode: Mode) -> String {
    match mode {
        Mode::Smoke => "smoke (a few seconds, too short for a verdict)".to_owned(),
        Mode::Quick => "quick (nothing set, one size a case)".to_owned(),
        mode => mode.to_string(),
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
