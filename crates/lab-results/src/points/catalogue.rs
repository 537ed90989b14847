//! The points that have a name in the catalogue of cases.

use super::{Point, TOPIC};
use crate::{
    query::{Case, Wanted},
    settings::DEFAULT,
};

/// Equal rates for both servers over small requests, which another source measured.
const EVEN_1K: [&str; 4] = [
    "load_even25_1k",
    "load_even_1k",
    "load_even75_1k",
    "load_even90_1k",
];

/// Whether a measurement is one of load, which the lab performs itself.
pub fn is_load(topic: &str, case: &str) -> bool {
    topic == TOPIC && Point::parse(case).is_ok()
}

/// The named points, beside those of the program in the catalogue of cases.
pub fn cases() -> Vec<Case> {
    let mut names: Vec<String> = shown().into_iter().map(|wanted| wanted.case).collect();
    names.extend(
        [
            "load_plain",
            "load_plain_pooled",
            "load_even",
            "load_pooled",
            "load_mixed",
        ]
        .map(str::to_owned),
    );
    names.extend(EVEN_1K.map(str::to_owned));
    names.sort();
    names.dedup();
    let case = |name: String| Case {
        topic: TOPIC.to_owned(),
        unit: "ns".to_owned(),
        says: Point::parse(&name).map_or(String::new(), |point| point.says()),
        name,
    };
    names.into_iter().map(case).collect()
}

/// Each axis varied alone from the main point, and what is looked at besides: shown, whether or not a claim
/// names it.
pub fn shown() -> Vec<Wanted> {
    [
        "server/load",
        "server/load_25",
        "server/load_75",
        "server/load_90",
        "server/load@0",
        "server/load@10000000",
        "server/load_1k",
        "server/load go=gogc400",
        "server/load go=gogc1600",
        "server/load go=limit2",
        "server/load rust=mimalloc",
        "server/load_uncleared",
        "server/load_shared",
        "server/load_attacked",
        "server/load cores=one",
        "server/load_poisson",
        "server/load_connections",
        "server/load_watched",
        "server/load_watched@0",
        "server/load_soak",
    ]
    .iter()
    .map(|text| Wanted::parse(text).expect("every point of the table is well formed"))
    .collect()
}

/// The one that a quick run takes: the article's own server, with nothing else alive.
pub fn quick() -> Wanted {
    wanted("load", 0)
}

/// A point with nothing set.
pub fn wanted(case: &str, live: u64) -> Wanted {
    Wanted {
        topic: TOPIC.to_owned(),
        case: case.to_owned(),
        scale: Some(live),
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        cores: "all".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shown_point_is_one_and_stands_in_the_catalogue() {
        let cases = cases();
        for wanted in shown() {
            assert!(is_load(&wanted.topic, &wanted.case), "{wanted}");
            assert!(
                cases.iter().any(|case| case.name == wanted.case),
                "{wanted}"
            );
        }
    }
}
