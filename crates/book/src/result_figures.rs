//! What a result says, as plots and sentences want it.

use lab_judge::{
    figures::{Figure, Results},
    formula::Formula,
};
use lab_results::{
    histogram, quantity,
    result::{Block, Measurement, ResultFile, Run},
    settings::DEFAULT,
    stats,
};

use crate::plot::Kind;
use serde_json::Value;

/// A value with its interval, if there were blocks enough for one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// The estimate, or the median of too few blocks.
    pub value: f64,
    /// The interval.
    pub interval: Option<(f64, f64)>,
}

impl Shown {
    /// A figure of the lab; none if it is missing.
    pub fn from_figure(figure: &Figure) -> Option<Self> {
        match figure {
            Figure::Known(e) => Some(Shown {
                value: e.value,
                interval: Some((e.low, e.high)),
            }),
            Figure::Rough { value, .. } => Some(Shown {
                value: *value,
                interval: None,
            }),
            Figure::Missing(_) => None,
        }
    }

    /// Value in words, with its interval, as the judge writes it.
    pub fn text(self, unit: &str) -> String {
        match self.interval {
            Some((low, high)) => quantity::with_interval(self.value, low, high, unit),
            None => format!("about {}", quantity::plain(self.value, unit)),
        }
    }
}

/// The measurements of results; none if nothing is measured.
#[derive(Clone, Copy)]
pub struct Measured<'a>(pub &'a [ResultFile]);

impl<'a> Measured<'a> {
    /// All measurements.
    pub fn all(self) -> impl Iterator<Item = &'a Measurement> {
        self.0.iter().flat_map(|file| &file.measurements)
    }

    /// The measurements of a case on all cores, at its own size.
    pub fn measurements(self, topic: &str, case: &str) -> Vec<&'a Measurement> {
        let fits = |m: &&Measurement| {
            let key = &m.key;
            (key.topic.as_str(), key.case.as_str()) == (topic, case)
                && key.cores == "all"
                && m.own_scale
        };
        self.all().filter(fits).collect()
    }

    /// The one of a case in which nothing is set.
    pub fn plain(self, topic: &str, case: &str) -> Option<&'a Measurement> {
        self.measurements(topic, case)
            .into_iter()
            .find(|m| is_plain(m))
    }

    /// A formula's value over blocks, as the judge estimates it; none if it is not measured.
    pub fn formula(self, text: &str, is_ratio: bool) -> Option<Shown> {
        let formula = Formula::parse(text).ok()?;
        Shown::from_figure(&Results::new(self.0).figure(&formula, is_ratio))
    }

    /// What a ratio comes to with the control in the place of its own language, over itself: noise.
    pub fn noise(self, text: &str) -> Option<Shown> {
        let formula = Formula::parse(text).ok()?;
        Shown::from_figure(&Results::new(self.0).control(&formula))
    }
}

/// Whether nothing is set on either side.
pub fn is_plain(measurement: &Measurement) -> bool {
    let key = &measurement.key;
    key.go == DEFAULT && key.rust == DEFAULT && key.cores == "all"
}

/// The runs of a side, a block each.
pub fn runs(measurement: &Measurement, side: Kind) -> impl Iterator<Item = &Run> {
    measurement.blocks.iter().map(move |block| match side {
        Kind::Go => &block.go,
        _ => &block.rust,
    })
}

/// The median of a figure over the samples of a run.
pub fn figure(run: &Run, name: &str) -> Option<f64> {
    if let Some(name) = name.strip_prefix("process.") {
        return run.process.get(name)?.as_f64();
    }
    if let Some(name) = name.strip_prefix("runtime.") {
        return run.runtime.get(name)?.as_f64();
    }
    let figures = run.sampled(name);
    (!figures.is_empty()).then(|| stats::median(&figures))
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    (!values.is_empty()).then(|| stats::median(&values))
}

/// A figure of a side over all blocks.
pub fn over_blocks(measurement: &Measurement, side: Kind, name: &str) -> Option<Shown> {
    let values = runs(measurement, side).filter_map(|run| figure(run, name));
    located(values.collect())
}

/// The estimate of one value for each block, or their median if they are too few for an interval.
fn located(values: Vec<f64>) -> Option<Shown> {
    match stats::interval(&values) {
        Some(e) => Some(Shown {
            value: e.value,
            interval: Some((e.low, e.high)),
        }),
        None => middle(values).map(|value| Shown {
            value,
            interval: None,
        }),
    }
}

/// The ratio of two figures that were taken in the same blocks.
pub fn ratio(pairs: impl Iterator<Item = (f64, f64)>) -> Option<Shown> {
    let logs = pairs.map(|(over, under)| (over / under).ln());
    let logs: Vec<f64> = logs.filter(|log| log.is_finite()).collect();
    let found = located(logs)?;
    Some(Shown {
        value: found.value.exp(),
        interval: found.interval.map(|(low, high)| (low.exp(), high.exp())),
    })
}

/// Go's figure over Rust's, block by block.
pub fn go_over_rust(measurement: &Measurement, name: &str) -> Option<Shown> {
    let pair = |block: &Block| Some((figure(&block.go, name)?, figure(&block.rust, name)?));
    ratio(measurement.blocks.iter().filter_map(pair))
}

