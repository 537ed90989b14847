//! Mistakes: wrong code beside each topic, and the real answers of compilers, linters and runs.

pub mod fix;
mod fixture;
mod mismatch;
mod output;
mod toolbox;

use std::fmt::Write as _;

use anyhow::Result;

use lab_workspace::{own_files, project::Project, toolchain::Go};

use self::{mismatch::mismatch, toolbox::run_tools};
pub use fixture::{Answer, Fixture, Ran, all, is_fix};
pub use lab_workspace::language::Language;

/// The result of checking one fixture.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Differences from what its header says.
    pub problems: Vec<String>,
    /// Tools that are missing, and the commands that get them.
    pub skipped: Vec<String>,
    /// The full answers, without anything that depends on the machine.
    pub text: String,
}

/// Runs the tools that a fixture's header names, and compares their answers with the header.
pub fn check(project: &Project, go: &Go, fixture: &Fixture) -> Result<Checked> {
    let mut checked = Checked {
        problems: Vec::new(),
        skipped: Vec::new(),
        text: String::new(),
    };
    for answer in &fixture.answers {
        for output in run_tools(project, go, fixture, answer)? {
            if let Some(get) = output.missing {
                checked
                    .skipped
                    .push(format!("{} is missing; {get} gets it", output.command));
                continue;
            }
            checked.problems.extend(mismatch(fixture, answer, &output));
            let _ = write!(checked.text, "$ {}\n{}\n", output.command, output.text);
        }
    }
    checked.text.truncate(checked.text.trim_end().len());
    checked.text.push('\n');
    Ok(checked)
}

/// Writes the full answers beside the fixture.
pub fn write(project: &Project, fixture: &Fixture, checked: &Checked) -> Result<()> {
    let path = project.root.join(fixture.path.with_extension("txt"));
    own_files::replace(&path, checked.text.as_bytes())
}
