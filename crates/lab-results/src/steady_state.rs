//! Steady state: the samples of a run that count.
//!
//! Before its first sample a process has taken up no memory and warmed no cache, so the first sample is shown and
//! does not count. In a run with too few samples for a steady state all count, and so they do in results that are
//! older than this rule.

use serde_json::{Map, Value};

use crate::result::Run;

/// From this many samples on, the first does not count.
const MIN_SAMPLES: usize = 4;

/// A figure of the runtime that programs print since this rule exists.
const SINCE: &str = "outside_heap_bytes";

impl Run {
    /// The samples of the steady state.
    pub fn steady(&self) -> &[Map<String, Value>] {
        match &self.samples[..] {
            [_, rest @ ..]
                if self.samples.len() >= MIN_SAMPLES && self.runtime.contains_key(SINCE) =>
            {
                rest
            }
            all => all,
        }
    }

    /// A figure of each sample of the steady state, sorted.
    pub fn sampled(&self, name: &str) -> Vec<f64> {
        let figures = self.steady().iter();
        let mut figures: Vec<f64> = figures
            .filter_map(|sample| sample.get(name)?.as_f64())
            .collect();
        figures.sort_by(f64::total_cmp);
        figures
    }

    /// A figure of the first sample.
    pub fn first(&self, name: &str) -> Option<f64> {
        self.samples.first()?.get(name)?.as_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(walls: &[u64]) -> Run {
        let sample = |wall: &u64| Map::from_iter([("wall_ns".to_owned(), json!(wall))]);
        Run {
            samples: walls.iter().map(sample).collect(),
            runtime: Map::from_iter([(SINCE.to_owned(), Value::Null)]),
            ..Run::default()
        }
    }

    #[test]
    fn the_first_of_four_samples_and_more_does_not_count() {
        assert_eq!(run(&[90, 3, 2, 1]).sampled("wall_ns"), [1.0, 2.0, 3.0]);
        assert_eq!(run(&[90, 3, 2]).sampled("wall_ns"), [2.0, 3.0, 90.0]);
        assert_eq!(run(&[90]).sampled("wall_ns"), [90.0]);
        let older = Run {
            runtime: Map::new(),
            ..run(&[90, 3, 2, 1])
        };
        assert_eq!(older.sampled("wall_ns"), [1.0, 2.0, 3.0, 90.0]);
        assert_eq!(run(&[]).sampled("wall_ns"), Vec::<f64>::new());
        assert_eq!(run(&[90, 3]).first("wall_ns"), Some(90.0));
        assert_eq!(run(&[90]).first("cpu_ns"), None);
    }
}
