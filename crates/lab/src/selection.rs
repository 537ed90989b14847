//! What `measure` and `plan` measure: their options, and the queries that these choose.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use crate::command::{Usage, reference::Part};
use anyhow::Result;
use clap::Args;
use lab_bench::{
    load::{self, ServerScenario},
    measure::{CALIBRATION_LIMIT, Calibrated, Lab},
    scheduler::Listener,
};
use lab_judge::{
    claims::{Claim, Claims},
    plan::{ALL_CLAIMS, Choice},
};
use lab_results::{
    budget::Budget,
    build_metrics::{TOPIC, is_build_metric},
    cases::{catalogue, is_load},
    query::{Case, Query},
    result::{Mode, OUTSIDE, Request, SkipReason, Skipped},
    scenario,
};
use lab_workspace::{
    programs,
    project::{CLAIMS, Project},
};

/// What is measured.
#[derive(Args, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Choose {
    /// Each case of each topic, whether anything names it or not.
    #[arg(skip)]
    every: bool,
    /// Measure only this topic, case (TOPIC/CASE) or claim. Or a group: `claims` for the article's claims
    /// without server load (26 minutes), `load` for the servers under load (90 minutes), `programs` for size,
    /// start-up and build time of programs (3 minutes), `outside` for the claims of other sources (90
    /// minutes). Repeatable.
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
    /// Measure with these settings, such as `gogc400`, `gogc400+mimalloc` or `one` (core). `plan` lists them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    settings: Vec<String>,
    /// Measure at this size, in place of the usual size of each case.
    #[arg(long, value_name = "N")]
    scale: Option<u64>,
    /// Measure each case at its usual size and with default settings, in about two minutes (the default).
    #[arg(long)]
    quick: bool,
    /// Measure a few cases of each topic in 10 seconds, for CI: too short for any verdict.
    #[arg(long, conflicts_with_all = ["quick", "thorough", "blocks"])]
    smoke: bool,
    /// Measure all settings that claims name, and the headline cases at growing sizes, in 42 minutes.
    #[arg(long, conflicts_with = "quick")]
    thorough: bool,
    /// Measure N blocks of each case, without a time limit.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    blocks: Option<u32>,
    /// Measure only the K-th of N shares of the cases.
    #[arg(long, value_name = "K/N", value_parser = partition)]
    partition: Option<[usize; 2]>,
    /// Measure a whole part of the reference, in at most 80 minutes. The result replaces the committed one.
    #[arg(long, value_name = "PART", conflicts_with_all = [
        "only", "settings", "scale", "quick", "smoke", "thorough", "blocks", "partition",
    ])]
    pub reference: Option<Part>,
}

pub fn partition(text: &str) -> Result<[usize; 2], String> {
    let parsed = || {
        let (share, shares) = text.split_once('/')?;
        Some([share.parse().ok()?, shares.parse().ok()?])
    };
    match parsed() {
        Some([share, shares]) if 1 <= share && share <= shares => Ok([share, shares]),
        _ => Err("expected K/N with K from 1 to N, such as 1/4".to_owned()),
    }
}

/// The chosen queries, ready for their preflight.
pub struct Chosen {
    pub request: Request,
    pub cases: Vec<Case>,
    pub queries: Vec<Query>,
    pub needs: ClaimNeeds,
    pub budget: Budget,
}

/// What claims need of queries.
#[derive(Default)]
pub struct ClaimNeeds {
    /// All queries that claims name.
    pub named: BTreeSet<Query>,
    /// Queries that verdicts rest on: those of the article's claims, and those that decide outside claims.
    judged: Vec<Query>,
    /// Fewest samples, where a claim fixes them.
    samples: BTreeMap<Query, u64>,
    /// Queries with a jitter probe, because a claim names its figure.
    probed: Vec<Query>,
    /// Queries with a simulation, because a claim names its figures.
    simulated: Vec<Query>,
}