/// The control's figure over that of its own side, block by block.
pub fn control(measurement: &Measurement, name: &str) -> Option<Shown> {
    let pair = |block: &Block| Some((figure(&block.control, name)?, figure(own(block), name)?));
    ratio(measurement.blocks.iter().filter_map(pair))
}

/// The control of a case and what it is of: its time, else another figure, else a list's median.
pub fn any_control(measurement: &Measurement) -> Option<(String, Shown)> {
    let usual = ["wall_ns", "node_bytes"];
    let found = usual
        .iter()
        .find_map(|name| Some(((*name).to_owned(), control(measurement, name)?)));
    found.or_else(|| {
        let name = lists(measurement).into_iter().next()?;
        let middle = |run: &Run| Times::merge(std::iter::once(run), &name).percentile(0.5);
        let pair = |block: &Block| Some((middle(&block.control)?, middle(own(block))?));
        let pairs = measurement.blocks.iter().filter_map(pair);
        Some((format!("p50 of {name}"), ratio(pairs)?))
    })
}

/// The run that a block's control is set against.
fn own(block: &Block) -> &Run {
    if block.control_of == "go" {
        &block.go
    } else {
        &block.rust
    }
}

/// The names of a run's lists of times.
pub fn lists(measurement: &Measurement) -> Vec<String> {
    let samples = measurement
        .blocks
        .iter()
        .flat_map(|block| &block.go.samples);
    let Some(sample) = samples.into_iter().next() else {
        return Vec::new();
    };
    let is_list = |(name, value): (&String, &Value)| histogram::is(value).then(|| name.clone());
    sample.iter().filter_map(is_list).collect()
}

/// Times with how often each came, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Times(Vec<[f64; 2]>);

impl Times {
    /// Those of these runs, merged.
    pub fn merge<'a>(runs: impl Iterator<Item = &'a Run>, name: &str) -> Self {
        let mut times = Vec::new();
        for run in runs {
            let lists: Vec<&Value> = match name.strip_prefix("runtime.") {
                Some(name) => run.runtime.get(name).into_iter().collect(),
                None => run.steady().iter().filter_map(|s| s.get(name)).collect(),
            };
            let lists = lists.into_iter().filter_map(histogram::pairs);
            times.extend(lists.flatten());
        }
        times.sort_by(|one, other| one[0].total_cmp(&other[0]));
        Times(times)
    }

    /// The time that this share does not exceed; none where too few lie beyond.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        histogram::percentile(&self.0, share)
    }
}

/// The lists of times of one language, block by block.
pub struct Blocks {
    each: Vec<Times>,
    merged: Times,
}

impl Blocks {
    /// Those of a measurement.
    pub fn collect(measurement: &Measurement, side: Kind, name: &str) -> Self {
        let each = runs(measurement, side).map(|run| Times::merge(std::iter::once(run), name));
        Blocks {
            each: each.collect(),
            merged: Times::merge(runs(measurement, side), name),
        }
    }

    /// A percentile, as the judge estimates it over those of single blocks. Where a block alone has too few times
    /// beyond it, that of all blocks together, without an interval.
    pub fn percentile(&self, share: f64) -> Option<Shown> {
        let each = self.each.iter().map(|times| times.percentile(share));
        match each.collect::<Option<Vec<f64>>>() {
            Some(values) => located(values),
            None => self.merged.percentile(share).map(|value| Shown {
                value,
                interval: None,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic;
    use serde_json::json;

    #[test]
    fn a_percentile_needs_samples_beyond_it() {
        let sample = json!({ "t_ns": [[10, 90], [20, 10]] });
        let run = Run {
            samples: vec![sample.as_object().unwrap().clone()],
            ..Run::default()
        };
        let times = Times::merge([&run, &run].into_iter(), "t_ns");
        assert_eq!(times.percentile(0.5), Some(10.0));
        assert_eq!(times.percentile(0.9), Some(10.0));
        assert_eq!(times.percentile(0.99), None);
        assert_eq!(Times::default().percentile(0.5), None);
    }

    #[test]
    fn a_percentile_is_the_one_that_the_judge_tells() {
        for blocks in [3, 9] {
            let mut file = synthetic::result(&[("list", 2.0, blocks)]);
            for (place, block) in (0..).zip(&mut file.measurements[0].blocks) {
                block.go = synthetic::run(&[[100 + place * place, 2000], [900 + place, 100]]);
            }
            let files = [file];
            let lists = Blocks::collect(&files[0].measurements[0], Kind::Go, "latency_ns");
            for (share, word) in [(0.5, "p50"), (0.99, "p99")] {
                let formula = format!("{word}(go{{list/case}}.latency_ns)");
                let judged = Measured(&files).formula(&formula, false);
                assert!(judged.is_some_and(|shown| shown.interval.is_some() == (blocks == 9)));
                assert_eq!(lists.percentile(share), judged, "{word} of {blocks} blocks");
            }
        }
    }

    #[test]
    fn a_percentile_that_no_block_has_alone_is_that_of_all_together_without_an_interval() {
        let mut file = synthetic::result(&[("list", 2.0, 9)]);
        for block in &mut file.measurements[0].blocks {
            block.go = synthetic::run(&[[100, 990], [900, 10]]);
        }
        let lists = Blocks::collect(&file.measurements[0], Kind::Go, "latency_ns");
        let merged = Shown {
            value: 900.0,
            interval: None,
        };
        assert_eq!(lists.percentile(0.995), Some(merged));
        assert_eq!(lists.percentile(0.9999), None);
    }
}
