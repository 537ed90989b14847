//! How far a result can be trusted: what its controls say of the machine, and what they cannot tell.

use super::table;
use crate::{
    layout::count,
    result::{Measurement, ResultFile},
    stats::{self, Estimate},
};

/// A control, a side against itself, whose estimate lies further than this from 1 is far off.
const FAR: f64 = 1.1;

/// The controls of all cases that have enough blocks.
fn controls(file: &ResultFile) -> Vec<Estimate> {
    let blocks = file.measurements.iter().map(|m| &m.blocks);
    let controls = blocks.filter_map(|blocks| stats::ratio(&table::controls(blocks)));
    controls.collect()
}

/// How far an interval reaches from 1, as a factor.
fn reach(control: &Estimate) -> f64 {
    control.high.max(1.0 / control.low)
}

/// All that can be said of it.
pub fn all(file: &ResultFile) -> Vec<String> {
    let doubts = [warning, resolution, short_of_blocks];
    doubts.into_iter().filter_map(|doubt| doubt(file)).collect()
}

/// What the controls say: how many intervals miss 1, and the difference that half of the cases can tell.
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

/// What makes a result doubtful, in plain words, if anything does.
pub fn warning(file: &ResultFile) -> Option<String> {
    let rejected: usize = file.measurements.iter().map(|m| m.rejected.len()).sum();
    let kept: usize = file.measurements.iter().map(|m| m.blocks.len()).sum();
    let controls = controls(file);
    let far = |c: &&Estimate| c.value.max(1.0 / c.value) > FAR;
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

/// How many subjects have fewer blocks than it takes, and how many it would take at most.
pub fn short_of_blocks(file: &ResultFile) -> Option<String> {
    let short: Vec<&Measurement> = file
        .measurements
        .iter()
        .filter(|m| m.wanted.is_some_and(|wanted| wanted > m.blocks.len()))
        .collect();
    let most = short.iter().filter_map(|m| m.wanted).max()?;
    Some(format!(
        "{} of {} scatter too much for their blocks to tell 1.1× from 1×; that would take up to {}.",
        short.len(),
        count(file.measurements.len(), "case"),
        count(most, "block"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{result::Reject, synthetic::result};

    /// A result whose control is so many times as slow as the side that it repeats, in every block.
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
        assert_eq!(warning(&controlled(&[1.0, 1.0, 1.2])), None);
        let told = warning(&controlled(&[1.0, 0.8, 1.2])).expect("a warning");
        assert!(
            told.contains("more than 10 % apart in 2 of 3 cases"),
            "{told}"
        );
    }

    #[test]
    fn controls_tell_what_difference_can_be_told() {
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
        let told = warning(&file).expect("a warning");
        assert!(
            told.contains("differences: 1 of 1 block had to be rejected"),
            "{told}"
        );
        assert!(!told.contains("0 of 0"), "{told}");
    }
}
