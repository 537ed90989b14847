//! Servers under load: what a point is, from the name of its case, and its figures, which are the same on every page.

use std::collections::BTreeSet;

use lab_judge::{figures::Results, server_comparison::compared};
use lab_results::{
    query::Query,
    result::{CaseKey, Measurement},
    scenario,
};
use lab_workspace::language::Language;

use crate::result_figures::{Measured, Shown};

/// A point of load that was measured.
pub struct Point<'a> {
    measured: Measured<'a>,
    /// What was measured there.
    pub measurement: &'a Measurement,
    /// What the servers answered, and how fast it was requested.
    pub scenario: scenario::Scenario,
}

/// A figure of both servers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Both {
    /// Go's.
    pub go: Shown,
    /// Rust's.
    pub rust: Shown,
    /// Go's divided by Rust's.
    pub ratio: Option<Shown>,
    /// Whether the two differ by more than a server differs from itself.
    pub differs: bool,
}

/// All points of load, each once; none where the lab measured none.
pub fn points(measured: Measured<'_>) -> Vec<Point<'_>> {
    let results = Results::new(measured.0);
    let subjects: BTreeSet<&CaseKey> = measured.all().map(|one| &one.key).collect();
    let point = |key: &CaseKey| {
        if key.topic != scenario::TOPIC {
            return None;
        }
        let scenario = scenario::Scenario::parse(&key.case).ok()?;
        let measurement = results.find(&Query::from(key))?;
        (!measurement.blocks.is_empty()).then_some(Point {
            measured,
            measurement,
            scenario,
        })
    };
    subjects.into_iter().filter_map(point).collect()
}

impl Point<'_> {
    /// Latency at p99, counted from when a request was meant to start.
    pub fn p99(&self) -> Option<Both> {
        self.both(["p99(", "latency_ns", ")"])
    }

    /// Resident memory at the median of the load.
    pub fn memory(&self) -> Option<Both> {
        self.both(["", "resident_p50_bytes", ""])
    }

    /// A figure of both servers, as the judge estimates it.
    fn both(&self, [before, name, behind]: [&str; 3]) -> Option<Both> {
        let query = Query::from(&self.measurement.key);
        let of = |language: Language| {
            let language = language.name();
            format!("{before}{language}{{{query}}}.{name}{behind}")
        };
        let [go, rust] = [Language::Go, Language::Rust].map(of);
        let blocks = &self.measurement.blocks;
        let comparison = compared(blocks, &format!("{before}{name}{behind}"));
        Some(Both {
            ratio: self.measured.formula(&format!("{go} / {rust}"), true),
            go: self.measured.formula(&go, false)?,
            rust: self.measured.formula(&rust, false)?,
            differs: comparison.differs() && comparison.ratios.len() == blocks.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::{result::ResultFile, synthetic};

    /// A point with this number of blocks, in which Go's requests take `times` times as long as Rust's.
    fn measured(blocks: usize, times: u64) -> ResultFile {
        let mut file = synthetic::result(&[(scenario::TOPIC, 1.0, blocks)]);
        let measurement = &mut file.measurements[0];
        measurement.key.case = "load_75".to_owned();
        for (place, block) in (0..).zip(&mut measurement.blocks) {
            *block = synthetic::block(1000 * times, 1000, 1000 * times + place);
        }
        file
    }

    #[test]
    fn a_point_has_the_figure_of_the_judge() {
        let files = [measured(9, 7)];
        let all = points(Measured(&files));
        let [point] = &all[..] else {
            panic!("{} points", all.len());
        };
        let p99 = point.p99().unwrap();
        let judged = Measured(&files).formula("p99(go{server/load_75}.latency_ns)", false);
        assert_eq!(Some(p99.go), judged);
        assert!(p99.differs && p99.ratio.is_some_and(|ratio| ratio.value > 6.9));
        assert!(point.memory().is_none());
    }

    #[test]
    fn what_differs_no_more_than_a_server_from_itself_does_not_differ() {
        let files = [measured(9, 1)];
        let point = &points(Measured(&files))[0];
        assert!(!point.p99().unwrap().differs);
    }

    #[test]
    fn a_point_that_was_measured_twice_is_the_one_with_the_most_blocks() {
        let files = [measured(3, 7), measured(9, 2), measured(5, 7)];
        let all = points(Measured(&files));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].measurement.blocks.len(), 9);
        let value = all[0].p99().unwrap().go.value;
        assert!((value - 2000.0).abs() < 1.0, "{value}");
    }
}
