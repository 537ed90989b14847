//! Makes a mutant from the working edit: the difference to git's index or, for a file that is new to git, to its
//! text when the pair was last verified.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use diffy::DiffOptions;
use lab_workspace::{
    folder,
    language::Language,
    own_files,
    project::{Project, Topic},
};

/// An edited source.
#[derive(Debug)]
struct Edited {
    topic: String,
    language: Language,
    /// The file, from the top folder.
    path: PathBuf,
    before: String,
    after: String,
}

/// Stores the topic's sources as they are now, to compare a later edit with them.
pub fn remember(project: &Project, topic: &Topic) -> Result<()> {
    for (_, path) in sources(project, topic)? {
        let place = remembered(project, &path);
        let folder = place.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::copy(project.root.join(&path), &place))
            .with_context(|| format!("cannot write {}", place.display()))?;
    }
    Ok(())
}

/// Writes the one edit in the topics' sources as a mutant, reverts it, and returns the mutant's path.
pub fn save_as_mutant(project: &Project, name: &str, sentence: &str) -> Result<PathBuf> {
    let (mut edited, unknown) = find(project)?;
    let Some(edit) = edited.pop() else {
        let new = unknown.first().map(|topic| {
            format!(
                "; {topic} is new to git and was never verified: take its edit back, then \
                 \"cargo lab verify --only {topic}\", and make the edit again"
            )
        });
        bail!(
            "there is no edit: change one file of a topic, then run this again{}",
            new.unwrap_or_default()
        );
    };
    if !edited.is_empty() {
        edited.push(edit);
        let paths = edited.iter().map(|edit| edit.path.display().to_string());
        bail!(
            "a mutant changes one file, and several were edited: {}; \"git add\" those that belong to the project",
            paths.collect::<Vec<_>>().join(", ")
        );
    }
    let Edited {
        topic,
        language,
        path,
        before,
        after,
    } = edit;
    let place = PathBuf::from(format!(
        "tests/mutants/{topic}/{}/{name}.patch",
        language.name()
    ));
    let absolute = project.root.join(&place);
    ensure!(!absolute.exists(), "{} exists already", place.display());
    let shown = path.to_string_lossy().replace('\\', "/");
    let patch = DiffOptions::new()
        .set_context_len(2)
        .set_original_filename(format!("a/{shown}"))
        .set_modified_filename(format!("b/{shown}"))
        .create_patch(&before, &after)
        .to_string();
    let folder = absolute.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    own_files::replace(&absolute, format!("{sentence}\n{patch}").as_bytes())?;
    // The patch holds the edit now.
    own_files::replace(&project.root.join(&path), before.as_bytes())
        .with_context(|| format!("cannot take the edit of {} back", path.display()))?;
    Ok(place)
}

/// All edited sources, and the topics whose earlier sources are unknown.
fn find(project: &Project) -> Result<(Vec<Edited>, Vec<String>)> {
    let (mut edited, mut unknown) = (Vec::new(), Vec::new());
    for topic in &project.topics {
        for (language, path) in sources(project, topic)? {
            let after = fs::read_to_string(project.root.join(&path))
                .with_context(|| format!("cannot read {}", path.display()))?;
            let Some(before) = known(project, &path) else {
                unknown.push(topic.name.clone());
                continue;
            };
            if before != after {
                let topic = topic.name.clone();
                edited.push(Edited {
                    topic,
                    language,
                    path,
                    before,
                    after,
                });
            }
        }
    }
    Ok((edited, unknown))
}

/// A file's text in git's index, or at the last verification.
fn known(project: &Project, path: &Path) -> Option<String> {
    let shown = Command::new("git")
        .current_dir(&project.root)
        .arg("show")
        .arg(format!(":./{}", path.display()))
        .output();
    match shown {
        Ok(shown) if shown.status.success() => String::from_utf8(shown.stdout).ok(),
        _ => fs::read_to_string(remembered(project, path)).ok(),
    }
}

/// Where a source is stored: several checkouts may share one target folder (`CARGO_TARGET_DIR`).
fn remembered(project: &Project, path: &Path) -> PathBuf {
    let root = project.root.strip_prefix("/").unwrap_or(&project.root);
    project.target().join("verified").join(root).join(path)
}

