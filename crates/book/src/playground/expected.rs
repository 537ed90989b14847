//! How long a case takes to measure, estimated from earlier results as the lab does it.

use std::collections::BTreeMap;

use lab_results::{
    block_ratios::middle,
    budget::Budget,
    result::{Measurement, Mode, ResultFile, Run},
    settings::DEFAULT,
    stats,
};

/// Blocks of a measurement: more than a 95 % interval needs, because a block that the host spoils does not count.
pub const BLOCKS: usize = stats::MIN_VALUES + 4;

/// Each block has a control, which runs one of both programs again.
const RUNS_PER_PAIR: f64 = 1.5;

/// Expected seconds by topic and case, for cases at their own size with nothing set. Later files replace earlier
/// ones.
pub fn seconds(files: &[ResultFile]) -> BTreeMap<[String; 2], f64> {
    let all = files.iter().flat_map(|file| &file.measurements);
    let is_plain = |measurement: &&Measurement| {
        let key = &measurement.key;
        measurement.own_scale && key.go == DEFAULT && key.rust == DEFAULT
    };
    let entry = |measurement: &Measurement| {
        let key = &measurement.key;
        let key = [key.topic.clone(), key.case.clone()];
        Some((key, of_measurement(measurement)?))
    };
    all.filter(is_plain).filter_map(entry).collect()
}

fn of_measurement(measurement: &Measurement) -> Option<f64> {
    let blocks = &measurement.blocks;
    let go = Process::read(blocks.iter().map(|block| &block.go))?;
    let rust = Process::read(blocks.iter().map(|block| &block.rust))?;
    let block = (go.whole() + rust.whole()) * RUNS_PER_PAIR;
    // Before the first block, each program runs once, and once more to be counted.
    let before = go.start + go.sample + rust.start + rust.sample + block / 3.0;
    Some((before + BLOCKS as f64 * block) / 1e9)
}

/// A process in nanoseconds.
struct Process {
    /// Before and after its samples.
    start: f64,
    /// One sample.
    sample: f64,
}

impl Process {
    /// The medians of runs; `None` if they hold no times.
    fn read<'a>(runs: impl Iterator<Item = &'a Run>) -> Option<Self> {
        let one = |run: &Run| {
            let whole = run.process.get("wall_process_ns")?.as_f64()?;
            let count = run.samples.len().max(1) as f64;
            let times = run.samples.iter();
            let times = times.filter_map(|sample| sample.get("wall_ns")?.as_f64());
            let samples: f64 = times.sum();
            // A case without times of samples is timed as a whole.
            let samples = if samples > 0.0 { samples } else { whole };
            Some(((whole - samples).max(0.0), samples / count))
        };
        let (starts, samples) = runs.filter_map(one).unzip();
        Some(Process {
            start: middle(starts)?,
            sample: middle(samples)?,
        })
    }

    /// With as many samples as the lab takes in a run of single cases.
    fn whole(&self) -> f64 {
        let first = self.start + self.sample;
        let budget = Budget::of_mode(Mode::Quick);
        let samples = budget.samples(first as u64, self.sample as u64);
        first + (samples - 1) as f64 * self.sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::result;

    #[test]
    fn the_expected_time_counts_all_runs_of_all_blocks() {
        let mut file = result(&[("list", 400.0, 3), ("tree", 1.0, 3)]);
        let list = &mut file.measurements[0];
        for block in &mut list.blocks {
            for (run, ms) in [(&mut block.go, 500.0), (&mut block.rust, 101.0)] {
                let whole = (ms * 1e6).into();
                run.process.insert("wall_process_ns".to_owned(), whole);
            }
        }
        let seconds = seconds(&[file]);
        // Both start for 100 ms, which leaves time for one sample: of 400 ms in Go, of 1 ms in Rust.
        let block = (0.5 + 0.101) * RUNS_PER_PAIR;
        let expected = 0.5 + 0.101 + block / 3.0 + 10.0 * block;
        let found = seconds[&["list".to_owned(), "case".to_owned()]];
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        // Without times of processes nothing is expected.
        assert_eq!(seconds.len(), 1);
    }
}
