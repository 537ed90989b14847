//! Queries: a case at a scale, with a setting for each language.

use std::fmt;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use lab_workspace::{language::Language, suggest};

use crate::settings::{self, DEFAULT};

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

    /// Whether nothing is set, and all cores are used.
    pub fn has_no_setting(&self) -> bool {
        self.go == DEFAULT && self.rust == DEFAULT && self.cores == "all"
    }

    /// The same case with these settings instead, such as `gogc400`, `gogc400+mimalloc` or `one` (one core).
    pub fn under(&self, words: &str) -> Result<Self> {
        let mut set = Query {
            scale: self.scale,
            ..itself(&self.topic, &self.case)
        };
        for word in words.split('+') {
            match (
                word,
                settings::get(Language::Go, word),
                settings::get(Language::Rust, word),
            ) {
                ("one" | "all", ..) => word.clone_into(&mut set.cores),
                (DEFAULT, ..) => {}
                (_, Ok(setting), _) => setting.name.clone_into(&mut set.go),
                (_, _, Ok(setting)) => setting.name.clone_into(&mut set.rust),
                _ => {
                    let names = settings::words();
                    bail!("{}", suggest::unknown_name("setting", word, &names, None))
                }
            }
        }
        Ok(set)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_set_the_settings_of_both_languages_and_the_cores() {
        let query = Query::parse("leaks/churn@7 go=gogc10 cores=one").unwrap();
        assert!(!query.has_no_setting());
        let under = |words| query.under(words).unwrap();
        let expected = "leaks/churn@7 go=gogc400 rust=mimalloc";
        assert_eq!(under("gogc400+mimalloc").to_string(), expected);
        assert_eq!(under("one").to_string(), "leaks/churn@7 cores=one");
        assert!(under("default").has_no_setting());
        let unknown = query.under("gogc401").unwrap_err().to_string();
        assert!(unknown.contains("gogc400"), "{unknown}");
    }
}
