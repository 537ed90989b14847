//! Chooses the results that judge a claim: the newest that fit it.
//!
//! A result fits a claim if it holds all that the claim is judged by, in blocks enough for an interval, begun
//! after the claim's rule was last revised. The user's own results come first, then the reference: a small
//! measurement of one case takes no figure from any other claim.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Result;

use lab_results::{
    result::{CaseKey, Mode, ResultFile},
    stats::MIN_VALUES,
    store,
};

use crate::{
    claims::{Claim, Claims, Test},
    figures::Results,
};

/// No more of the newest results are looked through.
const MAX_FILES: usize = 16;

/// Results that may judge claims, the newest first, and the reference for what they lack.
#[derive(Debug, Clone, Copy, Default)]
pub struct AvailableResults<'a> {
    own: &'a [ResultFile],
    reference: &'a [ResultFile],
}

impl<'a> AvailableResults<'a> {
    /// The user's own results, the newest first, and those of the reference.
    pub fn new(own: &'a [ResultFile], reference: &'a [ResultFile]) -> Self {
        AvailableResults { own, reference }
    }

    /// Whether there is nothing but the reference.
    pub fn is_reference(&self) -> bool {
        self.own.is_empty() && !self.reference.is_empty()
    }

    /// The results by which a claim is judged.
    pub fn for_claim(&self, claim: &Claim) -> Result<Results<'a>> {
        let own = candidates(self.own).into_iter().map(Results::new);
        let reference = candidates(self.reference).into_iter();
        let all: Vec<Results> = own.chain(reference.map(Results::of_reference)).collect();
        let newer = |results: &Results<'a>| match claim.since() {
            Some(when) => results.since(when.seconds()),
            None => results.clone(),
        };
        // Where nothing is newer than the rule, what is older is shown, and decides nothing.
        for results in all.iter().map(newer).chain(all.iter().cloned()) {
            if fits(claim, &results)? {
                return Ok(results);
            }
        }
        let queries = claim.queries()?;
        let has_some = |results: &&Results| queries.iter().any(|one| results.find(one).is_some());
        let whole = [
            Results::new(self.own),
            Results::of_reference(self.reference),
        ];
        let found = whole.iter().find(has_some);
        Ok(found
            .unwrap_or(&whole[usize::from(self.own.is_empty())])
            .clone())
    }
}

/// What may judge a claim, in this order: each result alone, then all of one kind of machine together, since
/// some claims need the servers under load and cases beside them.
fn candidates(files: &[ResultFile]) -> Vec<Vec<&ResultFile>> {
    let mut all: Vec<Vec<&ResultFile>> = files.iter().map(|file| vec![file]).collect();
    if let Some(newest) = files.first() {
        let alike = |file: &&ResultFile| newest.machine.differences(&file.machine).is_empty();
        all.push(files.iter().filter(alike).collect());
    }
    all
}

/// Whether results have all that a claim is judged by, in blocks enough.
fn fits(claim: &Claim, results: &Results) -> Result<bool> {
    let queries = match claim.judged()? {
        judged if judged.is_empty() => claim.queries()?,
        judged => judged,
    };
    let asking = claim.test.iter().filter(|test| !test.texts().is_empty());
    let fewest = asking.map(Test::fewest_blocks).max().unwrap_or(MIN_VALUES);
    let is_there = |one| {
        results
            .find(one)
            .is_some_and(|found| found.blocks.len() >= fewest)
    };
    Ok(!results.files().is_empty() && queries.iter().all(is_there))
}

/// Reads the newest results of a folder that judge claims, with their paths, as many as are needed; `warn` gets each
/// unreadable file with the reason.
pub fn read_own(
    folder: &Path,
    claims: &Claims,
    warn: impl Fn(&Path, &str),
) -> Result<Vec<(PathBuf, ResultFile)>> {
    let mut open: Vec<&Claim> = claims.claim.iter().collect();
    let mut files: Vec<(PathBuf, ResultFile)> = Vec::new();
    for path in store::list(folder)?.into_iter().take(MAX_FILES) {
        if open.is_empty() && !files.is_empty() {
            break;
        }
        let file = match store::read(&path) {
            Ok(file) if judges(&file) => file,
            Ok(_) => continue,
            Err(error) => {
                warn(&path, &store::reason(&error));
                continue;
            }
        };
        let newest = Results::new([&file]);
        let mut left = Vec::new();
        for claim in open {
            if !fits(claim, &newest)? {
                left.push(claim);
            }
        }
        open = left;
        files.push((path, file));
    }
    Ok(files)
}

