//! Wrong code that lies beside each topic, and what compilers, linters and runs really answer to it.

mod ask;
pub mod fix;
mod fixture;

use std::fmt::Write as _;

use anyhow::Result;

use lab_workspace::{owned, project::Project, toolchain::Go};

pub use ask::{Heard, Report};
pub use fixture::{Answer, Fixture, Language, Ran, all, is_fix};

/// What became of one fixture.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What is not as its header says; empty if all is.
    pub problems: Vec<String>,
    /// The answers that could not be asked for, and the command that changes this.
    pub skipped: Vec<String>,
    /// The full answers, without anything that only this machine has.
    pub text: String,
}

/// Asks the tools that a fixture's header names, and compares.
pub fn check(project: &Project, go: &Go, fixture: &Fixture) -> Result<Checked> {
    let mut checked = Checked {
        problems: Vec::new(),
        skipped: Vec::new(),
        text: String::new(),
    };
    for answer in &fixture.answers {
        for heard in ask::ask(project, go, fixture, answer)? {
            if let Some(get) = heard.missing {
                checked
                    .skipped
                    .push(format!("{} is missing; {get} gets it", heard.asked));
                continue;
            }
            checked.problems.extend(ask::judge(fixture, answer, &heard));
            let _ = write!(checked.text, "$ {}\n{}\n", heard.asked, heard.text);
        }
    }
    checked.text.truncate(checked.text.trim_end().len());
    checked.text.push('\n');
    Ok(checked)
}

/// Writes the full answers beside the fixture.
pub fn write(project: &Project, fixture: &Fixture, checked: &Checked) -> Result<()> {
    let path = project.root.join(fixture.path.with_extension("txt"));
    owned::replace(&path, checked.text.as_bytes())
}
