//! How two servers compare under load, and a server with itself.

use lab_results::{
    histogram,
    quantity::quantity,
    query::Query,
    result::{Block, Run},
    stats::{self, Estimate},
};

use crate::formula::Formula;

/// Fewest stretches of time in which these requests began.
const EPISODES: f64 = 10.0;

/// How two sides compare, and a side with itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Go over Rust in each block.
    pub ratios: Vec<f64>,
    /// The control over its own side in each block.
    pub controls: Vec<f64>,
}

/// A figure of a run of load, such as `p99(latency_ns)` or `resident_p50_bytes`.
pub fn figure(run: &Run, text: &str) -> Option<f64> {
    // One run stands for a whole block, so that formulas' percentiles are those of claims.
    let inside = "go{a/b}.";
    let text = match text.split_once('(') {
        Some((function, figure)) => format!("{function}({inside}{figure}"),
        None => format!("{inside}{text}"),
    };
    let block = Block {
        order: Vec::new(),
        go: run.clone(),
        rust: Run::default(),
        control: Run::default(),
        control_of: String::new(),
        steal: 0.0,
        cautions: Vec::new(),
    };
    Formula::parse(&text).ok()?.value(&|_: &Query| Some(&block))
}

/// A figure of both sides and of the control, block by block.
pub fn compared(blocks: &[Block], text: &str) -> Compared {
    let (mut ratios, mut controls) = (Vec::new(), Vec::new());
    for block in blocks {
        let own = if block.control_of == "go" {
            &block.go
        } else {
            &block.rust
        };
        for (over, under, into) in [
            (&block.go, &block.rust, &mut ratios),
            (&block.control, own, &mut controls),
        ] {
            if let (Some(over), Some(under)) = (figure(over, text), figure(under, text))
                && over > 0.0
                && under > 0.0
            {
                into.push(over / under);
            }
        }
    }
    Compared { ratios, controls }
}

impl Compared {
    /// Whether the sides differ in every block in the same direction, and by more than the control ever
    /// did in any.
    pub fn differs(&self) -> bool {
        let logs: Vec<f64> = self.ratios.iter().map(|ratio| ratio.ln()).collect();
        let least = logs
            .iter()
            .map(|log| log.abs())
            .fold(f64::INFINITY, f64::min);
        let noise = self.controls.iter().map(|ratio| ratio.ln().abs());
        let noise = noise.fold(0.0, f64::max);
        let one_way = logs.iter().all(|&log| log > 0.0) || logs.iter().all(|&log| log < 0.0);
        !logs.is_empty() && one_way && least > noise
    }
}

/// The middle of ratios with their interval, or with their range where there are too few.
pub fn spread(ratios: &[f64]) -> String {
    let pairs: Vec<(f64, f64)> = ratios.iter().map(|&ratio| (ratio, 1.0)).collect();
    let mut sorted = ratios.to_vec();
    sorted.sort_by(f64::total_cmp);
    let estimate = match (stats::ratio(&pairs), &sorted[..]) {
        (Some(estimate), _) => estimate,
        (None, [low, ..]) => Estimate {
            value: stats::median(&sorted),
            low: *low,
            high: sorted[sorted.len() - 1],
            count: sorted.len(),
        },
        (None, []) => return "-".to_owned(),
    };
    let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(|x| quantity(x, ""));
    format!("{value} [{low}, {high}]")
}

/// A percentile of all blocks together, if enough requests lie beyond it, and not in a few stalls alone.
pub fn merged(runs: &[&Run], name: &str, share: f64) -> Option<f64> {
    let samples = runs.iter().flat_map(|run| &run.samples);
    let lists = samples.filter_map(|sample| histogram::pairs(sample.get(name)?));
    let mut times: Vec<[f64; 2]> = lists.flatten().collect();
    let counted = match (name, share) {
        ("latency_ns", 0.99) => "episodes_p99",
        ("latency_ns", 0.999) => "episodes_p999",
        _ => "",
    };
    let episodes: Option<f64> = runs.iter().map(|run| figure(run, counted)).sum();
    if episodes.is_some_and(|episodes| episodes < EPISODES) {
        return None;
    }
    times.sort_by(|one, other| one[0].total_cmp(&other[0]));
    histogram::percentile(&times, share)
}

/// The middle of a figure of several runs.
pub fn middle(runs: &[&Run], text: &str) -> Option<f64> {
    let mut values: Vec<f64> = runs.iter().filter_map(|run| figure(run, text)).collect();
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| stats::median(&values))
}

#[cfg(test)]
mod tests {
    use lab_results::synthetic::{block, run};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_counts_when_it_is_larger_than_any_of_the_control() {
        let of = |blocks: &[Block]| compared(blocks, "p99(latency_ns)").differs();
        assert!(of(&[block(40, 10, 50), block(30, 10, 20)]));
        assert!(
            !of(&[block(40, 10, 50), block(30, 10, 100)]),
            "the control differs more"
        );
        assert!(!of(&[block(40, 10, 40), block(9, 10, 9)]), "not one way");
        assert!(!of(&[]));
    }

    #[test]
    fn percentiles_of_all_blocks_are_those_of_all_requests() {
        let (slow, fast) = (run(&[[9, 1000]]), run(&[[1, 2000]]));
        assert_eq!(merged(&[&slow, &fast], "latency_ns", 0.5), Some(1.0));
        assert_eq!(merged(&[&slow, &fast], "latency_ns", 0.99), Some(9.0));
        assert_eq!(
            merged(&[&slow, &fast], "latency_ns", 0.999),
            None,
            "three requests lie beyond"
        );
    }

    #[test]
    fn a_percentile_that_a_few_stalls_made_is_not_told() {
        let with = |episodes: f64| {
            let mut run = run(&[[9, 4000]]);
            run.samples[0].insert("episodes_p99".to_owned(), json!(episodes));
            run
        };
        let (few, some) = (with(3.0), with(7.0));
        assert_eq!(merged(&[&few, &few], "latency_ns", 0.99), None);
        assert_eq!(merged(&[&few, &some], "latency_ns", 0.99), Some(9.0));
        assert_eq!(merged(&[&few], "latency_ns", 0.5), Some(9.0));
    }

    #[test]
    fn figures_are_read_as_formulas_read_them() {
        let run = run(&[[5, 100], [7, 10]]);
        assert_eq!(figure(&run, "p50(latency_ns)"), Some(5.0));
        assert_eq!(figure(&run, "intended_rate"), Some(800.0));
        assert_eq!(figure(&run, "nothing"), None);
    }
}
