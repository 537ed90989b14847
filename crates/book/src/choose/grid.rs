//! Points of load in grids: what stays alive down, the load across, a grid for each kind of request.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use lab_results::{
    scenario::{self, Buffers, Pace},
    settings::DEFAULT,
};

use crate::server_scenarios::{Both, Point};

/// Live objects and shares of capacity of the usual map, in percent: what is missing there can be measured.
const LIVE: [u64; 3] = [0, 1_000_000, 10_000_000];
const SHARES: [u64; 4] = [25, 50, 75, 90];

/// What a request touches in the usual map.
const PAYLOAD: u64 = 1 << 20;

/// Fewest blocks of a figure with an interval; below the second number it is only a hint.
pub const FEWEST: usize = lab_results::stats::MIN_VALUES;
const SOME: usize = 4;

/// How fast requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pacing {
    /// At a share of each server's own capacity.
    Own,
    /// At a share of the slower server's capacity, for both.
    Even,
    /// At a rate.
    Rate,
}

/// What all points of a grid share; grids are in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// How fast requests come.
    pub pacing: Pacing,
    /// On which cores the servers run.
    pub cores: String,
    /// What a request touches.
    pub payload: Reverse<u64>,
    /// Whether requests reuse their buffers.
    pub is_pooled: bool,
}

/// Points of one kind.
pub struct Grid {
    /// The kind.
    pub kind: Kind,
    /// The rows: live objects.
    pub live: BTreeSet<u64>,
    /// The columns: percent, or requests a second.
    pub columns: BTreeSet<u64>,
    /// What was measured, by row and column.
    pub spots: BTreeMap<(u64, u64), Spot>,
}

/// What was measured at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Latency; none where too few requests tell it.
    pub p99: Option<Both>,
    /// Resident memory.
    pub memory: Option<Both>,
    /// How many blocks there are.
    pub blocks: usize,
}

impl Spot {
    /// How good the evidence is: filled dots of three.
    pub fn dots(&self) -> &'static str {
        match self.blocks {
            blocks if blocks >= FEWEST => "●●●",
            blocks if blocks >= SOME => "●●○",
            _ => "●○○",
        }
    }

    /// Whether its figures have intervals.
    pub fn is_solid(&self) -> bool {
        self.blocks >= FEWEST
    }
}

impl Kind {
    /// Requests of the usual map.
    fn usual() -> Self {
        Kind {
            pacing: Pacing::Own,
            cores: "all".to_owned(),
            payload: Reverse(PAYLOAD),
            is_pooled: false,
        }
    }

    /// The kind of a point and its column; none if it varies something else.
    fn classify(point: &Point) -> Option<(Self, u64)> {
        let scenario = point.scenario;
        let key = &point.measurement.key;
        let (pacing, column) = match scenario.pace {
            Pace::Own(share) => (Pacing::Own, share.into()),
            Pace::Even(share) => (Pacing::Even, share.into()),
            Pace::Fixed(rate) => (Pacing::Rate, rate),
            Pace::Plain => return None,
        };
        let is_pooled = match scenario.buffers {
            Buffers::Fresh => false,
            Buffers::Pooled => true,
            Buffers::Uncleared | Buffers::Mixed => return None,
        };
        let usual = scenario::Scenario {
            pace: scenario.pace,
            payload: scenario.payload,
            buffers: scenario.buffers,
            ..scenario::Scenario::default()
        };
        let is_usual = scenario == usual && key.go == DEFAULT && key.rust == DEFAULT;
        let kind = Kind {
            pacing,
            cores: key.cores.clone(),
            payload: Reverse(scenario.payload),
            is_pooled,
        };
        is_usual.then_some((kind, column))
    }

    /// Whether `lab sweep` measures its points.
    pub fn is_swept(&self) -> bool {
        self.pacing == Pacing::Own && self.cores == "all" && !self.is_pooled
    }

    /// It in a few words: the name of its tab.
    pub fn name(&self) -> String {
        let buffers = if self.is_pooled { "reused" } else { "new" };
        let pacing = match self.pacing {
            Pacing::Own => "",
            Pacing::Even => ", equal rates",
            Pacing::Rate => ", at a rate",
        };
        let cores = match self.cores.as_str() {
            "one" => ", one core",
            "two" => ", two cores",
            _ => "",
        };
        format!(
            "{}, {buffers}{pacing}{cores}",
            scenario::size(self.payload.0)
        )
    }

    /// What a request does, in a sentence's beginning.
    pub fn request(&self) -> String {
        let size = scenario::size(self.payload.0);
        if self.is_pooled {
            format!("{size} a request in reused buffers")
        } else {
            format!("{size} of new memory a request")
        }
    }

    /// What a column is of.
    pub fn load(&self, column: u64) -> String {
        match self.pacing {
            Pacing::Own => format!("{column} % of capacity"),
            Pacing::Even => format!("{column} % of the slower server’s capacity"),
            Pacing::Rate => format!("{column} requests a second"),
        }
    }

    /// A column's heading.
    pub fn heading(&self, column: u64) -> String {
        match self.pacing {
            Pacing::Own | Pacing::Even => format!("{column} %"),
            Pacing::Rate => format!("{column} a second"),
        }
    }
}

