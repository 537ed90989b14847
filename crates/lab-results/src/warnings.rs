//! Warnings about a result: a noisy machine, by its controls, and cases with too few blocks.

use crate::{
    block_ratios,
    layout::count,
    result::{Measurement, ResultFile},
    stats::{self, Estimate},
};

/// Controls further than this from 1 count as noisy.
const MAX_CONTROL: f64 = 1.1;

/// The controls of all cases that have enough blocks.
fn controls(file: &ResultFile) -> Vec<Estimate> {
    let blocks = file.measurements.iter().map(|m| &m.blocks);
    let controls = blocks.filter_map(|blocks| stats::ratio(&block_ratios::controls(blocks)));
    controls.collect()
}

/// How far an interval reaches from 1, as a factor.
fn reach(control: &Estimate) -> f64 {
    control.high.max(1.0 / control.low)
}

/// All warnings about a result.
pub fn all(file: &ResultFile) -> Vec<String> {
    let all = [noise, resolution, short_of_blocks];
    all.into_iter()
        .filter_map(|warning| warning(file))
        .collect()
}

/// The resolution by the controls: how many intervals miss 1, and the difference that half of the cases resolve.
pub fn resolution(file: &ResultFile) -> Option<String> {
    let controls = controls(file);
    let missed = controls.iter().filter(|c| c.outside(1.0, 1.0)).count();
    let mut reaches: Vec<f64> = controls.iter().map(reach).collect();
    reaches.sort_by(f64::total_cmp);
    (!reaches.is_empty()).then(|| {
        format!(
            "Compared with itself, a program came out different in {missed} of {} (by chance: 1 of 20), \
             and in half of them it stayed within {:.0} %.",
            count(reaches.len(), "case"),
            (stats::median(&reaches) - 1.0) * 100.0,
        )
    })
}

/// A warning that the machine is too noisy, if it is.
pub fn noise(file: &ResultFile) -> Option<String> {
    let rejected: usize = file.measurements.iter().map(|m| m.rejected.len()).sum();
    let kept: usize = file.measurements.iter().map(|m| m.blocks.len()).sum();
    let controls = controls(file);
    let far = |c: &&Estimate| c.value.max(1.0 / c.value) > MAX_CONTROL;
    let noisy = controls.iter().filter(far).count();
    if 3 * noisy <= controls.len() && 3 * rejected <= kept + rejected {
        return None;
    }
    let mut why = Vec::new();
    if !controls.is_empty() {
        let all = count(controls.len(), "case");
        why.push(format!(
            "compared with itself, a program came out more than 10 % apart in {noisy} of {all}"
        ));
    }
    if rejected > 0 {
        let all = count(kept + rejected, "block");
        why.push(format!(
            "{rejected} of {all} had to be rejected, because the host disturbed them"
        ));
    }
    Some(format!(
        "warning: this machine is too noisy for fine differences: {}. End other programs and \
         measure again, or measure more blocks with --blocks.",
        why.join(", and ")
    ))
}

/// The cases that need more blocks, and the largest number needed.
pub fn short_of_blocks(file: &ResultFile) -> Option<String> {
    let short: Vec<&Measurement> = file
        .measurements
        .iter()
        .filter(|m| m.needed_blocks.is_some_and(|n| n > m.blocks.len()))
        .collect();
    let max = short.iter().filter_map(|m| m.needed_blocks).max()?;
    Some(format!(
        "{} of {} scatter too much for their blocks to tell 1.1× from 1×; that would take up to {}.",
        short.len(),
        count(file.measurements.len(), "case"),
        count(max, "block"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{result::Reject, synthetic::result};

    /// A result whose controls are slower by these factors than the runs that they repeat, in every block.
    fn controlled(apart: &[f64]) -> ResultFile {
        let mut file = result(&vec![("list", 2.0, 6); apart.len()]);
        for (measurement, apart) in file.measurements.iter_mut().zip(apart) {
            for block in &mut measurement.blocks {
                let time = block.rust.samples[0]["wall_ns"].as_f64().unwrap() * apart;
                block.control.samples[0].insert("wall_ns".to_owned(), time.into());
            }
        }
        file
    }

    #[test]
    fn a_machine_is_noisy_where_a_third_of_the_controls_are_far_off() {
        assert_eq!(noise(&controlled(&[1.0, 1.0, 1.2])), None);
        let warning = noise(&controlled(&[1.0, 0.8, 1.2])).expect("a warning");
        assert!(
            warning.contains("more than 10 % apart in 2 of 3 cases"),
            "{warning}"
        );
    }

    #[test]
    fn controls_show_which_difference_can_be_resolved() {
        assert_eq!(resolution(&controlled(&[])), None);
        assert_eq!(
            resolution(&controlled(&[1.0, 1.25, 1.5])).expect("controls"),
            "Compared with itself, a program came out different in 2 of 3 cases (by chance: 1 of 20), \
             and in half of them it stayed within 25 %."
        );
    }

    #[test]
    fn a_warning_names_only_what_was_measured() {
        let mut file = result(&[("list", 2.0, 1)]);
        file.measurements[0].blocks.clear();
        file.measurements[0].rejected.push(Reject::Stalled);
        let warning = noise(&file).expect("a warning");
        assert!(
            warning.contains("differences: 1 of 1 block had to be rejected"),
            "{warning}"
        );
        assert!(!warning.contains("0 of 0"), "{warning}");
    }
}
