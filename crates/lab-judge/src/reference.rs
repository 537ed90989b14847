//! The reference: committed results, each one run on one machine, and the answers of programs and compilers.

use anyhow::Result;
use lab_results::{evidence::Recorded, result::ResultFile, store};
use lab_workspace::project::Project;

/// The folder of its files, from the top folder.
pub const FOLDER: &str = "crates/lab-judge/reference";

/// The answers of yes or no beside them.
pub const ANSWERS: &str = "crates/lab-judge/answers.json";

/// Its parts, the newest first; none if nothing is committed. Parts may come from different machines and builds.
pub fn files(project: &Project) -> Result<Vec<ResultFile>> {
    let paths = store::list(&project.root.join(FOLDER))?;
    paths.iter().map(|path| store::read(path)).collect()
}

/// What programs and compilers answered; nothing where nothing is committed.
pub fn answers(project: &Project) -> Result<Recorded> {
    Recorded::read(&project.root.join(ANSWERS))
}
