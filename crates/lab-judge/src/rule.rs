//! From figures to a verdict: the rule, and nothing else.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use lab_results::{
    pilot::MOST,
    stats::{self, Estimate},
};

use crate::claims::Join;

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "verdict", content = "why")]
pub enum Verdict {
    /// It is so, on this machine.
    Holds,
    /// It is not so, on this machine.
    Fails,
    /// On what it depends.
    Depends(String),
    /// Why nothing can be said.
    Undecided(String),
    /// Figures that bind no other machine.
    Shown,
}

/// What one test says.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// The test's bound is kept.
    Kept,
    /// The test's bound is broken.
    Broken,
    /// Why it can't be told.
    Open(String),
}

/// One figure against its bound: kept if the whole interval lies inside, broken if it lies outside.
pub fn finding(estimate: &Estimate, least: Option<f64>, most: Option<f64>) -> Finding {
    let (low, high) = (
        least.unwrap_or(f64::NEG_INFINITY),
        most.unwrap_or(f64::INFINITY),
    );
    if estimate.inside(low, high) {
        Finding::Kept
    } else if estimate.outside(low, high) {
        Finding::Broken
    } else {
        match blocks_wanted(estimate, low, high) {
            Some(blocks) => Finding::Open(format!("noise: about {blocks} blocks would tell")),
            None => Finding::Open("noise: the figure lies on the bound".to_owned()),
        }
    }
}

/// About how many blocks would narrow the interval until it lies on one side of the bounds.
fn blocks_wanted(estimate: &Estimate, low: f64, high: f64) -> Option<usize> {
    let distance = (estimate.value - low)
        .abs()
        .min((estimate.value - high).abs());
    blocks_until(estimate, distance)
}

/// About how many blocks would narrow the interval until it reaches no further than this to each side: its
/// width shrinks with the square root of their number. None if that is more than is ever asked for.
pub fn blocks_until(estimate: &Estimate, distance: f64) -> Option<usize> {
    let half = (estimate.high - estimate.low) / 2.0;
    let wanted = (estimate.count as f64 * (half / distance).powi(2)).ceil();
    (wanted.is_finite() && wanted <= MOST as f64)
        .then(|| (wanted as usize).max(estimate.count + 1).max(stats::FEWEST))
}

/// One verdict from the findings of a claim's tests, each with the state it stands for.
pub fn verdict(join: Join, findings: &[(String, Finding)]) -> Verdict {
    if join == Join::Size && !findings.is_empty() {
        return by_size(findings);
    }
    let kept = findings
        .iter()
        .filter(|(_, finding)| *finding == Finding::Kept)
        .count();
    let broken: Vec<_> = findings
        .iter()
        .filter(|(_, finding)| *finding == Finding::Broken)
        .collect();
    let open = findings.iter().find_map(|(_, finding)| match finding {
        Finding::Open(why) => Some(why.clone()),
        _ => None,
    });
    match (join, open) {
        (Join::Shown, _) => Verdict::Shown,
        _ if findings.is_empty() => Verdict::Undecided("nothing tests it".to_owned()),
        // Of assertions joined by *and*, one that is broken is enough, whatever the others say.
        (Join::And, _) if !broken.is_empty() => Verdict::Fails,
        (_, Some(why)) => Verdict::Undecided(why),
        (_, None) if kept == findings.len() => Verdict::Holds,
        (_, None) if broken.len() == findings.len() => Verdict::Fails,
        (Join::Headroom, None) => Verdict::Depends("headroom".to_owned()),
        (_, None) => {
            let states: Vec<&str> = broken.iter().map(|(state, _)| state.as_str()).collect();
            Verdict::Depends(format!("not {}", states.join(", ")))
        }
    }
}

/// One verdict from those at each size.
fn by_size(findings: &[(String, Finding)]) -> Verdict {
    let mut sizes: BTreeMap<&str, Vec<(String, Finding)>> = BTreeMap::new();
    for (state, finding) in findings {
        let (_, size) = state.rsplit_once(", ").unwrap_or_default();
        let of_size = sizes.entry(size).or_default();
        of_size.push((state.clone(), finding.clone()));
    }
    let mut verdicts = sizes.values().map(|of_size| verdict(Join::And, of_size));
    let first = verdicts.next().expect("a finding has a size");
    verdicts.fold(first, |all, one| match (all, one) {
        (Verdict::Undecided(why), _) | (_, Verdict::Undecided(why)) => Verdict::Undecided(why),
        (all, one) if all == one => all,
        _ => Verdict::Depends("size".to_owned()),
    })
}

/// What a mean says: nothing, unless it says the same without any one of its parts, each with its name.
pub fn survives(all: Finding, without: impl Iterator<Item = (String, Finding)>) -> Finding {
    if matches!(all, Finding::Open(_)) {
        return all;
    }
    let mut without = without.filter(|(_, finding)| *finding != all);
    match without.next() {
        Some((name, _)) => Finding::Open(format!("it rests on {name} alone")),
        None => all,
    }
}

