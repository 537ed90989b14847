//! Times of the runs of a block, and the ratios between them: language to language, control to its own run.

use crate::{
    pilot,
    result::{Block, Measurement, Run},
    stats,
};

/// The time of a run: the median of its samples, or of the whole process.
pub fn time(run: &Run, unit: &str) -> Option<f64> {
    let sampled = |name: &str| {
        let figures = run.sampled(name);
        (!figures.is_empty()).then(|| stats::median(&figures))
    };
    let time = sampled(unit).or_else(|| {
        run.process
            .get(unit.replace("_ns", "_process_ns").as_str())?
            .as_f64()
    })?;
    (time > 0.0).then_some(time)
}

/// The control of a block, and the run that it repeats.
pub fn control(block: &Block) -> [&Run; 2] {
    let own = if block.control_of == "go" {
        &block.go
    } else {
        &block.rust
    };
    [&block.control, own]
}

/// Go's time and Rust's time in each block.
pub fn pairs(blocks: &[Block], unit: &str) -> Vec<(f64, f64)> {
    blocks
        .iter()
        .filter_map(|b| Some((time(&b.go, unit)?, time(&b.rust, unit)?)))
        .collect()
}

/// The control's time, and the time of the run that it repeats, in each block.
pub fn controls(blocks: &[Block]) -> Vec<(f64, f64)> {
    let pair = |block: &Block| {
        let [control, own] = control(block).map(|run| time(run, "wall_ns"));
        Some((control?, own?))
    };
    blocks.iter().filter_map(pair).collect()
}

/// Blocks needed, by the scatter of wall time and of CPU time.
pub fn needed_blocks(measurement: &Measurement) -> Option<usize> {
    let logs = |unit: &str| -> Vec<f64> {
        let pairs = pairs(&measurement.blocks, unit);
        pairs.iter().map(|(go, rust)| (go / rust).ln()).collect()
    };
    pilot::needed_blocks(&logs("wall_ns")).max(pilot::needed_blocks(&logs("cpu_ns")))
}

/// The median of values; `None` without a value.
pub fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| stats::median(&values))
}
