//! The entries of our own crates in Cargo.lock.

use anyhow::{Context as _, Result, ensure};

use crate::{environment, project::Project};

/// Makes Cargo.lock name the crates that are there; all that they depend on stays as it is.
pub fn update(project: &Project) -> Result<()> {
    let updated = environment::cargo()
        .current_dir(&project.root)
        .args(["update", "--workspace", "--offline", "--quiet"])
        .output()
        .context("cannot start cargo")?;
    ensure!(
        updated.status.success(),
        "cargo update --workspace --offline: {}",
        String::from_utf8_lossy(&updated.stderr).trim_end()
    );
    Ok(())
}
