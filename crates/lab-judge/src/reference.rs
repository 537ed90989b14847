//! The reference: a committed result of one machine, and what programs and compilers answered there.

use anyhow::Result;
use lab_results::{evidence::Recorded, result::ResultFile, store};
use lab_workspace::project::Project;

/// The folder of its files, from the top folder.
pub const FOLDER: &str = "crates/lab-judge/reference";

/// The answers of yes or no beside them.
pub const ANSWERS: &str = "crates/lab-judge/answers.json";

/// Its files; none where nothing is committed.
pub fn files(project: &Project) -> Result<Vec<ResultFile>> {
    store::read_all(&store::list(&project.root.join(FOLDER))?)
}

/// What programs and compilers answered; nothing where nothing is committed.
pub fn answers(project: &Project) -> Result<Recorded> {
    Recorded::read(&project.root.join(ANSWERS))
}
