//! Whom an encrypted connection believes.

use std::path::PathBuf;

/// Which certificates of a server are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those that the system trusts.
    #[default]
    System,
    /// Those that the authorities in this PEM file signed.
    Authorities(PathBuf),
    /// Any: whoever answers is believed.
    Anyone,
}
