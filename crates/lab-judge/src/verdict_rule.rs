//! From figures to a verdict: the rule, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    slice,
};

use serde::{Deserialize, Serialize};

use lab_results::{
    pilot::MAX_BLOCKS,
    stats::{self, Estimate},
};

use crate::verdict::{Miss, On, Outcome, Reason, Verdict};

/// How several tests make one verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// Assertions joined by *and*: fails if any fails, else undecided if any is.
    #[default]
    And,
    /// One assertion in several states: where they part, it depends on the state.
    States,
    /// A first assertion, joined by *and* with a second one in several states, which all other tests are: where
    /// these part, it depends on the state.
    AndStates,
    /// One assertion, first at equal shares of each side's capacity, then at equal rates: where they
    /// part, it depends on the headroom.
    Headroom,
    /// Assertions joined by *and* at several sizes, with which the names of their states end behind a
    /// comma: where sizes part, it depends on the size.
    Size,
    /// Nothing binds the figures to another machine: they are shown.
    Shown,
}

/// What a figure has to be for a claim to hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The smallest value that keeps it.
    pub least: Option<f64>,
    /// The largest value that keeps it.
    pub most: Option<f64>,
    /// The value of no effect; none for a size, a time, and a claim that says that there is no effect.
    pub neutral: Option<f64>,
}

impl Bound {
    /// Whether it binds anything: a figure that is only shown has no bound.
    pub fn binds(&self) -> bool {
        self.least.or(self.most).is_some()
    }

    fn ends(&self) -> (f64, f64) {
        (
            self.least.unwrap_or(f64::NEG_INFINITY),
            self.most.unwrap_or(f64::INFINITY),
        )
    }

    /// How a figure misses that lies wholly outside.
    fn miss(&self, estimate: &Estimate) -> Miss {
        let Some(neutral) = self.neutral else {
            return Miss::False;
        };
        let (low, high) = self.ends();
        let (is_above, is_below) = (estimate.low > high, estimate.high < low);
        if neutral <= low && is_below {
            towards(estimate.high < neutral)
        } else if neutral >= high && is_above {
            towards(estimate.low > neutral)
        } else {
            Miss::Understated
        }
    }

    /// In which ways a figure can miss it.
    pub fn misses(&self) -> BTreeSet<Miss> {
        let Some(neutral) = self.neutral else {
            return [Miss::False].into();
        };
        let (low, high) = self.ends();
        let mut misses = BTreeSet::new();
        if neutral <= low || neutral >= high {
            misses.insert(Miss::Reversed);
            let nearer = if neutral <= low { low } else { high };
            // Nothing lies between a bound and no effect where they are the same.
            if nearer - neutral != 0.0 {
                misses.insert(Miss::Overstated);
            }
        }
        let further = match neutral {
            neutral if neutral <= low => high.is_finite(),
            neutral if neutral >= high => low.is_finite(),
            _ => true,
        };
        if further {
            misses.insert(Miss::Understated);
        }
        misses
    }
}

/// How a figure misses that lies on the side of no effect.
fn towards(is_beyond: bool) -> Miss {
    if is_beyond {
        Miss::Reversed
    } else {
        Miss::Overstated
    }
}

/// One figure against its bound: met if the whole interval lies inside, violated if it lies outside.
pub fn outcome(estimate: &Estimate, bound: &Bound) -> Outcome {
    let (low, high) = bound.ends();
    if estimate.inside(low, high) {
        Outcome::Met
    } else if estimate.outside(low, high) {
        Outcome::Violated(bound.miss(estimate))
    } else {
        // Only the ends that lie inside the interval have to be told apart from the figure.
        let reached = [low, high].into_iter();
        let reached = reached.filter(|end| (estimate.low..=estimate.high).contains(end));
        let distances = reached.map(|end| (estimate.value - end).abs());
        let blocks = blocks_until(estimate, distances.fold(f64::INFINITY, f64::min));
        Outcome::Inconclusive(Reason::Noise { blocks })
    }
}

/// What an interval has to shrink by for nine measurements of ten to decide: the quantiles of 97.5 % and
/// 90 % together, over that of 97.5 %.
const POWER: f64 = 3.24 / 1.96;

/// About how many blocks would narrow the interval until nine measurements of ten leave what lies this far
/// away outside: its width shrinks with the square root of their number. None if that is more than is ever
/// asked for.
pub fn blocks_until(estimate: &Estimate, distance: f64) -> Option<usize> {
    let half = (estimate.high - estimate.low) / 2.0;
    let needed = (estimate.count as f64 * (POWER * half / distance).powi(2)).ceil();
    (needed.is_finite() && needed <= MAX_BLOCKS as f64).then(|| {
        (needed as usize)
            .max(estimate.count + 1)
            .max(stats::MIN_VALUES)
    })
}

/// A part of a claim: one test with the state it stands for, and its outcomes, one for each clock by which it
/// is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The state; empty if there is one only.
    pub state: String,
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
    /// Whether the last of them is by CPU time without idle-priority marking.
    pub has_idle: bool,
}

