//! Questions of yes or no that the lab itself asks, of the tools and of tiny programs of its own.

use anyhow::{Result, bail};

use crate::{programs::Programs, project::Project, toolchain::Go};

/// Performs the check of this name: whether it is so, unless that cannot be told, and what was seen.
pub fn perform(
    name: &str,
    _project: &Project,
    _programs: &Programs,
    _go: &Go,
) -> Result<(Option<bool>, String)> {
    bail!("no check is called {name:?}")
}
