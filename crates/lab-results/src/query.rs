//! Queries: a case at a scale, with a setting for each language.

use std::fmt;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::settings::DEFAULT;

/// A measured case, as the programs list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Its topic.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// The unit of its figure.
    pub unit: String,
    /// What it measures.
    pub says: String,
}

/// What a claim needs measured: a case at a scale, with a setting for each language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Query {
    /// The topic.
    pub topic: String,
    /// The case.
    pub case: String,
    /// Its scale; `None` for the case's own.
    pub scale: Option<u64>,
    /// Go's setting.
    pub go: String,
    /// Rust's setting.
    pub rust: String,
    /// `one` core, `two` of a server under load, or `all`.
    pub cores: String,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.case)?;
        if let Some(scale) = self.scale {
            write!(f, "@{scale}")?;
        }
        for (name, value, usual) in [
            ("go", &self.go, "default"),
            ("rust", &self.rust, "default"),
            ("cores", &self.cores, "all"),
        ] {
            if value != usual {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}

impl Query {
    /// Reads `TOPIC/CASE[@SCALE] [go=SETTING] [rust=SETTING] [cores=one|two|all]`.
    pub fn parse(text: &str) -> Result<Self> {
        let mut words = text.split_whitespace();
        let head = words.next().unwrap_or_default();
        let (name, scale) = match head.split_once('@') {
            Some((name, scale)) => (name, Some(scale.replace('_', "").parse()?)),
            None => (head, None),
        };
        let Some((topic, case)) = name.split_once('/') else {
            bail!("{text:?} is not of the form TOPIC/CASE");
        };
        let mut query = Query {
            topic: topic.to_owned(),
            case: case.to_owned(),
            scale,
            go: "default".to_owned(),
            rust: "default".to_owned(),
            cores: "all".to_owned(),
        };
        for word in words {
            match word.split_once('=') {
                Some(("go", setting)) => setting.clone_into(&mut query.go),
                Some(("rust", setting)) => setting.clone_into(&mut query.rust),
                Some(("cores", cores @ ("one" | "two" | "all"))) => {
                    cores.clone_into(&mut query.cores);
                }
                _ => bail!(
                    "{word:?} in {text:?} is not a setting: write go=NAME, rust=NAME or cores=NAME"
                ),
            }
        }
        Ok(query)
    }
}

/// The case itself: its own scale, nothing set, all cores.
pub fn itself(topic: &str, case: &str) -> Query {
    Query {
        topic: topic.to_owned(),
        case: case.to_owned(),
        scale: None,
        go: DEFAULT.to_owned(),
        rust: DEFAULT.to_owned(),
        cores: "all".to_owned(),
    }
}
