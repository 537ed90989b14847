//! How many blocks of each setting were rejected: where the settings of a claim lost unequal shares, the blocks
//! that are left may be the fast ones.

use std::collections::BTreeMap;

use anyhow::Result;

use lab_results::{
    layout::count,
    result::{Measurement, Reject},
};

use crate::{claims::Claim, figures::Results};

/// Settings whose shares of rejected blocks lie further apart than this lost unequal shares.
const UNEQUAL: f64 = 0.2;

/// What is to be said of the rejected blocks of what a claim is judged by; nothing if there are none.
pub(crate) fn caveats(claim: &Claim, results: &Results) -> Result<Vec<String>> {
    let judged = claim.judged()?;
    let all: Vec<&Measurement> = judged
        .iter()
        .filter_map(|query| results.find(query))
        .collect();
    let mut caveats: Vec<String> = all.iter().filter_map(|one| caveat(one)).collect();
    let shares = all.iter().map(|one| share(one));
    let [least, most] = [f64::min, f64::max].map(|of| shares.clone().reduce(of).unwrap_or(0.0));
    if most - least > UNEQUAL {
        caveats.push("What is compared lost unequal shares of its blocks.".to_owned());
    }
    Ok(caveats)
}

fn taken(measurement: &Measurement) -> usize {
    measurement.blocks.len() + measurement.rejected.len()
}

fn share(measurement: &Measurement) -> f64 {
    measurement.rejected.len() as f64 / taken(measurement).max(1) as f64
}

/// How many blocks of a measurement were rejected, and why.
fn caveat(measurement: &Measurement) -> Option<String> {
    let mut reasons: BTreeMap<Reject, usize> = BTreeMap::new();
    for reject in &measurement.rejected {
        *reasons.entry(*reject).or_default() += 1;
    }
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(why, count)| format!("{count} because {why}"))
        .collect();
    (!reasons.is_empty()).then(|| {
        format!(
            "Of {} of {}, {} rejected: {}.",
            count(taken(measurement), "block"),
            measurement.key,
            measurement.rejected.len(),
            reasons.join(", "),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::{result::ResultFile, synthetic::result};

    fn said(list: usize, tree: usize) -> Vec<String> {
        let mut file: ResultFile = result(&[("list", 2.0, 10), ("tree", 2.0, 10)]);
        for (measurement, rejected) in file.measurements.iter_mut().zip([list, tree]) {
            measurement.rejected = vec![Reject::Stolen; rejected];
        }
        let claim: Claim = toml::from_str(
            "id = \"X\"\ntopic = \"list\"\nsays = \"x\"\n\
             test = [{ value = \"go{list/case}.wall_ns / go{tree/case}.wall_ns\" }]",
        )
        .unwrap();
        caveats(&claim, &Results::new([&file])).unwrap()
    }

    #[test]
    fn rejected_blocks_are_counted_and_unequal_shares_told() {
        assert_eq!(said(0, 0), Vec::<String>::new());
        let why = "because the host took too much of its time";
        let one = format!("Of 11 blocks of list/case@1000, 1 rejected: 1 {why}.");
        assert_eq!(said(1, 0), std::slice::from_ref(&one));
        let many = format!("Of 24 blocks of tree/case@1000, 14 rejected: 14 {why}.");
        let unequal = "What is compared lost unequal shares of its blocks.".to_owned();
        assert_eq!(said(1, 14), [one, many, unequal]);
    }
}
