//! The reference: a committed result of one machine.

use anyhow::Result;
use lab_results::{result::ResultFile, store};
use lab_workspace::project::Project;

/// The folder of its files, from the top folder.
pub const FOLDER: &str = "crates/lab-judge/reference";

/// Its files; none where nothing is committed.
pub fn files(project: &Project) -> Result<Vec<ResultFile>> {
    store::read_all(&store::list(&project.root.join(FOLDER))?)
}
