//! The corrected code beside a mistake, `NAME.fix.rs` or `NAME.fix.go`: the tools that complain about the
//! mistake are silent about it, and it runs as its header says.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use diffy::{DiffOptions, Line};
use fs_err as fs;
use lab_workspace::{project::Project, toolchain::Go};

use super::{Answer, Checked, Fixture, fixture::HERE, mismatch::mismatch, toolbox::run_tools};

/// What a mistake's correction changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Its file, from the top folder.
    pub path: PathBuf,
    /// What to do, in one sentence.
    pub sentence: String,
    /// The lines that go and the lines that come, in their order.
    pub changes: Vec<Change>,
}

/// A line that only one of the two files has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whether it is a line of the corrected code.
    pub comes: bool,
    /// Its number in its file, from 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

/// The file of a mistake's correction.
pub fn path(mistake: &Path) -> PathBuf {
    let end = mistake.extension().unwrap_or_default();
    mistake.with_extension(format!("fix.{}", end.display()))
}

/// Reads the correction of a mistake.
pub fn read(project: &Project, mistake: &Fixture) -> Result<Fix> {
    let (fixture, text) = parse(project, mistake)?;
    let wrong = fs::read_to_string(project.root.join(&mistake.path))?;
    Ok(Fix {
        changes: changes(&wrong, &text),
        path: fixture.path,
        sentence: fixture.sentence,
    })
}

/// Runs the tools that complain about the mistake, and the correction itself.
pub fn check(project: &Project, go: &Go, mistake: &Fixture) -> Result<Checked> {
    let (fixture, text) = parse(project, mistake)?;
    let shown = fixture.path.display();
    let mut checked = Checked {
        problems: Vec::new(),
        skipped: Vec::new(),
        text: String::new(),
    };
    let complaining = mistake
        .answers
        .iter()
        .filter(|it| !matches!(it, Answer::Run(_)));
    for answer in complaining.chain(&fixture.answers) {
        for output in run_tools(project, go, &fixture, answer)? {
            if let Some(get) = output.missing {
                let skipped = format!("{} is missing; {get} gets it", output.command);
                checked.skipped.push(skipped);
                continue;
            }
            let is_silent =
                output.messages.is_empty() && (output.end.is_some() || output.text.is_empty());
            if !is_silent {
                let (command, said) = (&output.command, output.text.trim_end());
                checked.problems.push(format!(
                    "{shown}: {command}: expected nothing, heard {said}"
                ));
            } else if let Answer::Run(_) = answer {
                checked.problems.extend(mismatch(&fixture, answer, &output));
            }
        }
    }
    let wrong = fs::read_to_string(project.root.join(&mistake.path))?;
    if changes(&wrong, &text).is_empty() {
        checked
            .problems
            .push(format!("{shown} is the mistake itself"));
    }
    Ok(checked)
}

/// Reads the file and its header.
fn parse(project: &Project, mistake: &Fixture) -> Result<(Fixture, String)> {
    let path = path(&mistake.path);
    let shown = path.display();
    let text = fs::read_to_string(project.root.join(&path)).with_context(|| {
        let wrong = mistake.path.display();
        format!("{shown} is missing: write the corrected code of {wrong} there")
    })?;
    let fixture = Fixture::parse(&path, &mistake.topic, &text, "Fix");
    let fixture = fixture.with_context(|| shown.to_string())?;
    let runs = matches!(fixture.answers[..], [Answer::Run(_)]);
    ensure!(
        runs,
        "{shown}: the second line is not \"// Answer: run WHAT\", or there are others"
    );
    Ok((fixture, text))
}

/// The lines in which two texts differ, without their headers and marks.
fn changes(wrong: &str, right: &str) -> Vec<Change> {
    let ((wrong_head, wrong), (right_head, right)) = (split_header(wrong), split_header(right));
    let patch = DiffOptions::new()
        .set_context_len(0)
        .create_patch(&wrong, &right);
    let mut changes = Vec::new();
    for hunk in patch.hunks() {
        let mut old = wrong_head + hunk.old_range().start();
        let mut new = right_head + hunk.new_range().start();
        for line in hunk.lines() {
            let (comes, number, text) = match line {
                Line::Context(_) => {
                    (old, new) = (old + 1, new + 1);
                    continue;
                }
                Line::Delete(text) => (false, &mut old, text),
                Line::Insert(text) => (true, &mut new, text),
            };
            changes.push(Change {
                comes,
                line: *number,
                text: text.trim_end_matches('\n').to_owned(),
            });
            *number += 1;
        }
    }
    changes
}

/// The number of lines of a text's header, and the code without the mark.
fn split_header(text: &str) -> (usize, String) {
    let words = ["// Mistake: ", "// Fix: ", "// Answer: "];
    let is_header = |line: &&str| words.iter().any(|word| line.starts_with(word));
    let head = text.lines().take_while(is_header).count();
    let code = text.lines().skip(head);
    let code = code.flat_map(|line| [line.trim_end_matches(HERE).trim_end(), "\n"]);
    (head, code.collect())
}

#[cfg(test)]
mod tests {
    use super::{super::is_fix, *};

    #[test]
    fn a_fix_lies_beside_its_mistake_under_its_name() {
        let go = Path::new("go/t/testdata/mistakes/queue.go");
        assert_eq!(path(go), Path::new("go/t/testdata/mistakes/queue.fix.go"));
        assert!(is_fix(&path(go)) && is_fix(&path(Path::new("a/b.rs"))));
        assert!(!is_fix(go) && !is_fix(Path::new("fix.rs")));
    }

    #[test]
    fn only_lines_that_differ_are_changes_each_with_its_number() {
        let wrong = "// Mistake: m\n// Answer: rustc E1\n// Answer: silent\na\nb // <- here\nc\n";
        let right = "// Fix: f\n// Answer: run exit 0\na\nx\ny\nc\n";
        let found = changes(wrong, right);
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.comes, it.line, it.text.as_str()))
            .collect();
        assert_eq!(found, [(false, 5, "b"), (true, 4, "x"), (true, 5, "y")]);
    }

    #[test]
    fn a_mark_alone_is_no_change() {
        let wrong = "// Mistake: m\n// Answer: rustc E1\na // <- here\n";
        assert_eq!(changes(wrong, "// Fix: f\n// Answer: run nothing\na\n"), []);
    }
}
