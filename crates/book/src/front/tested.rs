//! How the pairs were tested when that was last done: generated scripts, planted bugs.

use lab_judge::{reference, revision};
use lab_results::layout;
use lab_verify::{difftest, mutants, tallies::Kept};

use super::Cover;

/// What was found, and how and when.
type Found = (String, String);

/// What the last runs found.
pub fn found(cover: &Cover) -> Vec<Found> {
    let scripts = agreed(&tallies(cover, "generated scripts"));
    let bugs = caught(&tallies(cover, "planted bugs"));
    scripts.into_iter().chain(bugs).collect()
}

/// The last run of a check in each pair: here, or where the reference was made.
fn tallies<T: Kept>(cover: &Cover, what: &str) -> Vec<T> {
    let reference = cover.project.root.join(reference::FOLDER);
    let read = |name: &str| match T::read(cover.results, name)? {
        None => T::read(&reference, name),
        own => Ok(own),
    };
    let mut tallies = Vec::new();
    for name in cover.project.names() {
        match read(name) {
            Ok(tally) => tallies.extend(tally),
            Err(error) => {
                let place = format!("the {what} of {name}");
                cover.warnings.missing(&place, &format!("{error:#}"));
            }
        }
    }
    tallies
}

/// On how many scripts both programs agreed; none where that was not tried.
fn agreed(tallies: &[difftest::Tally]) -> Option<Found> {
    let scripts: usize = tallies.iter().map(|tally| tally.scripts).sum();
    let differences: usize = tallies.iter().map(|tally| tally.differences).sum();
    if scripts == 0 {
        return None;
    }
    let scripts = layout::count(scripts, "generated script");
    let agreed = match differences {
        0 => format!("= same output in both, tested on {scripts}"),
        some => format!("≠ {some} of {scripts} print something else"),
    };
    Some((agreed, how(tallies)))
}

/// How many planted bugs the tests caught; none where that was not tried.
fn caught(tallies: &[mutants::Tally]) -> Option<Found> {
    let totals = tallies.iter().map(mutants::Tally::total);
    let (planted, caught) = totals.fold((0, 0), |(planted, caught), total| {
        (planted + total.planted, caught + total.caught)
    });
    if planted == 0 {
        return None;
    }
    let bugs = layout::count(planted, "planted bug");
    let caught = match planted - caught {
        0 => format!("the tests caught all of {bugs}"),
        missed => format!("the tests missed {missed} of {bugs}"),
    };
    Some((caught, how(tallies)))
}

/// In how many pairs, when last, by which command.
fn how<T: Kept>(tallies: &[T]) -> String {
    let pairs = layout::count(tallies.len(), "pair");
    let last = tallies.iter().map(Kept::ended).max();
    let day = last.map_or(String::new(), revision::day);
    format!("{pairs}, {day}: cargo make {}", T::CHECK)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lab_workspace::language::Language;

    use super::*;

    fn tally(scripts: usize, differences: usize) -> difftest::Tally {
        difftest::Tally {
            topic: "x".to_owned(),
            seed: 1,
            ended: 24 * 3600,
            scripts,
            fixed: 10,
            modelled: 0,
            differences,
            performed: BTreeMap::new(),
            refused: BTreeMap::new(),
        }
    }

    #[test]
    fn what_nobody_tried_is_not_said_and_a_difference_is() {
        assert_eq!(agreed(&[]), None);
        assert_eq!(agreed(&[tally(0, 0)]), None);
        let (same, how) = agreed(&[tally(2000, 0), tally(100, 0)]).unwrap();
        assert_eq!(
            same,
            "= same output in both, tested on 2,100 generated scripts"
        );
        assert_eq!(how, "2 pairs, 1970-01-02: cargo make difftest");
        let (differs, _) = agreed(&[tally(2000, 0), tally(100, 3)]).unwrap();
        assert_eq!(
            differs,
            "≠ 3 of 2,100 generated scripts print something else"
        );
    }
    #[test]
    fn planted_bugs_are_counted_over_all_pairs_and_both_languages() {
        assert_eq!(caught(&[]), None);
        let tally = |topic: &str, go: [usize; 2], rust: [usize; 2]| {
            let mut tally = mutants::Tally::default();
            for (language, [planted, caught]) in [(Language::Go, go), (Language::Rust, rust)] {
                tally.add(topic, language, mutants::Counts { planted, caught });
            }
            tally.ended = 24 * 3600;
            tally
        };
        let tallies = [
            tally("x", [500, 500], [500, 500]),
            tally("y", [9, 9], [8, 8]),
        ];
        let (what, how) = caught(&tallies).unwrap();
        assert_eq!(what, "the tests caught all of 1,017 planted bugs");
        assert_eq!(how, "2 pairs, 1970-01-02: cargo make mutants");
        let (what, _) = caught(&[tally("x", [9, 8], [8, 7])]).unwrap();
        assert_eq!(what, "the tests missed 2 of 17 planted bugs");
    }
}
