//! The scenarios in the catalogue of cases.

use super::{Scenario, TOPIC};
use crate::{
    query::{Case, Query},
    settings::DEFAULT,
};

/// Equal rates for both servers with small requests, as another source measured them.
const EVEN_1K: [&str; 4] = [
    "load_even25_1k",
    "load_even_1k",
    "load_even75_1k",
    "load_even90_1k",
];

/// Whether a case is a server scenario, which the lab measures itself.
pub fn is_load(topic: &str, case: &str) -> bool {
    topic == TOPIC && Scenario::parse(case).is_ok()
}

/// The scenarios as cases of the catalogue.
pub fn cases() -> Vec<Case> {
    let mut names: Vec<String> = shown().into_iter().map(|query| query.case).collect();
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
        says: Scenario::parse(&name).map_or(String::new(), |scenario| scenario.says()),
        name,
    };
    names.into_iter().map(case).collect()
}

/// The scenarios that are always shown: each axis varied alone from the main scenario, and special purposes.
pub fn shown() -> Vec<Query> {
    [
        "server/load",
        "server/load_25",
        "server/load_75",
        "server/load@0",
        "server/load@10000000",
        "server/load_1k",
        "server/load go=gogc400",
        "server/load go=limit2",
        "server/load rust=mimalloc",
        "server/load_shared",
        "server/load_attacked",
        "server/load cores=one",
        "server/load_poisson",
        "server/load_connections",
        "server/load_watched",
        "server/load_watched@0",
        "server/load_1w",
        "server/load_1w@0",
        "server/load_soak",
    ]
    .iter()
    .map(|text| Query::parse(text).expect("every scenario of the table is well formed"))
    .collect()
}

/// The scenario of a quick run: the article's own server, with nothing else alive.
pub fn quick() -> Query {
    query("load", 0)
}

/// The query of a scenario with nothing set.
pub fn query(case: &str, live: u64) -> Query {
    Query {
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
    fn every_shown_scenario_is_one_and_stands_in_the_catalogue() {
        let cases = cases();
        for query in shown() {
            assert!(is_load(&query.topic, &query.case), "{query}");
            assert!(cases.iter().any(|case| case.name == query.case), "{query}");
        }
    }
}