impl ClaimNeeds {
    fn read<'a>(claims: impl Iterator<Item = &'a Claim>) -> Result<Self> {
        let mut needs = ClaimNeeds::default();
        for claim in claims {
            let queries = claim.queries()?;
            needs.judged.extend(claim.judged()?);
            needs.probed.extend(claim.asking("process.probe_")?);
            needs.simulated.extend(claim.asking("process.simulated_")?);
            if let Some(min) = claim.samples {
                let largest = queries.iter().map(|w| w.scale).max().flatten();
                // At a smaller scale rare events are more frequent.
                let samples = |query: &Query| match (query.scale, largest) {
                    (Some(scale), Some(largest)) => (min * scale).div_ceil(largest) + 1,
                    _ => min,
                };
                let samples = queries.iter().map(|w| (w.clone(), samples(w)));
                needs.samples.extend(samples);
            }
            needs.named.extend(queries);
        }
        Ok(needs)
    }
}

impl Choose {
    /// Every case once, at its own scale, with nothing set: the catalogue.
    pub fn every(&self) -> Self {
        Choose {
            every: true,
            blocks: Some(1),
            ..self.clone()
        }
    }

    /// Builds the programs that list their cases, and chooses among the cases.
    pub fn chosen(&self, project: &Project) -> Result<Chosen> {
        programs::build_all(project)?;
        let cases = catalogue(project)?;
        let claims = if project.root.join(CLAIMS).is_file() {
            Some(Claims::read(project)?)
        } else {
            None
        };
        let all = || claims.iter().flat_map(|claims| &claims.claim);
        let request = self.request(self.mode(all()), &cases);
        let choice = Choice {
            cases: &cases,
            claims: claims.as_ref(),
        };
        let queries = choice
            .queries(&request)
            .map_err(|error| Usage(format!("{error:#}")))?;
        if queries.is_empty() && request.partition.is_none() {
            let why = "there is nothing to measure: the chosen claims have no measured case";
            return Err(Usage(why.to_owned()).into());
        }
        let needs = ClaimNeeds::read(all())?;
        Ok(Chosen {
            budget: self.budget(&request),
            request,
            cases,
            queries,
            needs,
        })
    }

    /// The mode, by the options and the words of `--only`.
    fn mode<'a>(&self, claims: impl Iterator<Item = &'a Claim>) -> Mode {
        let others = claims.filter(|claim| !claim.is_the_articles());
        let others: Vec<&str> = others.map(|claim| claim.id.as_str()).collect();
        let is_outside = |word: &String| {
            word == OUTSIDE || others.iter().any(|id| id.eq_ignore_ascii_case(word))
        };
        let has = |word: &str| !self.quick && self.only.iter().any(|only| only == word);
        if let Some(part) = self.reference {
            part.mode()
        } else if self.smoke {
            Mode::Smoke
        } else if !self.quick && self.only.iter().any(is_outside) {
            Mode::Outside
        } else if self.thorough {
            Mode::Thorough
        } else if has(ALL_CLAIMS) {
            Mode::Claims
        } else if has(scenario::WORD) {
            Mode::Load
        } else {
            Mode::Quick
        }
    }

    fn request(&self, mode: Mode, cases: &[Case]) -> Request {
        let only = if self.every {
            let names = cases
                .iter()
                .map(|case| format!("{}/{}", case.topic, case.name));
            names.chain([TOPIC.to_owned()]).collect()
        } else if let Some(part) = self.reference {
            vec![part.word().to_owned()]
        } else {
            self.only.clone()
        };
        Request {
            mode,
            only,
            settings: self.settings.clone(),
            scale: self.scale,
            blocks: self.blocks.map(|blocks| blocks as usize),
            partition: self.partition,
            reference: self.reference.is_some(),
        }
    }

    fn budget(&self, request: &Request) -> Budget {
        let mut budget = match self.reference {
            Some(_) => Budget::of_reference(request.mode),
            None => Budget::of_mode(request.mode),
        };
        if request.blocks.is_some() {
            // A fixed number of blocks has no time limit.
            budget.slowest = CALIBRATION_LIMIT;
        }
        budget
    }
}

