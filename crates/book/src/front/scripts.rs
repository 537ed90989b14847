//! Generated scripts: on how many both programs agreed when that was last tried.

use lab_judge::{reference, revision};
use lab_results::layout;
use lab_verify::difftest::Tally;

use super::Cover;

/// What the last generated scripts of each pair found: here, or where the reference was made.
pub fn tallies(cover: &Cover) -> Vec<Tally> {
    let reference = cover.project.root.join(reference::FOLDER);
    let read = |name: &str| match Tally::read(cover.results, name)? {
        None => Tally::read(&reference, name),
        own => Ok(own),
    };
    let mut tallies = Vec::new();
    for name in cover.project.names() {
        match read(name) {
            Ok(tally) => tallies.extend(tally),
            Err(error) => {
                let place = format!("the generated scripts of {name}");
                cover.warnings.missing(&place, &format!("{error:#}"));
            }
        }
    }
    tallies
}

/// On how many scripts both programs agreed, and how and when that was tried; none where it was not.
pub fn agreed(tallies: &[Tally]) -> Option<(String, String)> {
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
    let last = tallies.iter().map(|tally| tally.ended).max();
    let day = last.map_or(String::new(), revision::day);
    let pairs = layout::count(tallies.len(), "pair");
    Some((agreed, format!("{pairs}, {day}: cargo make difftest")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn tally(scripts: usize, differences: usize) -> Tally {
        Tally {
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
}
