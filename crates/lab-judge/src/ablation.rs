//! Whether a supposed cause is one: an effect is explained when taking the cause away makes it vanish.

use std::fmt;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use lab_results::stats::{Estimate, MIN_VALUES};

use crate::{
    claims::{Cause, Claim, RATIO},
    figures::{Figure, Results},
    formula::Formula,
    verdict::Reason,
    verdict_rule,
};

/// What became of a supposed cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is", content = "why")]
pub enum Explained {
    /// At least 80 % of the effect went away with it, surely more than half, and the counter moved along.
    Confirmed,
    /// Some of the effect went away with it.
    Partly,
    /// Taking it away does not take the effect away.
    Refuted,
    /// Why nothing can be said.
    Undecided(String),
}

/// An experiment and what it showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The supposed cause.
    pub says: String,
    /// The effect as it is.
    pub effect: Figure,
    /// What is left of it without the cause.
    pub without: Figure,
    /// Unit of both.
    pub unit: String,
    /// The share that went away: of the effect's logarithm if it is a ratio, which is 1 without an effect; else of
    /// the effect itself, which is 0 then.
    pub gone: Figure,
    /// The counter that belongs to the cause, with it and without it.
    pub counter: [Figure; 2],
    /// What that means.
    pub explained: Explained,
}

/// The share that has to go away for a cause to be confirmed, and the share that surely has to.
const ENOUGH: f64 = 0.8;
const SURELY: f64 = 0.5;

/// Looks the experiments of a claim up in results, one for each cause that it names.
pub fn explain(claim: &Claim, results: &Results) -> Result<Vec<Experiment>> {
    let causes = claim.cause.iter();
    causes.map(|cause| tested(claim, cause, results)).collect()
}

fn tested(claim: &Claim, cause: &Cause, results: &Results) -> Result<Experiment> {
    let parse = |text: &str| {
        Formula::parse(text).with_context(|| format!("the cause of {} in claims.toml", claim.id))
    };
    let (effect, without) = (parse(&cause.effect)?, parse(&cause.without)?);
    let size = |formula: &Formula| match cause.unit.as_str() {
        RATIO => Formula::Log(formula.clone().into()),
        _ => formula.clone(),
    };
    let left = Formula::Two(size(&without).into(), '/', size(&effect).into());
    let gone = Formula::Two(Formula::Number(1.0).into(), '-', left.into());
    let gone = results.figure(&gone, false);
    let counter = [
        results.figure(&parse(&cause.counter[0])?, false),
        results.figure(&parse(&cause.counter[1])?, false),
    ];
    let explained = verdict(&gone, &counter);
    Ok(Experiment {
        says: cause.says.clone(),
        effect: results.figure(&effect, true),
        without: results.figure(&without, true),
        unit: cause.unit.clone(),
        gone,
        counter,
        explained,
    })
}

impl Experiment {
    /// Whether there is a figure of the effect, with the cause and without it.
    pub fn was_tested(&self) -> bool {
        let is_missing = |figure: &Figure| matches!(figure, Figure::Missing(_));
        !(is_missing(&self.effect) || is_missing(&self.without))
    }

    /// Whether there are enough blocks of all that it needs.
    pub fn is_measured(&self) -> bool {
        let known = |figure: &&Figure| matches!(figure, Figure::Known(_));
        [&self.gone, &self.counter[0], &self.counter[1]]
            .iter()
            .all(known)
    }
}

fn verdict(gone: &Figure, counter: &[Figure; 2]) -> Explained {
    let share = match gone {
        Figure::Known(share) => share,
        Figure::Rough { blocks, .. } => {
            let (blocks, least) = (*blocks, MIN_VALUES);
            return Explained::Undecided(Reason::FewBlocks { blocks, least }.to_string());
        }
        Figure::Missing(what) => return Explained::Undecided(what.to_string()),
    };
    let moved = match counter {
        [Figure::Known(with), Figure::Known(without)] => apart(with, without),
        _ => return Explained::Undecided("its counter is not measured".to_owned()),
    };
    if share.value >= ENOUGH && share.low > SURELY && moved {
        Explained::Confirmed
    } else if share.low > 0.0 && moved {
        Explained::Partly
    } else if share.high < SURELY || !moved {
        Explained::Refuted
    } else {
        // It is decided once the interval leaves 0 or the half, whichever is further away.
        let distance = share.value.max(SURELY - share.value);
        let blocks = verdict_rule::blocks_until(share, distance);
        Explained::Undecided(Reason::Noise { blocks }.to_string())
    }
}