impl Chosen {
    /// Runs the preflight of each query; returns those that can be measured, and the skipped ones.
    pub fn preflight(
        &self,
        lab: &mut Lab,
        listener: &dyn Listener,
        stopped: &AtomicBool,
    ) -> Result<(Vec<Calibrated>, Vec<Skipped>)> {
        let mut queries: Vec<&Query> = self
            .queries
            .iter()
            .filter(|w| !is_load(w) && !is_build_metric(w))
            .collect();
        let is_short = self.request.mode == Mode::Smoke;
        if is_short {
            take_turns(&mut queries);
        }
        let begun = Instant::now();
        listener.steps(queries.len());
        let (mut calibrated, mut skipped): (Vec<Calibrated>, Vec<Skipped>) =
            (Vec::new(), Vec::new());
        for query in queries {
            if is_short && begun.elapsed() > self.budget.total / 2 {
                skipped.push(Skipped {
                    query: query.to_string(),
                    reason: SkipReason::Budget,
                    why: "the time was over before its calibration run".to_owned(),
                });
                continue;
            }
            listener.step(&format!("{query} (calibration)"));
            let tried = lab.preflight(query, &self.budget)?;
            if stopped.load(Relaxed) {
                break;
            }
            match tried {
                Err(why) => skipped.push(why),
                Ok(mut new) => {
                    new.judged = false;
                    // A named scale may be the case's own.
                    let known = calibrated
                        .iter()
                        .position(|old: &Calibrated| old.key == new.key);
                    let place = known.unwrap_or(calibrated.len());
                    match known {
                        Some(place) => calibrated[place].own_scale |= new.own_scale,
                        None => calibrated.push(new),
                    }
                    self.apply_needs(query, &mut calibrated[place]);
                }
            }
        }
        lab.keep()?;
        Ok((calibrated, skipped))
    }

    /// Applies what claims need of a query, besides its time.
    fn apply_needs(&self, query: &Query, calibrated: &mut Calibrated) {
        let needs = &self.needs;
        if let Some(min) = needs.samples.get(query) {
            calibrated.take_samples(*min);
        }
        if needs.probed.contains(query) {
            calibrated.probe();
        }
        calibrated.simulated |= needs.simulated.contains(query);
        let Request {
            mode, reference, ..
        } = &self.request;
        let all_judge = *mode != Mode::Outside && !reference;
        calibrated.judged |= all_judge || needs.judged.contains(query);
    }

    /// The server scenarios, which need no calibration, and the skipped ones.
    pub fn load(&self, lab: &Lab) -> Result<(Vec<ServerScenario>, Vec<Skipped>)> {
        let queries = self.queries.iter().filter(|w| is_load(w)).cloned();
        let queries: Vec<Query> = queries.collect();
        let Request { mode, blocks, .. } = &self.request;
        load::scenarios(lab, &queries, &self.needs.judged, *mode, *blocks)
    }

    /// Time for load, if the number of blocks is not fixed.
    pub fn load_budget(&self) -> Duration {
        let Request {
            mode, reference, ..
        } = &self.request;
        if *reference {
            load::reference_budget(*mode)
        } else {
            load::budget(*mode)
        }
    }
}

/// Orders cases so that each topic has one before any has a second.
fn take_turns(queries: &mut [&Query]) {
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    queries.sort_by_cached_key(|query| {
        let turn = turns.entry(&query.topic).or_default();
        *turn += 1;
        *turn
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_has_its_turn() {
        let all = ["a/1", "a/2", "a/3", "b/1", "b/2", "c/1"];
        let all = all.map(|text| Query::parse(text).expect("a case"));
        let mut queries: Vec<&Query> = all.iter().collect();
        take_turns(&mut queries);
        let order: Vec<String> = queries.iter().map(ToString::to_string).collect();
        assert_eq!(order, ["a/1", "b/1", "c/1", "a/2", "b/2", "a/3"]);
    }
}
