//! Cases as experiments: a block of a case is one process of each language and a control.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::Result;
use serde_json::Value;

use lab_results::{
    budget::Budget,
    result::{CaseKey, Run},
    store::Journal,
};

use lab_workspace::language::Language;

use crate::{
    failure::skipped,
    measure::{
        Calibrated, Lab,
        block::{self, Turn},
    },
    scheduler::{BlockResult, Experiment, Listener, Rank, Share},
};

/// A calibrated case, with the counts of one run.
struct Case<'a> {
    ready: Calibrated,
    /// Counts that Rust's timed build does not make.
    counts: Run,
    /// The number of blocks, where it is fixed.
    blocks: usize,
    root: &'a Path,
}

impl Experiment for Case<'_> {
    fn key(&self) -> &CaseKey {
        &self.ready.key
    }

    fn own_scale(&self) -> bool {
        self.ready.own_scale
    }

    fn rank(&self) -> Rank {
        if self.ready.judged {
            Rank::Judged
        } else {
            Rank::Shown
        }
    }

    fn blocks(&self) -> usize {
        self.blocks
    }

    fn cost(&self) -> Duration {
        self.ready.cost
    }

    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult> {
        let Calibrated { launches, key, .. } = &self.ready;
        let run = |turn: Turn| {
            let launch = match turn.language {
                Language::Go => &launches.go,
                Language::Rust => &launches.rust,
            };
            Ok(launch.run(self.root, turn.padding)?.run)
        };
        let mut result = block::watched(key, seed, number, &launches.go.cores()?, run)?;
        add_counts(&mut result.block.rust, &self.counts);
        if result.block.control_of == "rust" {
            add_counts(&mut result.block.control, &self.counts);
        }
        result.resident = self.ready.resident.clone();
        Ok(result)
    }
}

/// Counts each case once, and makes experiments of all. Each has this number of blocks; without one, a pilot decides
/// within the rest of the budget, of which `spent` is over.
pub fn share<'a>(
    lab: &'a Lab,
    ready: Vec<Calibrated>,
    blocks: Option<usize>,
    (budget, spent): (Budget, impl Fn() -> Duration),
    (stopped, listener): (&AtomicBool, &dyn Listener),
    journal: &mut Journal,
) -> Result<Share<'a>> {
    let mut experiments: Vec<Box<dyn Experiment + 'a>> = Vec::new();
    listener.steps(ready.len());
    for ready in ready {
        listener.step(&format!("{} (counting)", ready.key));
        if stopped.load(Relaxed) {
            break;
        }
        match lab.counts(&ready) {
            Ok(counts) => experiments.push(Box::new(Case {
                ready,
                counts,
                blocks: blocks.unwrap_or_default(),
                root: lab.root,
            })),
            Err(_) if stopped.load(Relaxed) => break,
            Err(error) => journal.skip(skipped(&ready.key, &error))?,
        }
    }
    let is_limited = blocks.is_none();
    Ok(Share {
        experiments,
        time: is_limited.then(|| budget.total.saturating_sub(spent())),
        pilot: is_limited.then_some(budget),
    })
}

/// Adds the counting build's counts and the simulated figures to a timed run.
pub(super) fn add_counts(run: &mut Run, counts: &Run) {
    for (sample, counted) in run.samples.iter_mut().zip(&counts.samples) {
        for (name, count) in counted {
            let said = sample.entry(name.clone()).or_insert(Value::Null);
            if said.is_null() {
                said.clone_from(count);
            }
        }
    }
    for (name, count) in &counts.runtime {
        let said = run.runtime.entry(name.clone()).or_insert(Value::Null);
        if said.is_null() {
            said.clone_from(count);
        }
    }
    for (name, count) in &counts.process {
        run.process.insert(name.clone(), count.clone());
    }
}
