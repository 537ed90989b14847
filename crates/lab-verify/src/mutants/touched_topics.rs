//! The topics that a change touches.

use std::path::{Component, Path};

use anyhow::{Context as _, Result, bail};
use lab_workspace::{
    environment,
    project::{Project, Topic},
    run_limited,
};

/// Folders that every topic uses: a change there touches all topics.
const SHARED: [&str; 4] = ["crates/pair", "go/pair", "crates/lab-verify", "tests/src"];

/// Topics whose files differ from a commit, files that are new to git included.
pub fn since(project: &Project, commit: &str) -> Result<Vec<Topic>> {
    let mut paths = git(
        project,
        &["diff", "--name-only", "--relative", commit, "--"],
    )?;
    paths += &git(project, &["ls-files", "--others", "--exclude-standard"])?;
    Ok(touched(&project.topics, paths.lines()))
}

fn touched<'a>(topics: &[Topic], paths: impl Iterator<Item = &'a str>) -> Vec<Topic> {
    let paths: Vec<&Path> = paths.map(Path::new).collect();
    let is_touched = |topic: &&Topic| {
        paths
            .iter()
            .any(|path| names(path, &topic.name) || is_shared(path, topics))
    };
    topics.iter().filter(is_touched).cloned().collect()
}

/// Whether every topic rests on a file.
fn is_shared(path: &Path, topics: &[Topic]) -> bool {
    SHARED.iter().any(|folder| path.starts_with(folder))
        && !topics.iter().any(|topic| names(path, &topic.name))
}

/// Whether a folder of a path, or its file, bears a topic's name.
fn names(path: &Path, topic: &str) -> bool {
    let is_named = |part: Component| {
        Path::new(&part)
            .file_stem()
            .is_some_and(|stem| stem == topic)
    };
    path.components().any(is_named)
}

/// Runs git; its output, or its error message.
fn git(project: &Project, words: &[&str]) -> Result<String> {
    let said = environment::tool("git")
        .current_dir(&project.root)
        .args(["-c", "core.quotePath=false"])
        .args(words)
        .output()
        .context("git cannot be run; name topics with --only instead")?;
    if !said.status.success() {
        bail!(
            "git cannot tell what changed: {}",
            run_limited::last_words(&said.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched_by(paths: &[&str]) -> Vec<String> {
        let topics = ["cycles", "server"].map(|name| Topic {
            name: name.to_owned(),
            title: String::new(),
            intro: String::new(),
            order: 0,
            excerpt: Vec::new(),
        });
        let touched = touched(&topics, paths.iter().copied());
        touched.into_iter().map(|topic| topic.name).collect()
    }

    #[test]
    fn a_topic_is_touched_by_each_of_its_files() {
        for path in [
            "crates/cycles/src/lib.rs",
            "go/cycles/cycles_test.go",
            "go/cmd/cycles/main.go",
            "tests/mutants/cycles/go/short.patch",
            "tests/scripts/cycles/one.txt",
            "tests/tests/pairs/cycles.rs",
            "crates/lab-verify/src/difftest/model/cycles.rs",
        ] {
            assert_eq!(touched_by(&[path]), ["cycles"], "{path}");
        }
    }

    #[test]
    fn what_all_topics_rest_on_touches_all_and_other_files_touch_none() {
        for path in [
            "crates/pair/src/lib.rs",
            "go/pair/heap.go",
            "tests/src/lib.rs",
        ] {
            assert_eq!(touched_by(&[path]), ["cycles", "server"], "{path}");
        }
        assert!(touched_by(&["README.md", "crates/book/src/serve.rs"]).is_empty());
    }
}
