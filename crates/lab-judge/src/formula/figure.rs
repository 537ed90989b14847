//! What a run says of a figure.

use serde_json::Value;

use lab_results::{
    histogram,
    query::Query,
    result::{Block, Run},
    stats,
};
use lab_workspace::language::Language;

use super::Reference;

/// The end of the name of a CPU time that leaves out what the collector marked where a core would have idled.
/// The runtime's classes of CPU time compare only with each other, so of a sample the share is taken that they
/// have over the whole process: an estimate.
pub(crate) const WITHOUT_IDLE: &str = "cpu_without_idle_ns";

/// The name of the same time with it.
const WITH_IDLE: &str = "cpu_ns";

impl Reference {
    pub(crate) fn run<'a>(&self, block: &impl Fn(&Query) -> Option<&'a Block>) -> Option<&'a Run> {
        let block = block(&self.query)?;
        Some(match self.side {
            Language::Go => &block.go,
            Language::Rust => &block.rust,
        })
    }

    /// The median over a run's samples, or what it says once.
    pub(super) fn figure(&self, run: &Run) -> Option<f64> {
        match self.figure.strip_suffix(WITHOUT_IDLE) {
            Some(part) => self.without_idle(run, &format!("{part}{WITH_IDLE}")),
            None => named(run, &self.figure),
        }
    }

    /// A CPU time without idle-priority marking, which Rust has none of.
    fn without_idle(&self, run: &Run, name: &str) -> Option<f64> {
        let time = named(run, name)?;
        if self.side == Language::Rust {
            return Some(time);
        }
        let runtime = |name: &str| run.runtime.get(name)?.as_f64();
        let idle = runtime("gc_idle_cpu_ns")?;
        if name.starts_with("runtime.") {
            return Some(time - idle);
        }
        Some(time * (1.0 - idle / runtime("total_cpu_ns")?))
    }

    /// The sum over a run's samples.
    pub(super) fn sum(&self, run: &Run) -> Option<f64> {
        let figures = run.sampled(&self.figure);
        (!figures.is_empty()).then(|| figures.iter().sum())
    }

    /// How often the process did its work.
    pub(super) fn passes(&self, run: &Run) -> Option<f64> {
        let (group, _) = self.figure.split_once('.')?;
        let figures = match group {
            "runtime" => &run.runtime,
            _ => &run.process,
        };
        // Under load the work is what was asked for.
        figures.get("passes").map_or(Some(1.0), Value::as_f64)
    }

    /// All times of the run as pairs of nanoseconds and how often, sorted.
    pub(super) fn times(&self, run: &Run) -> Option<Vec<[f64; 2]>> {
        let mut times: Vec<[f64; 2]> = self.lists(run).into_iter().flatten().collect();
        times.sort_by(|one, other| one[0].total_cmp(&other[0]));
        (!times.is_empty()).then_some(times)
    }

    /// Its lists of pairs, one for each sample.
    pub(crate) fn lists(&self, run: &Run) -> Vec<Vec<[f64; 2]>> {
        let lists: Vec<&Value> = match self.figure.split_once('.') {
            Some(("runtime", name)) => run.runtime.get(name).into_iter().collect(),
            Some(("process", name)) => run.process.get(name).into_iter().collect(),
            _ => run
                .steady()
                .iter()
                .filter_map(|sample| sample.get(&self.figure))
                .collect(),
        };
        lists.into_iter().filter_map(histogram::pairs).collect()
    }
}

/// A figure by its name: the median over samples, or what is said once.
fn named(run: &Run, name: &str) -> Option<f64> {
    if let Some(name) = name.strip_prefix("runtime.") {
        return run.runtime.get(name)?.as_f64();
    }
    if let Some(name) = name.strip_prefix("process.") {
        return run.process.get(name)?.as_f64();
    }
    let figures = run.sampled(name);
    (!figures.is_empty()).then(|| stats::median(&figures))
}
