//! The command `load`: one run, or a merge of logs; and their output, progress and signals.

pub mod merge;
pub mod output;
pub mod progress;
pub mod run;
pub mod signals;

use std::fmt;

/// The command was used wrongly.
#[derive(Debug)]
pub struct Usage(pub String);

impl Usage {
    /// Turns an error into a usage error.
    pub fn from_error(error: &anyhow::Error) -> anyhow::Error {
        Usage(format!("{error:#}")).into()
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}
