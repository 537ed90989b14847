//! Build metrics: size, start-up and build time of the programs themselves.

use crate::{query::Query, settings::DEFAULT};

/// The topic of all build metrics, also a word of `--only`.
pub const TOPIC: &str = "programs";

/// Whether a query is one of build metrics.
pub fn is_build_metric(query: &Query) -> bool {
    query.topic == TOPIC
}

/// The query that stands for all build metrics.
pub fn query() -> Query {
    Query {
        topic: TOPIC.to_owned(),
        case: "smallest".to_owned(),
        scale: Some(1),
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        cores: "all".to_owned(),
    }
}