/// The grids of these points, the usual one first, measured or not.
pub fn grids(points: &[Point]) -> Vec<Grid> {
    let mut grids: BTreeMap<Kind, Grid> = BTreeMap::new();
    let mut add = |kind: Kind, spot: Option<((u64, u64), Spot)>| {
        let grid = grids
            .entry(kind.clone())
            .or_insert_with(|| Grid::empty(kind));
        if let Some((place, spot)) = spot {
            grid.live.insert(place.0);
            grid.columns.insert(place.1);
            grid.spots.insert(place, spot);
        }
    };
    add(Kind::usual(), None);
    for point in points {
        if let Some((kind, column)) = Kind::classify(point) {
            let spot = Spot {
                p99: point.p99(),
                memory: point.memory(),
                blocks: point.measurement.blocks.len(),
            };
            let place = (point.measurement.key.scale, column);
            add(kind, Some((place, spot)));
        }
    }
    grids.into_values().collect()
}

impl Grid {
    /// With the rows and columns that can be measured at any time.
    fn empty(kind: Kind) -> Self {
        let is_swept = kind.is_swept();
        let axis = |usual: &[u64]| {
            let usual = usual.iter().filter(|_| is_swept);
            usual.copied().collect()
        };
        Grid {
            live: axis(&LIVE),
            columns: axis(&SHARES),
            kind,
            spots: BTreeMap::new(),
        }
    }

    /// What is shown first: of the points with the most blocks the one with the most alive at half load.
    pub fn best(&self) -> Option<(u64, u64)> {
        let rank = |(place, spot): &(&(u64, u64), &Spot)| {
            let evidence = spot.blocks.min(FEWEST);
            (evidence, Reverse(place.1.abs_diff(50)), place.0)
        };
        let best = self.spots.iter().max_by_key(rank);
        best.map(|(place, _)| *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{result_figures::Measured, server_scenarios};
    use lab_results::{result::ResultFile, synthetic};

    fn measured(cases: &[(&str, u64, usize)]) -> ResultFile {
        let topics = vec![(scenario::TOPIC, 1.0, 1); cases.len()];
        let mut file = synthetic::result(&topics);
        for (measurement, (case, live, blocks)) in file.measurements.iter_mut().zip(cases) {
            measurement.key.case = (*case).to_owned();
            measurement.key.scale = *live;
            measurement.blocks = vec![synthetic::block(3000, 1000, 3000); *blocks];
        }
        file
    }

    fn grids_of(cases: &[(&str, u64, usize)]) -> Vec<Grid> {
        let files = [measured(cases)];
        grids(&server_scenarios::points(Measured(&files)))
    }

    #[test]
    fn each_kind_of_request_has_its_grid_and_what_varies_more_has_none() {
        let grids = grids_of(&[
            ("load", 1_000_000, 9),
            ("load_pooled", 1_000_000, 9),
            ("load_25_1k", 0, 5),
            ("load_800rps", 2000, 5),
            ("load_even_1k", 0, 1),
            ("load_plain", 0, 9),
            ("load_uncleared", 0, 9),
            ("load_poisson", 0, 9),
        ]);
        let names: Vec<String> = grids.iter().map(|grid| grid.kind.name()).collect();
        assert_eq!(
            names,
            [
                "1 MiB, new",
                "1 MiB, reused",
                "1 KiB, new",
                "1 KiB, new, equal rates",
                "1 MiB, new, at a rate"
            ]
        );
        let counts: Vec<usize> = grids.iter().map(|grid| grid.spots.len()).collect();
        assert_eq!(counts, [1, 1, 1, 1, 1]);
    }

    #[test]
    fn the_usual_map_is_there_before_anything_is_measured() {
        let grids = grids_of(&[]);
        let [grid] = &grids[..] else {
            panic!("{} grids", grids.len());
        };
        assert_eq!((grid.live.len(), grid.columns.len()), (3, 4));
        assert!(grid.spots.is_empty() && grid.best().is_none());
    }

    #[test]
    fn only_rows_that_a_map_can_measure_are_left_open() {
        let grids = grids_of(&[("load_10", 77, 5), ("load_pooled", 1_000_000, 9)]);
        assert_eq!((grids[0].live.len(), grids[0].columns.len()), (4, 5));
        assert_eq!((grids[1].live.len(), grids[1].columns.len()), (1, 1));
    }

    #[test]
    fn dots_say_how_many_blocks_there_are() {
        let dots = |blocks| {
            let grids = grids_of(&[("load", 0, blocks)]);
            grids[0].spots[&(0, 50)].dots()
        };
        assert_eq!([1, 3, 4, 5].map(dots), ["●○○", "●○○", "●●○", "●●○"]);
        assert_eq!([6, 9].map(dots), ["●●●"; 2]);
    }

    #[test]
    fn the_best_evidence_is_shown_first() {
        let grids = grids_of(&[
            ("load_25", 1_000_000, 9),
            ("load", 0, 9),
            ("load", 1_000_000, 9),
            ("load", 10_000_000, 3),
        ]);
        assert_eq!(grids[0].best(), Some((1_000_000, 50)));
    }
}
