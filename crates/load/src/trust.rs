//! Choice of the certificates that the load generator trusts. `tls.rs` verifies a server's certificate by it.

use std::path::PathBuf;

/// Which certificates of a server are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Certificates that the system trusts.
    #[default]
    System,
    /// Certificates that the authorities in this PEM file signed.
    Authorities(PathBuf),
    /// All certificates.
    Anyone,
}
