//! What a run measures has time: each kind of run keeps its promise of how long it takes.

use std::time::Duration;

use lab::{
    claims::Claims,
    formula::Wanted,
    judge::{Results, reference},
    measure::{
        budget::{self, Budget},
        plan::{Choice, catalogue},
    },
    programs,
    project::Project,
    result::{Block, Request, ResultFile},
};
use tests::project;

/// What a mode measures.
fn wanted(project: &Project, mode: &str, only: &[&str]) -> Vec<Wanted> {
    programs::build_all(project).expect("both languages build");
    let cases = catalogue(project).expect("the programs tell their cases");
    let claims = Claims::read(project).expect("the claims can be read");
    let choice = Choice {
        cases: &cases,
        claims: Some(&claims),
    };
    let request = Request {
        mode: mode.to_owned(),
        only: only.iter().map(|&word| word.to_owned()).collect(),
        settings: Vec::new(),
        scale: None,
        blocks: None,
        partition: None,
    };
    choice.of(&request).expect("the words are known")
}

/// What a block takes: what it took where the reference was measured, or three processes of the length
/// that is aimed at, and half as long again for their start.
fn cost(wanted: &Wanted, reference: &[ResultFile], budget: &Budget) -> Duration {
    let usual = budget.process * 9 / 2;
    let known = Results(reference).find(wanted);
    let wall = |block: &Block| -> Option<f64> {
        let runs = [&block.go, &block.rust, &block.control];
        runs.map(|run| run.process.get("wall_process_ns")?.as_f64())
            .into_iter()
            .sum()
    };
    let seen = known.and_then(|measurement| {
        let walls: Vec<f64> = measurement.blocks.iter().filter_map(wall).collect();
        let mean = walls.iter().sum::<f64>() / walls.len().max(1) as f64;
        (mean > 0.0).then(|| Duration::from_nanos(mean as u64))
    });
    seen.map_or(usual, |seen| seen.max(usual))
}

#[test]
fn every_kind_of_run_has_time_for_what_it_measures() {
    let project = project();
    let reference = reference::files(project).expect("the reference can be read");
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (mode, only, promised, least) in [
        ("quick", &[][..], Duration::from_secs(90), 1),
        ("claims", &["claims"], minutes(20), 10),
        ("thorough", &[], minutes(45), 10),
    ] {
        let budget = Budget::of(mode);
        let wanted = wanted(project, mode, only);
        let costs: Vec<_> = wanted
            .iter()
            .map(|w| cost(w, &reference, &budget))
            .collect();
        // Each side is tried, and Rust's allocations are counted: three processes more.
        let tried: Duration = costs.iter().sum();
        let left = budget.total.saturating_sub(tried);
        let blocks = budget::all(&costs, &budget, left);
        let planned: Duration = costs.iter().zip(&blocks).map(|(&c, &b)| c * b as u32).sum();
        assert!(
            tried + planned <= budget.total && budget.total < promised,
            "{mode} takes {:?} of {:?}",
            tried + planned,
            budget.total
        );
        let short: Vec<_> = wanted
            .iter()
            .zip(&blocks)
            .filter(|(_, b)| **b < least)
            .collect();
        assert!(
            short.is_empty(),
            "{mode} measures {} subjects and has no time for {least} blocks of\n{short:#?}",
            wanted.len()
        );
    }
}