fn apart(one: &Estimate, other: &Estimate) -> bool {
    one.high < other.low || other.high < one.low
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Explained::Confirmed => f.write_str("confirmed"),
            Explained::Partly => f.write_str("partly"),
            Explained::Refuted => f.write_str("refuted"),
            Explained::Undecided(why) => write!(f, "undecided ({why})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Missing;
    use lab_results::{
        query::Query,
        synthetic::{estimate, result},
    };

    fn known(low: f64, value: f64, high: f64) -> Figure {
        Figure::Known(estimate(low, value, high))
    }

    fn of(share: &Figure, moved: bool) -> Explained {
        let without = if moved {
            known(0.9, 1.0, 1.1)
        } else {
            known(9.0, 10.0, 11.0)
        };
        verdict(share, &[known(9.0, 10.0, 11.0), without])
    }

    #[test]
    fn a_cause_is_confirmed_when_most_of_the_effect_goes_with_it() {
        assert_eq!(of(&known(0.6, 0.85, 1.1), true), Explained::Confirmed);
        assert_eq!(of(&known(0.4, 0.85, 1.3), true), Explained::Partly);
        assert_eq!(of(&known(0.3, 0.5, 0.7), true), Explained::Partly);
        assert_eq!(of(&known(-0.1, 0.1, 0.3), true), Explained::Refuted);
        assert_eq!(
            of(&known(-0.5, 0.5, 1.5), true),
            Explained::Undecided("noise: about 110 blocks would decide it".to_owned())
        );
    }

    #[test]
    fn a_cause_whose_counter_stays_is_none() {
        assert_eq!(of(&known(0.9, 0.95, 1.0), false), Explained::Refuted);
    }

    #[test]
    fn what_is_not_measured_explains_nothing() {
        let query = Query::parse("a/b").unwrap();
        let missing = Figure::Missing(Missing::NotMeasured(Box::new(query)));
        let said = Explained::Undecided("a/b is not measured".to_owned());
        assert_eq!(of(&missing, true), said);
    }

    #[test]
    fn an_experiment_is_measured_when_all_of_it_has_an_interval() {
        let of = |gone: Figure| Experiment {
            says: String::new(),
            effect: known(2.0, 2.0, 2.0),
            without: known(1.0, 1.0, 1.0),
            unit: RATIO.to_owned(),
            gone,
            counter: [known(9.0, 9.0, 9.0), known(1.0, 1.0, 1.0)],
            explained: Explained::Confirmed,
        };
        assert!(of(known(0.9, 0.9, 0.9)).is_measured());
        let (value, blocks) = (0.9, 2);
        assert!(!of(Figure::Rough { value, blocks }).is_measured());
        assert!(!of(Figure::Missing(Missing::NoFigure)).is_measured());
    }

    #[test]
    fn of_a_time_the_share_itself_goes_away_whatever_its_unit() {
        let gone = |effect: &str| {
            let text = format!(
                "id = \"X\"\ntopic = \"list\"\nsays = \"x\"\n[[cause]]\nsays = \"x\"\n\
                 effect = \"go{{list/case}}.wall_ns{effect}\"\nwithout = \"rust{{list/case}}.wall_ns{effect}\"\n\
                 unit = \"ns\"\ncounter = [\"go{{list/case}}.wall_ns\", \"rust{{list/case}}.wall_ns\"]"
            );
            let claim: Claim = toml::from_str(&text).unwrap();
            let files = [result(&[("list", 4.0, 6)])];
            let [experiment] = &explain(&claim, &Results::new(&files)).unwrap()[..] else {
                panic!("one cause");
            };
            match &experiment.gone {
                Figure::Known(gone) => gone.value,
                other => panic!("{other:?}"),
            }
        };
        for effect in ["", " / 1000", " / 1000000"] {
            assert!((gone(effect) - 0.75).abs() < 1e-9, "{effect}");
        }
    }
}
