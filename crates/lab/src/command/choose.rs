//! What `measure` and `plan` are told to measure.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use super::{Usage, reference::Part};
use anyhow::Result;
use clap::Args;
use lab_bench::{
    load::{self, Scenario},
    measure::{CALIBRATION_LIMIT, Calibrated, Lab},
    schedule::Listener,
};
use lab_judge::{
    claims::Claims,
    plan::{ALL_CLAIMS, Choice},
};
use lab_results::{
    budget::Budget,
    built::{TOPIC, is_built},
    cases::{catalogue, is_load},
    query::{Case, Wanted},
    result::{Because, LeftOut, OUTSIDE, Request, SMOKE},
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
    /// without server load (15 minutes), `load` for the servers under load (90 minutes), `programs` for size,
    /// start-up and build time of programs (3 minutes), `outside` for the claims of other sources (60
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
    /// Measure all settings that claims name, and the headline cases at growing sizes, in 30 minutes.
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

/// What was chosen, ready to be tried.
pub struct Chosen {
    pub request: Request,
    pub cases: Vec<Case>,
    pub wanted: Vec<Wanted>,
    /// All that claims name.
    pub named: BTreeSet<Wanted>,
    /// What is judged by: what the article's claims name, and what those of others decide by.
    judged: Vec<Wanted>,
    /// How many samples it takes at least, where a claim says so.
    samples: BTreeMap<Wanted, u64>,
    /// Beside what a probe sleeps, and what is simulated: where a claim names such a figure.
    probed: Vec<Wanted>,
    simulated: Vec<Wanted>,
    pub budget: Budget,
}

impl Choose {
    /// Every case once, at its own size, with nothing set: what a catalogue shows.
    pub fn every(&self) -> Self {
        Choose {
            every: true,
            blocks: Some(1),
            ..self.clone()
        }
    }

    /// Builds the programs that tell which cases there are, and chooses among them.
    pub fn chosen(&self, project: &Project) -> Result<Chosen> {
        programs::build_all(project)?;
        let cases = catalogue(project)?;
        let claims = if project.root.join(CLAIMS).is_file() {
            Some(Claims::read(project)?)
        } else {
            None
        };
        let all = || claims.iter().flat_map(|claims| &claims.claim);
        let is_outside = |word: &String| {
            let mut others = all().filter(|claim| !claim.is_the_articles());
            word == OUTSIDE || others.any(|claim| claim.id.eq_ignore_ascii_case(word))
        };
        let mode = if let Some(part) = self.reference {
            part.word()
        } else if self.smoke {
            SMOKE
        } else if !self.quick && self.only.iter().any(is_outside) {
            OUTSIDE
        } else if self.thorough {
            "thorough"
        } else if !self.quick && self.only.iter().any(|word| word == ALL_CLAIMS) {
            "claims"
        } else if !self.quick && self.only.iter().any(|word| word == "load") {
            "load"
        } else {
            "quick"
        };
        let request = Request {
            mode: mode.to_owned(),
            only: if self.every {
                let names = cases
                    .iter()
                    .map(|case| format!("{}/{}", case.topic, case.name));
                names.chain([TOPIC.to_owned()]).collect()
            } else if let Some(part) = self.reference {
                vec![part.word().to_owned()]
            } else {
                self.only.clone()
            },
            settings: self.settings.clone(),
            scale: self.scale,
            blocks: self.blocks.map(|blocks| blocks as usize),
            partition: self.partition,
            reference: self.reference.is_some(),
        };
        let choice = Choice {
            cases: &cases,
            claims: claims.as_ref(),
        };
        let wanted = choice
            .of(&request)
            .map_err(|error| Usage(format!("{error:#}")))?;
        if wanted.is_empty() && request.partition.is_none() {
            let why = "there is nothing to measure: the chosen claims have no measured case";
            return Err(Usage(why.to_owned()).into());
        }
        let (mut judged, mut samples) = (Vec::new(), BTreeMap::new());
        let (mut probed, mut simulated) = (Vec::new(), Vec::new());
        let mut named = BTreeSet::new();
        for claim in all() {
            named.extend(claim.wanted()?);
            judged.extend(claim.judged()?);
            probed.extend(claim.asking("process.probe_")?);
            simulated.extend(claim.asking("process.simulated_")?);
            if let Some(least) = claim.samples {
                let wanted = claim.wanted()?;
                let largest = wanted.iter().map(|w| w.scale).max().flatten();
                // At a smaller size what is seldom comes the more often.
                let share = |wanted: &Wanted| match (wanted.scale, largest) {
                    (Some(scale), Some(largest)) => (least * scale).div_ceil(largest) + 1,
                    _ => least,
                };
                samples.extend(wanted.into_iter().map(|w| (w.clone(), share(&w))));
            }
        }
        let mut budget = match self.reference {
            Some(_) => Budget::of_reference(mode),
            None => Budget::of(mode),
        };
        if request.blocks.is_some() {
            // Who fixes the number of blocks waits for them.
            budget.slowest = CALIBRATION_LIMIT;
        }
        Ok(Chosen {
            request,
            cases,
            wanted,
            named,
            judged,
            samples,
            probed,
            simulated,
            budget,
        })
    }
}

impl Chosen {
    /// Tries each subject, and tells which can be measured.
    pub fn ready(
        &self,
        lab: &mut Lab,
        listener: &dyn Listener,
        stopped: &AtomicBool,
    ) -> Result<(Vec<Calibrated>, Vec<LeftOut>)> {
        let mut wanted: Vec<&Wanted> = self
            .wanted
            .iter()
            .filter(|w| !is_load(w) && !is_built(w))
            .collect();
        let is_short = self.request.mode == SMOKE;
        if is_short {
            take_turns(&mut wanted);
        }
        let begun = Instant::now();
        listener.steps(wanted.len());
        let (mut ready, mut left_out): (Vec<Calibrated>, Vec<LeftOut>) = (Vec::new(), Vec::new());
        for wanted in wanted {
            if is_short && begun.elapsed() > self.budget.total / 2 {
                left_out.push(LeftOut {
                    subject: wanted.to_string(),
                    because: Because::Budget,
                    why: "the time was over before its calibration run".to_owned(),
                });
                continue;
            }
            listener.step(&format!("{wanted} (calibration)"));
            let tried = lab.preflight(wanted, &self.budget)?;
            if stopped.load(Relaxed) {
                break;
            }
            match tried {
                Err(why) => left_out.push(why),
                Ok(mut new) => {
                    new.judged = false;
                    // A size that somebody named may be the case's own.
                    let known = ready
                        .iter()
                        .position(|old: &Calibrated| old.subject == new.subject);
                    let place = known.unwrap_or(ready.len());
                    match known {
                        Some(place) => ready[place].own_scale |= new.own_scale,
                        None => ready.push(new),
                    }
                    self.ask(wanted, &mut ready[place]);
                }
            }
        }
        lab.keep()?;
        Ok((ready, left_out))
    }

    /// Asks of a subject what claims want of it, besides its time.
    fn ask(&self, wanted: &Wanted, ready: &mut Calibrated) {
        if let Some(least) = self.samples.get(wanted) {
            ready.take(*least);
        }
        if self.probed.contains(wanted) {
            ready.probe();
        }
        ready.simulated |= self.simulated.contains(wanted);
        let Request {
            mode, reference, ..
        } = &self.request;
        let all_judge = mode != OUTSIDE && !reference;
        ready.judged |= all_judge || self.judged.contains(wanted);
    }

    /// What is to be measured under load, which needs no trial.
    pub fn load(&self, lab: &Lab) -> Result<(Vec<Scenario>, Vec<LeftOut>)> {
        let wanted = self.wanted.iter().filter(|w| is_load(w)).cloned();
        let wanted: Vec<Wanted> = wanted.collect();
        let Request { mode, blocks, .. } = &self.request;
        load::scenarios(lab, &wanted, &self.judged, mode, *blocks)
    }

    /// How long load may take, where its blocks are not given.
    pub fn load_budget(&self) -> Duration {
        let Request {
            mode, reference, ..
        } = &self.request;
        if *reference {
            load::reference_budget(mode)
        } else {
            load::budget(mode)
        }
    }
}

/// Orders cases so that each topic has one before any has a second.
fn take_turns(wanted: &mut [&Wanted]) {
    let mut turns: BTreeMap<&str, usize> = BTreeMap::new();
    wanted.sort_by_cached_key(|wanted| {
        let turn = turns.entry(&wanted.topic).or_default();
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
        let all = all.map(|text| Wanted::parse(text).expect("a case"));
        let mut wanted: Vec<&Wanted> = all.iter().collect();
        take_turns(&mut wanted);
        let order: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        assert_eq!(order, ["a/1", "b/1", "c/1", "a/2", "b/2", "a/3"]);
    }
}
