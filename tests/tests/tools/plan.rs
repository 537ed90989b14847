//! Time budgets: each kind of run has enough time for what it measures, and keeps its promised duration.

use std::{collections::BTreeSet, time::Duration};

use lab_bench::load;
use lab_judge::{
    claims::{Claim, Claims},
    figures::Results,
    plan::Choice,
    reference,
};
use lab_results::{
    budget::{self, Budget},
    cases::{catalogue, is_load},
    query::Query,
    result::{Block, Mode, Request, ResultFile, Run},
};
use lab_workspace::{programs, project::Project};
use tests::project;

/// The queries of a mode.
fn queries(project: &Project, mode: Mode, only: &[&str]) -> Vec<Query> {
    programs::build_all(project).expect("both languages build");
    let cases = catalogue(project).expect("the programs tell their cases");
    let claims = Claims::read(project).expect("the claims can be read");
    let choice = Choice {
        cases: &cases,
        claims: Some(&claims),
    };
    let request = Request {
        mode,
        only: only.iter().map(|&word| word.to_owned()).collect(),
        ..Request::default()
    };
    choice.queries(&request).expect("the words are known")
}

/// Duration of a block: the one in the reference, with as many samples as this budget allows, or three processes of
/// the target duration and half as much again for their start.
fn cost(query: &Query, reference: &[ResultFile], budget: &Budget) -> Duration {
    let usual = budget.process * 9 / 2;
    let process = |run: &Run| -> Option<f64> {
        let wall = run.process.get("wall_process_ns")?.as_f64()?;
        let passes = run.process.get("passes")?.as_f64()?;
        let trial = wall / passes * passes.min(2.0);
        // Work that a process can do only once has a single sample.
        let more = match run.samples.len() {
            1 => 0,
            _ => budget.samples(trial as u64, (wall / passes) as u64) - 1,
        };
        Some(trial + wall / passes * more as f64)
    };
    let block = |block: &Block| -> Option<f64> {
        [&block.go, &block.rust, &block.control]
            .map(process)
            .into_iter()
            .sum()
    };
    let known = Results::new(reference).find(query);
    let seen = known.and_then(|measurement| {
        let walls: Vec<f64> = measurement.blocks.iter().filter_map(block).collect();
        let mean = walls.iter().sum::<f64>() / walls.len().max(1) as f64;
        (mean > 0.0).then(|| Duration::from_nanos(mean as u64))
    });
    seen.unwrap_or(usual)
}

#[test]
fn every_kind_of_run_has_time_for_what_it_measures() {
    let project = project();
    let reference = reference::files(project).expect("the reference can be read");
    let claims = Claims::read(project).expect("the claims can be read");
    let judged = |claim: &Claim| claim.judged().expect("every quantity is a formula");
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (mode, only, promised, min) in [
        (Mode::Quick, &[][..], Duration::from_secs(90), 1),
        (Mode::Claims, &["claims"], minutes(30), 10),
        (Mode::Thorough, &[], minutes(45), 10),
        // An interval takes six blocks: of the two dearest cases there are no ten.
        (Mode::Outside, &["outside"], minutes(90), 6),
    ] {
        let mut budget = Budget::of_mode(mode);
        let mut queries = queries(project, mode, only);
        if mode == Mode::Outside {
            // Load has a budget of its own, which belongs to the promise.
            queries.retain(|query| !is_load(query));
            budget.total += load::budget(mode);
        }
        let judged: BTreeSet<Query> = claims.claim.iter().flat_map(judged).collect();
        let is_judged = |query: &Query| mode != Mode::Outside || judged.contains(query);
        let cost = |query| (cost(query, &reference, &budget), is_judged(query));
        let costs: Vec<_> = queries.iter().map(cost).collect();
        // Each language is calibrated, and Rust's allocations are counted: three processes more.
        let tried: Duration = costs.iter().map(|(cost, _)| cost).sum();
        let load = if mode == Mode::Outside {
            load::budget(mode)
        } else {
            Duration::ZERO
        };
        let left = budget.total.saturating_sub(tried + load);
        let blocks = budget::all(&costs, &budget, left);
        let planned: Duration = costs
            .iter()
            .zip(&blocks)
            .map(|(c, &b)| c.0 * b as u32)
            .sum();
        assert!(
            tried + planned + load <= budget.total && budget.total < promised,
            "{mode} takes {:?} of {:?}",
            tried + planned + load,
            budget.total
        );
        let needs = |query: &Query| {
            // A judged query needs all its blocks, a point of a curve an interval.
            if judged.contains(query) {
                min
            } else {
                min.min(6)
            }
        };
        let short = queries.iter().zip(&costs).zip(&blocks);
        let short: Vec<_> = short
            .filter(|((query, (_, counts)), b)| *counts && **b < needs(query))
            .collect();
        assert!(
            short.is_empty(),
            "{mode} measures {} queries and has no time for {min} blocks of\n{short:#?}",
            queries.len()
        );
    }
}

#[test]
fn load_has_time_for_every_block_it_plans() {
    let project = project();
    let claims = Claims::read(project).expect("the claims can be read");
    let judged: Vec<Query> = claims
        .claim
        .iter()
        .filter(|claim| claim.is_the_articles())
        .flat_map(|claim| claim.judged().expect("every quantity is a formula"))
        .collect();
    // With two cores the server has one anyway.
    let mut queries = queries(project, Mode::Load, &["load"]);
    queries.retain(|query| query.cores == "all");
    let mut times = [Duration::ZERO; 2];
    for query in &queries {
        let is_judged = load::is_judged(query, &judged);
        let (blocks, block) = load::planned(Mode::Load, query, is_judged).expect("a scenario");
        times[usize::from(is_judged)] += block * blocks as u32;
    }
    let [shown, judged] = times;
    let budget = load::budget(Mode::Load);
    assert!(
        shown + judged <= budget && budget <= Duration::from_mins(90),
        "{judged:?} for what is judged and {shown:?} for what is shown, of {budget:?}"
    );
}

#[test]
fn no_other_run_measures_what_only_other_sources_name() {
    let project = project();
    let claims = Claims::read(project).expect("the claims can be read");
    let of = |is_the_articles: bool| -> BTreeSet<Query> {
        let claims = claims.claim.iter();
        let chosen = claims.filter(|claim| claim.is_the_articles() == is_the_articles);
        chosen
            .flat_map(|claim| claim.queries().expect("every quantity is a formula"))
            .collect()
    };
    let cases = |queries: &BTreeSet<Query>| -> BTreeSet<(String, String)> {
        queries
            .iter()
            .map(|w| (w.topic.clone(), w.case.clone()))
            .collect()
    };
    let article = cases(&of(true));
    let only: BTreeSet<_> = cases(&of(false))
        .into_iter()
        .filter(|case| !article.contains(case))
        .collect();
    assert!(!only.is_empty());
    for (mode, words) in [
        (Mode::Quick, &[][..]),
        (Mode::Claims, &["claims"]),
        (Mode::Thorough, &[]),
    ] {
        let names = cases(&queries(project, mode, words).into_iter().collect());
        let found: Vec<_> = names
            .intersection(&only)
            .filter(|case| case.0 != "programs")
            .collect();
        assert!(found.is_empty(), "{mode} measures {found:?}");
    }
}
