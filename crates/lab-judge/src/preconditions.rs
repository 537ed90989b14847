//! Decisions before a figure's own interval: in a fixed order, the first that applies decides.
//!
//! A server's latency can be the machine's, the queue's or the generator's. Which of these is looked at first is
//! part of the rule, and so is what decides though the others are in doubt.

use serde::Deserialize;

use lab_results::stats::Estimate;

/// One decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Why nothing can be said where the quantity does not keep its bound.
    pub why: Option<String>,
    /// Whether the test is violated where the whole interval lies beyond the bound, whatever else is in doubt.
    #[serde(default)]
    pub decides: bool,
    /// The quantity.
    pub value: String,
    /// The smallest value that keeps the bound.
    pub least: Option<f64>,
    /// The largest one.
    pub most: Option<f64>,
}

/// What a step says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The test is violated.
    Violated,
    /// Nothing can be said, for this reason.
    Undecided(String),
}

impl Step {
    /// What it decides by an estimate of its quantity, if it does. A reason applies where the estimate itself lies
    /// beyond the bound.
    pub fn decide(&self, estimate: &Estimate) -> Option<Decision> {
        let low = self.least.unwrap_or(f64::NEG_INFINITY);
        let high = self.most.unwrap_or(f64::INFINITY);
        if self.decides {
            return estimate.outside(low, high).then_some(Decision::Violated);
        }
        let kept = (low..=high).contains(&estimate.value);
        let why = self.why.clone().unwrap_or_default();
        (!kept).then_some(Decision::Undecided(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::estimate;

    fn step(text: &str) -> Step {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_reason_applies_beyond_its_bound() {
        let late = step("why = \"late\"\nvalue = \"1\"\nmost = 0.25");
        let undecided = Some(Decision::Undecided("late".to_owned()));
        assert_eq!(late.decide(&estimate(0.1, 0.3, 0.5)), undecided);
        assert_eq!(late.decide(&estimate(0.1, 0.2, 0.5)), None);
        let served = step("why = \"late\"\nvalue = \"1\"\nleast = 0.99");
        assert_eq!(served.decide(&estimate(0.9, 0.95, 1.0)), undecided);
        assert_eq!(served.decide(&estimate(0.9, 0.99, 1.0)), None);
    }

    #[test]
    fn a_lower_bound_decides_only_where_all_of_it_lies_beyond() {
        let lower = step("decides = true\nvalue = \"1\"\nmost = 2.35");
        assert_eq!(
            lower.decide(&estimate(2.4, 3.0, 9.0)),
            Some(Decision::Violated)
        );
        assert_eq!(lower.decide(&estimate(2.3, 3.0, 9.0)), None);
    }
}