/// Each measurement once: of results that come in the order of preference, the first one with blocks enough for
/// an interval, or the one with the most blocks. A result of which nothing is left goes.
pub fn each_once(mut files: Vec<ResultFile>) -> Vec<ResultFile> {
    let mut best: BTreeMap<CaseKey, (usize, usize)> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        for measurement in &file.measurements {
            let blocks = measurement.blocks.len();
            let found = best
                .entry(measurement.key.clone())
                .or_insert((place, blocks));
            if found.1 < MIN_VALUES && found.1 < blocks {
                *found = (place, blocks);
            }
        }
    }
    let mut places = 0..;
    files.retain_mut(|file| {
        let (place, before) = (places.next(), file.measurements.len());
        file.measurements
            .retain(|measurement| Some(best[&measurement.key].0) == place);
        before == 0 || !file.measurements.is_empty()
    });
    files
}

/// Whether a run was one that claims are judged by: no trial of seconds, no scenario of a user's own.
fn judges(file: &ResultFile) -> bool {
    !matches!(file.request.mode, Mode::Smoke | Mode::Point | Mode::Sweep)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::result;

    const CLAIM: &str = r#"
        id = "X"
        topic = "list"
        says = "x"
        test = [{ value = "go{list/case}.wall_ns / rust{list/case}.wall_ns", least = 1, unit = "ratio" }]
    "#;

    fn begun(seconds: u64, topics: &[(&str, f64, usize)]) -> ResultFile {
        ResultFile {
            began: seconds,
            ..result(topics)
        }
    }

    /// When the results began that judge the claim, and whether they are the reference.
    fn chosen(claim: &str, own: &[ResultFile], reference: &[ResultFile]) -> (Vec<u64>, bool) {
        let claim: Claim = toml::from_str(claim).unwrap();
        let results = AvailableResults::new(own, reference)
            .for_claim(&claim)
            .unwrap();
        let files = results.files().iter();
        (
            files.map(|file| file.began).collect(),
            results.is_reference(),
        )
    }

    #[test]
    fn a_claim_takes_the_newest_result_that_fits_and_else_the_reference() {
        let whole = |seconds| begun(seconds, &[("list", 2.0, 9)]);
        let few = begun(9, &[("list", 2.0, 3)]);
        let other = begun(8, &[("tree", 2.0, 9)]);
        let reference = [whole(1)];
        let own = [few.clone(), other.clone(), whole(7), whole(6)];
        assert_eq!(chosen(CLAIM, &own, &reference), (vec![7], false));
        // What is small or of another case takes nothing away.
        let own = [few.clone(), other.clone()];
        assert_eq!(chosen(CLAIM, &own, &reference), (vec![1], true));
        // Where nothing fits, what is there is shown.
        assert_eq!(chosen(CLAIM, &own, &[]), (vec![9, 8], false));
        assert_eq!(chosen(CLAIM, &[other], &[few]), (vec![9], true));
        assert_eq!(chosen(CLAIM, &[], &[]), (vec![], true));
    }

    #[test]
    fn what_stands_in_two_results_of_one_machine_is_put_together() {
        let claim = CLAIM.replace("rust{list", "rust{tree");
        let mut own = [begun(9, &[("list", 2.0, 9)]), begun(8, &[("tree", 2.0, 9)])];
        assert_eq!(chosen(&claim, &own, &[]), (vec![9, 8], false));
        own[1].machine.cores += 1;
        let reference = [begun(1, &[("list", 2.0, 9), ("tree", 2.0, 9)])];
        assert_eq!(chosen(&claim, &own, &reference), (vec![1], true));
    }

    #[test]
    fn what_is_older_than_the_rule_gives_way_to_what_is_newer() {
        let whole = |seconds| begun(seconds, &[("list", 2.0, 9)]);
        let claim = format!("{CLAIM}\nrevised = [{{ on = \"1970-01-02\", why = \"x\" }}]");
        let day = 24 * 3600;
        let newer = [whole(day)];
        assert_eq!(chosen(&claim, &[whole(5)], &newer), (vec![day], true));
        assert_eq!(chosen(&claim, &[whole(5)], &[whole(1)]), (vec![5], false));
    }

    #[test]
    fn each_measurement_is_taken_once_the_newest_with_an_interval_first() {
        let own = result(&[("list", 2.0, 3), ("tree", 2.0, 9)]);
        let reference = result(&[("list", 2.0, 9), ("tree", 2.0, 12), ("cache", 2.0, 3)]);
        let files = each_once(vec![own, reference]);
        let topics = files.iter().map(|file| {
            let subjects = file.measurements.iter();
            let topics = subjects.map(|measurement| measurement.key.topic.as_str());
            topics.collect::<Vec<_>>()
        });
        assert_eq!(
            topics.collect::<Vec<_>>(),
            [vec!["tree"], vec!["list", "cache"]]
        );
    }
}