impl Part {
    fn is_met(&self) -> bool {
        self.outcomes.iter().all(|outcome| *outcome == Outcome::Met)
    }

    fn is_violated(&self) -> bool {
        let violated = |outcome: &Outcome| matches!(outcome, Outcome::Violated(_));
        self.outcomes.iter().all(violated)
    }

    /// On what it depends where its clocks part.
    fn parted(&self) -> On {
        match &self.outcomes[..] {
            [others @ .., _] if self.has_idle && others.windows(2).all(|two| two[0] == two[1]) => {
                On::IdleMarking
            }
            _ => On::SpareCores,
        }
    }

    fn open(&self) -> Option<&Reason> {
        self.outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Inconclusive(why) => Some(why),
            _ => None,
        })
    }
}

/// One verdict from the parts of a claim.
pub fn verdict(join: Join, parts: &[Part]) -> Verdict {
    match (join, parts) {
        (Join::Size, [_, ..]) => return by_size(parts),
        (Join::AndStates, [first, states @ ..]) if !states.is_empty() => {
            return and_states(first, states);
        }
        _ => {}
    }
    let violated: Vec<&Part> = parts.iter().filter(|part| part.is_violated()).collect();
    // What no number of blocks can cure comes first.
    let open = parts.iter().filter_map(Part::open);
    let open = open.min_by_key(|why| !why.is_incurable());
    // Assertions joined by *and* fail if one of them does, whatever the others say.
    let is_missed = match join {
        Join::And => !violated.is_empty(),
        _ => violated.len() == parts.len(),
    };
    let parted = parts
        .iter()
        .find(|part| !part.is_met() && !part.is_violated());
    match (join, open) {
        (Join::Shown, _) => Verdict::Shown,
        _ if parts.is_empty() => Verdict::Undecided(Reason::NoTest),
        (Join::And, _) if is_missed => missed(&violated),
        (_, Some(Reason::RestsOn(part))) => Verdict::Depends(On::Named(part.clone())),
        (_, Some(why)) => Verdict::Undecided(why.clone()),
        _ if is_missed => missed(&violated),
        _ if parts.iter().all(Part::is_met) => Verdict::Holds,
        _ if parted.is_some() => Verdict::Depends(parted.map_or(On::SpareCores, Part::parted)),
        (Join::Headroom, None) => Verdict::Depends(On::Headroom),
        _ => {
            let states = violated.iter().map(|part| part.state.clone());
            Verdict::Depends(On::NotIn(states.collect()))
        }
    }
}

/// The verdict on a claim of which these parts miss.
fn missed(violated: &[&Part]) -> Verdict {
    let outcomes = violated.iter().flat_map(|part| &part.outcomes);
    let misses = outcomes.filter_map(|outcome| match outcome {
        Outcome::Violated(miss) => Some(*miss),
        _ => None,
    });
    Verdict::of_misses(&misses.collect())
}

/// One verdict from a first assertion and a second one in several states.
fn and_states(first: &Part, states: &[Part]) -> Verdict {
    let both = [
        verdict(Join::And, slice::from_ref(first)),
        verdict(Join::States, states),
    ];
    let missed = both.iter().find(|one| one.is_miss());
    let open = both.iter().find(|one| matches!(one, Verdict::Undecided(_)));
    let depends = both.iter().find(|one| matches!(one, Verdict::Depends(_)));
    let decisive = missed.or(open).or(depends);
    decisive.cloned().unwrap_or(Verdict::Holds)
}

/// One verdict from those at each size.
fn by_size(parts: &[Part]) -> Verdict {
    let mut sizes: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    for part in parts {
        let (_, size) = part.state.rsplit_once(", ").unwrap_or_default();
        sizes.entry(size).or_default().push(part.clone());
    }
    let verdicts = sizes.values().map(|of_size| verdict(Join::And, of_size));
    let both = |all: Verdict, one: Verdict| match (all, one) {
        (Verdict::Undecided(why), _) | (_, Verdict::Undecided(why)) => Verdict::Undecided(why),
        (all, one) if all == one => all,
        (all, one) if all.is_miss() && one.is_miss() => Verdict::False { parts_differ: true },
        _ => Verdict::Depends(On::Size),
    };
    verdicts
        .reduce(both)
        .unwrap_or(Verdict::Undecided(Reason::NoTest))
}

/// What a mean says: nothing, unless it says the same without any one of its parts, each with its name.
pub fn survives(all: Outcome, without: impl Iterator<Item = (String, Outcome)>) -> Outcome {
    if matches!(all, Outcome::Inconclusive(_)) {
        return all;
    }
    let mut without = without.filter(|(_, outcome)| *outcome != all);
    match without.next() {
        Some((name, _)) => Outcome::Inconclusive(Reason::RestsOn(name)),
        None => all,
    }
}

#[cfg(test)]
mod tests;
