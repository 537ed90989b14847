//! Takes a pair away whole: its files on both sides, its tests, and its entry in Cargo.lock.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{
    cargo_lock, folder,
    project::{Project, Topic, places},
};

/// The places of a pair that are there, from the top folder.
pub fn existing(project: &Project, topic: &Topic) -> Vec<String> {
    let mut places = places(&topic.name);
    places.retain(|place| project.root.join(place).exists());
    places
}

/// The files of the project beside its own that name the pair, from the top folder.
pub fn named_in(project: &Project, topic: &Topic) -> Result<Vec<PathBuf>> {
    let own: Vec<PathBuf> = places(&topic.name)
        .iter()
        .map(|place| project.root.join(place))
        .collect();
    let mut found = Vec::new();
    for top in ["crates", "tests"] {
        for path in folder::files_below(&project.root.join(top), &[])? {
            if !own.iter().any(|place| path.starts_with(place)) && names(&path, &topic.name) {
                found.push(path.strip_prefix(&project.root)?.to_owned());
            }
        }
    }
    Ok(found)
}

/// Whether a source has the topic's name in quotes, or claims name a case of it.
fn names(path: &Path, topic: &str) -> bool {
    let is_source = path
        .extension()
        .is_some_and(|end| end == "rs" || end == "toml");
    let text = || fs::read_to_string(path).unwrap_or_default();
    let forms = [format!("\"{topic}\""), format!("{{{topic}/")];
    is_source && forms.iter().any(|form| text().contains(form))
}

/// Removes the pair.
pub fn remove(project: &Project, topic: &Topic) -> Result<()> {
    for place in existing(project, topic) {
        let path = project.root.join(&place);
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.with_context(|| format!("cannot remove {place}"))?;
    }
    cargo_lock::update(project)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_named_by_models_and_claims_and_not_by_its_own_files() {
        let project = Project::find().unwrap();
        let topic = project.topic("cycles").unwrap();
        let found = named_in(&project, topic).unwrap();
        let is_there = |path: &str| found.iter().any(|found| found == Path::new(path));
        assert!(is_there("crates/lab-judge/claims.toml"), "{found:?}");
        assert!(found.iter().any(|path| path.ends_with("difftest/model.rs")));
        assert!(!found.iter().any(|path| path.starts_with("crates/cycles")));
        assert!(!is_there("tests/tests/pairs/cycles.rs"), "{found:?}");
    }

    #[test]
    fn every_file_that_is_called_like_a_pair_lies_in_its_places() {
        let project = Project::find().unwrap();
        // Models of scripts mention the pair in their list, and stay with it.
        let own = ["go", "tests", "crates/lab-judge/reference"];
        for topic in &project.topics {
            let places = existing(&project, topic);
            for top in own {
                for path in folder::files_below(&project.root.join(top), &["src", "bare"]).unwrap()
                {
                    let path = path.strip_prefix(&project.root).unwrap();
                    let is_named =
                        |part: &Path| part.file_stem().is_some_and(|stem| *stem == *topic.name);
                    let is_own = path.iter().any(|part| is_named(Path::new(part)));
                    let is_in = places.iter().any(|place| path.starts_with(place));
                    assert!(
                        !is_own || is_in,
                        "{} is in none of {places:?}",
                        path.display()
                    );
                }
            }
        }
    }

    #[test]
    fn a_pair_that_is_not_there_has_no_places() {
        let project = Project::find().unwrap();
        let thirteenth = Topic {
            name: "thirteenth".to_owned(),
            title: String::new(),
            intro: String::new(),
            order: 13,
            excerpt: Vec::new(),
        };
        assert!(existing(&project, &thirteenth).is_empty());
    }
}
