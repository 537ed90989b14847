//! The measurements of programs themselves: their sizes, start-up and building.

use crate::{query::Wanted, settings::DEFAULT};

/// The topic under which all of it stands; `--only` takes it, too.
pub const TOPIC: &str = "programs";

/// Whether this is one of them.
pub fn is_built(wanted: &Wanted) -> bool {
    wanted.topic == TOPIC
}

/// What one asks for to get all of them.
pub fn all() -> Wanted {
    Wanted {
        topic: TOPIC.to_owned(),
        case: "smallest".to_owned(),
        scale: Some(1),
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        cores: "all".to_owned(),
    }
}