/// The programs' sources in both languages without tests, from the top folder.
fn sources(project: &Project, topic: &Topic) -> Result<Vec<(Language, PathBuf)>> {
    let name = &topic.name;
    let folders = [
        (Language::Rust, format!("crates/{name}/src"), "rs"),
        (Language::Go, format!("go/{name}"), "go"),
        (Language::Go, format!("go/cmd/{name}"), "go"),
    ];
    let mut found = Vec::new();
    for (language, place, end) in folders {
        for path in folder::entries(&project.root.join(place))? {
            let is_source = path.extension().is_some_and(|found| found == end);
            if is_source && !path.to_string_lossy().ends_with("_test.go") {
                found.push((language, path.strip_prefix(&project.root)?.to_owned()));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use lab_workspace::toolchain::on_path;

    use super::*;
    use crate::mutants;

    const TOPIC: &str = "cycles";

    /// A project of one topic, with a file in each language.
    fn project(folder: &Path) -> Project {
        for (path, text) in [
            ("Cargo.toml", "[workspace.package]\nversion = \"1.0.0\"\n"),
            (
                "crates/cycles/Cargo.toml",
                "[package]\nname = \"cycles\"\n[package.metadata.pair]\ntitle = \"\"\norder = 1\n",
            ),
            ("crates/cycles/src/lib.rs", "a\nb\nc\nd\n"),
            ("go/cycles/cycles.go", "e\nf\n"),
            ("go/cycles/cycles_test.go", "test\n"),
        ] {
            let place = folder.join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        }
        Project::at(folder).unwrap()
    }

    fn git(folder: &Path, words: &[&str]) {
        let done = Command::new("git").current_dir(folder).args(words).output();
        assert!(done.unwrap().status.success(), "git {words:?}");
    }

    fn mutant(project: &Project, language: Language) -> mutants::Mutant {
        let topic = project.topic(TOPIC).unwrap();
        mutants::find(project, topic, language).unwrap().remove(0)
    }

    #[test]
    fn an_edit_of_a_file_unknown_to_git_is_compared_with_the_last_verification() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let why = save_as_mutant(&project, "x", "Broken.")
            .unwrap_err()
            .to_string();
        assert!(why.contains("cargo lab verify --only cycles"), "{why}");
        let topic = project.topic(TOPIC).unwrap();
        remember(&project, topic).unwrap();
        let why = save_as_mutant(&project, "x", "Broken.")
            .unwrap_err()
            .to_string();
        assert!(
            why.starts_with("there is no edit") && !why.contains("verify"),
            "{why}"
        );

        let source = folder.path().join("crates/cycles/src/lib.rs");
        fs::write(&source, "a\nb\nC\nd\n").unwrap();
        let place = save_as_mutant(&project, "large", "A letter is large.").unwrap();
        assert_eq!(place, Path::new("tests/mutants/cycles/rust/large.patch"));
        assert_eq!(fs::read_to_string(&source).unwrap(), "a\nb\nc\nd\n");
        let mutant = mutant(&project, Language::Rust);
        assert_eq!(mutant.says, "A letter is large.");
        mutant.fits(&project).unwrap();
    }

    #[test]
    fn an_edit_is_compared_with_git_and_only_one_file_may_be_edited() {
        // Nothing else of the project needs it.
        if on_path("git").is_none() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        git(folder.path(), &["init", "--quiet"]);
        git(folder.path(), &["add", "--all"]);
        let (rust, go) = (
            folder.path().join("crates/cycles/src/lib.rs"),
            folder.path().join("go/cycles/cycles.go"),
        );
        fs::write(&rust, "a\n").unwrap();
        fs::write(&go, "e\nf\ng\n").unwrap();
        let why = save_as_mutant(&project, "more", "More.")
            .unwrap_err()
            .to_string();
        assert!(why.contains("lib.rs") && why.contains("cycles.go"), "{why}");
        assert_eq!(fs::read_to_string(&rust).unwrap(), "a\n");
        git(folder.path(), &["add", "crates"]);
        let place = save_as_mutant(&project, "more", "More.").unwrap();
        assert_eq!(place, Path::new("tests/mutants/cycles/go/more.patch"));
        mutant(&project, Language::Go).fits(&project).unwrap();
        fs::write(&go, "e\n").unwrap();
        let why = save_as_mutant(&project, "more", "Less.")
            .unwrap_err()
            .to_string();
        assert!(why.contains("exists already"), "{why}");
        assert_eq!(fs::read_to_string(&go).unwrap(), "e\n");
    }
}