/// What wall and CPU time say together: where they part, it depends on spare cores.
pub fn both_times(wall: Finding, cpu: Finding) -> Result<Finding, Verdict> {
    match (wall, cpu) {
        (wall, cpu) if wall == cpu => Ok(wall),
        (Finding::Open(why), _) | (_, Finding::Open(why)) => Ok(Finding::Open(why)),
        _ => Err(Verdict::Depends("spare cores".to_owned())),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Holds => f.write_str("holds"),
            Verdict::Fails => f.write_str("fails"),
            Verdict::Depends(on) => write!(f, "depends ({on})"),
            Verdict::Undecided(why) => write!(f, "undecided ({why})"),
            Verdict::Shown => f.write_str("shown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(low: f64, value: f64, high: f64) -> Estimate {
        Estimate {
            value,
            low,
            high,
            count: 10,
        }
    }

    fn states(findings: &[Finding]) -> Vec<(String, Finding)> {
        let named = findings.iter().zip(["grown", "churned", "third"]);
        named
            .map(|(finding, state)| (state.to_owned(), finding.clone()))
            .collect()
    }

    fn open() -> Finding {
        Finding::Open("noise".to_owned())
    }

    #[test]
    fn the_whole_interval_has_to_lie_on_one_side_of_a_bound() {
        let bound = |figure: Estimate| finding(&figure, Some(1.6), Some(2.5));
        assert_eq!(bound(estimate(1.6, 2.0, 2.5)), Finding::Kept);
        assert_eq!(bound(estimate(2.51, 3.0, 4.0)), Finding::Broken);
        assert_eq!(bound(estimate(0.5, 1.0, 1.5)), Finding::Broken);
        assert!(matches!(bound(estimate(1.5, 2.0, 2.4)), Finding::Open(_)));
        assert_eq!(
            finding(&estimate(1.1, 9.0, 99.0), Some(1.0), None),
            Finding::Kept
        );
        assert_eq!(
            finding(&estimate(0.1, 0.5, 0.9), Some(1.0), None),
            Finding::Broken
        );
    }

    #[test]
    fn an_open_figure_says_how_many_blocks_would_tell() {
        let near = finding(&estimate(0.9, 1.1, 1.3), Some(1.0), None);
        assert_eq!(
            near,
            Finding::Open("noise: about 40 blocks would tell".to_owned())
        );
        let on_it = finding(&estimate(0.9, 1.0, 1.1), Some(1.0), None);
        assert_eq!(
            on_it,
            Finding::Open("noise: the figure lies on the bound".to_owned())
        );
    }

    #[test]
    fn assertions_joined_by_and_fail_if_one_fails() {
        use Finding::{Broken, Kept};
        let and = |findings: &[Finding]| verdict(Join::And, &states(findings));
        assert_eq!(and(&[Kept, Kept]), Verdict::Holds);
        assert_eq!(and(&[Kept, Broken]), Verdict::Fails);
        assert_eq!(and(&[open(), Broken]), Verdict::Fails);
        assert_eq!(and(&[open(), Kept]), Verdict::Undecided("noise".to_owned()));
    }

    #[test]
    fn one_assertion_in_several_states_depends_where_they_part() {
        use Finding::{Broken, Kept};
        let of = |findings: &[Finding]| verdict(Join::States, &states(findings));
        assert_eq!(of(&[Kept, Kept]), Verdict::Holds);
        assert_eq!(of(&[Broken, Broken]), Verdict::Fails);
        assert_eq!(
            of(&[Kept, Broken]),
            Verdict::Depends("not churned".to_owned())
        );
        assert_eq!(
            of(&[open(), Broken]),
            Verdict::Undecided("noise".to_owned())
        );
    }

    #[test]
    fn a_mean_that_rests_on_one_topic_says_nothing() {
        use Finding::{Broken, Kept};
        let of = |all: Finding, without: [Finding; 2]| {
            let named = ["list", "tree"].map(str::to_owned).into_iter();
            survives(all, named.zip(without))
        };
        assert_eq!(of(Kept, [Kept, Kept]), Kept);
        assert_eq!(of(Broken, [Broken, Broken]), Broken);
        let alone = Finding::Open("it rests on tree alone".to_owned());
        assert_eq!(of(Kept, [Kept, open()]), alone);
        assert_eq!(of(Kept, [Kept, Broken]), alone);
        assert_eq!(of(open(), [Kept, Kept]), open());
    }

    #[test]
    fn where_equal_shares_and_equal_rates_part_it_depends_on_the_headroom() {
        use Finding::{Broken, Kept};
        let of = |findings: &[Finding]| verdict(Join::Headroom, &states(findings));
        assert_eq!(of(&[Kept, Kept]), Verdict::Holds);
        assert_eq!(of(&[Broken, Kept]), Verdict::Depends("headroom".to_owned()));
    }

    #[test]
    fn where_sizes_part_it_depends_on_the_size() {
        use Finding::{Broken, Kept};
        let states = ["one, small", "other, small", "one, large", "other, large"];
        let of = |findings: [Finding; 4]| {
            let named = states.map(str::to_owned).into_iter().zip(findings);
            verdict(Join::Size, &named.collect::<Vec<_>>())
        };
        let depends = || Verdict::Depends("size".to_owned());
        assert_eq!(of([Kept, Kept, Kept, Kept]), Verdict::Holds);
        assert_eq!(of([Broken, Kept, Broken, Kept]), Verdict::Fails);
        assert_eq!(of([Broken, Kept, Kept, Broken]), Verdict::Fails);
        assert_eq!(of([Kept, Kept, Kept, Broken]), depends());
        let undecided = Verdict::Undecided("noise".to_owned());
        assert_eq!(of([Kept, open(), Broken, Kept]), undecided);
    }

    #[test]
    fn a_claim_without_a_test_is_never_decided() {
        assert!(matches!(verdict(Join::And, &[]), Verdict::Undecided(_)));
        assert!(matches!(verdict(Join::States, &[]), Verdict::Undecided(_)));
    }

    #[test]
    fn where_wall_and_cpu_part_it_depends_on_spare_cores() {
        use Finding::{Broken, Kept};
        assert_eq!(both_times(Kept, Kept), Ok(Kept));
        assert_eq!(both_times(open(), Kept), Ok(open()));
        let parted = Verdict::Depends("spare cores".to_owned());
        assert_eq!(both_times(Kept, Broken), Err(parted));
    }
}
