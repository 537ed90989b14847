//! Whether a topic has all that every topic has: its files, unit tests, example, README, notes, scripts,
//! mistakes and mutants.

use std::{collections::BTreeSet, fs, ops::RangeInclusive, path::Path};

use anyhow::Result;
use lab_results::layout;
use lab_workspace::{
    folder,
    language::Language,
    line_width,
    project::{Project, Topic},
};

use crate::{
    mistakes::{fix, is_fix},
    mutants, notes, parity,
};

/// Fewest scripts of a topic whose `replay` performs any.
pub const MIN_SCRIPTS: usize = 10;
/// Fewest of its scripts that print something.
pub const MIN_PRINTING: usize = 8;
/// Fewest mutants in each language.
pub const MIN_MUTANTS: usize = 5;
/// Fewest scenes of a topic whose scripts let values go.
pub const MIN_SCENES: usize = 2;
/// Two to four screens.
const README_LINES: RangeInclusive<usize> = 40..=160;

/// Lists all that is missing, a sentence each, with the numbers.
pub fn check(project: &Project, topic: &Topic) -> Result<Vec<String>> {
    let files = Files {
        root: &project.root,
        name: &topic.name,
    };
    let mut missing = files.missing();
    missing.extend(files.columns());
    missing.extend(files.unit_tests());
    missing.extend(files.example());
    missing.extend(files.readme());
    missing.extend(question(topic));
    missing.extend(files.scripts());
    missing.extend(notes(project, topic));
    missing.extend(mistakes(&project.root, &topic.name));
    for language in [Language::Go, Language::Rust] {
        missing.extend(mutants(project, topic, language)?);
    }
    Ok(missing)
}

/// Counts a noun of which too few are there.
fn too_few(count: usize, min: usize, what: &str) -> String {
    format!("{count} {what}: at least {min} are needed")
}

/// Its chapter begins with a question and, in two sentences, with what each language answers.
fn question(topic: &Topic) -> Vec<String> {
    let place = format!(
        "[package.metadata.pair] of crates/{}/Cargo.toml",
        topic.name
    );
    let mut missing = Vec::new();
    if !topic.title.ends_with('?') {
        missing.push(format!(
            "title in {place} is no question: {:?}",
            topic.title
        ));
    }
    let sentences = topic
        .intro
        .split(". ")
        .filter(|part| !part.trim().is_empty());
    let count = sentences.count();
    if count != 2 {
        missing.push(format!(
            "intro in {place} has {}, not 2",
            layout::count(count, "sentence")
        ));
    }
    missing
}

/// The files of one topic.
struct Files<'a> {
    root: &'a Path,
    name: &'a str,
}

impl Files<'_> {
    /// Reads a file in whose path `NAME` is the topic; one that is missing is empty.
    fn read(&self, path: &str) -> (String, String) {
        let path = path.replace("NAME", self.name);
        let text = fs::read_to_string(self.root.join(&path)).unwrap_or_default();
        (path, text)
    }

    /// The files that are missing or empty.
    fn missing(&self) -> Vec<String> {
        let files = [
            "crates/NAME/README.md",
            "crates/NAME/src/lib.rs",
            "crates/NAME/src/script.rs",
            "crates/NAME/src/contrast.rs",
            "crates/NAME/src/measure.rs",
            "crates/NAME/src/main.rs",
            "crates/NAME/tests/NAME.rs",
            "go/NAME/NAME.go",
            "go/NAME/script.go",
            "go/NAME/contrast.go",
            "go/NAME/measure.go",
            "go/NAME/NAME_test.go",
            "go/cmd/NAME/main.go",
            "tests/tests/pairs/NAME.rs",
        ];
        let files = files.into_iter().map(|path| self.read(path));
        let empty = files.filter(|(_, text)| text.trim().is_empty());
        empty
            .map(|(path, _)| format!("{path} is missing or empty"))
            .collect()
    }

    /// rustfmt breaks the sources where parity counts the columns.
    fn columns(&self) -> Option<String> {
        let (path, text) = self.read("crates/NAME/rustfmt.toml");
        let settings = line_width::RUSTFMT;
        (text != settings).then(|| format!("{path} has to be {settings:?}"))
    }

    /// Unit tests have the same names in both languages.
    fn unit_tests(&self) -> Vec<String> {
        let (rust_path, rust) = self.read("crates/NAME/tests/NAME.rs");
        let (go_path, go) = self.read("go/NAME/NAME_test.go");
        let (rust, go) = (twin_tests(&rust, "fn "), twin_tests(&go, "func Test"));
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>, path: &str, twin: &str| {
            let alone = one.difference(other).map(|test| {
                format!(
                    "{path} has the test {test}, and {twin} has none of this name: write it, or put \
                     \"// only here: REASON\" above"
                )
            });
            alone.collect::<Vec<_>>()
        };
        let mut missing = only(&rust, &go, &rust_path, &go_path);
        missing.extend(only(&go, &rust, &go_path, &rust_path));
        if rust.is_empty() {
            missing.push(format!("{rust_path} has no test"));
        }
        missing
    }

    /// README's example is compiled in Rust, and is an Example with an Output in Go.
    fn example(&self) -> Vec<String> {
        let (lib_path, lib) = self.read("crates/NAME/src/lib.rs");
        let (readme_path, readme) = self.read("crates/NAME/README.md");
        let (go_path, go) = self.read("go/NAME/NAME_test.go");
        let mut missing = Vec::new();
        let include = "#![doc = include_str!(\"../README.md\")]";
        if !lib.contains(include) {
            missing.push(format!("{lib_path} does not show README: {include}"));
        }
        for fence in ["```rust", "```go"] {
            if !readme.lines().any(|line| line == fence) {
                missing.push(format!("{readme_path} has no example below {fence}"));
            }
        }
        if !(go.contains("func Example") && go.contains("// Output:")) {
            missing.push(format!("{go_path} has no Example with an Output"));
        }
        missing
    }

    fn readme(&self) -> Vec<String> {
        let (path, readme) = self.read("crates/NAME/README.md");
        let lines = readme.lines().count();
        let (min, max) = (README_LINES.start(), README_LINES.end());
        let mut missing = Vec::new();
        if !README_LINES.contains(&lines) {
            missing.push(format!(
                "{path} has {}, not {min} to {max}",
                layout::count(lines, "line")
            ));
        }
        if !readme.starts_with("# ") {
            missing.push(format!("{path} does not begin with a title"));
        }
        missing
    }

    /// Its tests begin with the contract; there are scripts, unless the contract says why not.
    fn scripts(&self) -> Vec<String> {
        let name = self.name;
        let (path, tests) = self.read("tests/tests/pairs/NAME.rs");
        let contract = format!("tests::contract!(\"{name}\");");
        let without = tests.contains(&format!("contract!(\"{name}\", no scripts);"));
        if !without && !tests.contains(&contract) {
            return vec![format!("{path} leaves out the contract: {contract}")];
        }
        let scripts = folder::entries(&self.root.join("tests/scripts").join(name));
        match (without, scripts.map_or(0, |all| all.len())) {
            (true, 0) | (false, MIN_SCRIPTS..) => Vec::new(),
            (true, count) => vec![format!(
                "{path} says \"no scripts\", and tests/scripts/{name} has {count}"
            )],
            (false, count) => {
                let what = format!("scripts in tests/scripts/{name}");
                vec![too_few(count, MIN_SCRIPTS, &what)]
            }
        }
    }
}

