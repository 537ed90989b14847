//! The two languages.

use serde::Deserialize;

/// A side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Go.
    Go,
    /// Rust.
    Rust,
}

impl Side {
    /// Its name, as formulas and results have it.
    pub fn name(self) -> &'static str {
        match self {
            Side::Go => "go",
            Side::Rust => "rust",
        }
    }
}