/// The names of the tests of a file, without case and underscores; `marker` begins a test. A test below
/// `// only here: REASON` has no twin.
fn twin_tests(text: &str, marker: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut alone = false;
    let mut is_test = marker != "fn ";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix(marker)
            && let Some((name, _)) = rest.split_once('(')
            && is_test
            && !alone
        {
            names.insert(name.replace('_', "").to_lowercase());
        }
        match line {
            "#[test]" => is_test = true,
            _ if line.starts_with("// only here: ") => alone = true,
            _ if line.starts_with("//") || line.starts_with('#') => {}
            _ => {
                alone = false;
                is_test = marker != "fn ";
            }
        }
    }
    names
}

/// There are notes, and each names an item and an expression of it.
fn notes(project: &Project, topic: &Topic) -> Vec<String> {
    // Sources that cannot be read are missing already.
    let Ok(report) = parity::check(project, topic) else {
        return Vec::new();
    };
    match notes::read(project, topic, &report) {
        Ok(notes) => notes.problems.iter().map(ToString::to_string).collect(),
        Err(error) => vec![format!("{error:#}")],
    }
}

/// There is a mistake, and beside each its correction and the answer that it gets.
fn mistakes(root: &Path, name: &str) -> Vec<String> {
    let folders = [
        (format!("crates/{name}/mistakes"), "rs"),
        (format!("go/{name}/testdata/mistakes"), "go"),
    ];
    let mut missing = Vec::new();
    let mut count = 0;
    for (place, end) in &folders {
        for path in folder::entries(&root.join(place)).unwrap_or_default() {
            if path.extension().is_none_or(|found| found != *end) || is_fix(&path) {
                continue;
            }
            count += 1;
            let wrong = path.file_name().unwrap_or_default();
            let header = "\"// Fix: SENTENCE\" and \"// Answer: run WHAT\"";
            let wrong = wrong.display();
            for (path, what_to_do) in [
                (
                    fix::path(&path),
                    format!("write the corrected code of {wrong} there, below {header}"),
                ),
                (
                    path.with_extension("txt"),
                    format!("\"cargo lab mistakes --write --only {name}\" writes it"),
                ),
            ] {
                if !path.is_file() {
                    let file = path.file_name().unwrap_or_default().display();
                    missing.push(format!("{place}/{file} is missing: {what_to_do}"));
                }
            }
        }
    }
    if count == 0 {
        let what = format!("mistakes in {} and {}", folders[0].0, folders[1].0);
        missing.push(too_few(count, 1, &what));
    }
    missing
}

/// There are enough mutants, each differs from the others, each fits the sources.
fn mutants(project: &Project, topic: &Topic, language: Language) -> Result<Vec<String>> {
    let found = mutants::find(project, topic, language)?;
    let folder = format!("tests/mutants/{}/{}", topic.name, language.name());
    let mut missing = Vec::new();
    if found.len() < MIN_MUTANTS {
        let what = format!("mutants in {folder}");
        missing.push(too_few(found.len(), MIN_MUTANTS, &what));
    }
    let mut says = BTreeSet::new();
    for mutant in &found {
        if !says.insert(&mutant.says) {
            missing.push(format!("two mutants in {folder} say {:?}", mutant.says));
        }
        if let Err(why) = mutant.fits(project) {
            missing.push(format!("{why:#}"));
        }
    }
    Ok(missing)
}

#[cfg(test)]
mod tests;
