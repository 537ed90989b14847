//! Every topic has all of its parts; nothing is forgotten when one is added.

use std::{collections::BTreeSet, fs, path::Path};

use lab_workspace::project::Topic;
use tests::project;

/// Fails with all that the check finds wrong, in all topics.
fn every_topic(check: impl Fn(&Path, &Topic) -> Vec<String>) {
    let project = project();
    assert!(project.topics.len() >= 12, "twelve topics at least");
    let wrong: Vec<_> = project
        .topics
        .iter()
        .flat_map(|topic| {
            check(&project.root, topic)
                .into_iter()
                .map(|what| (&topic.name, what))
        })
        .map(|(name, what)| format!("{name}: {what}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_default()
}

#[test]
fn every_topic_has_the_same_rooms_on_both_sides() {
    every_topic(|root, Topic { name, .. }| {
        let mut paths = vec![
            format!("crates/{name}/README.md"),
            format!("crates/{name}/tests/{name}.rs"),
            format!("go/{name}/{name}.go"),
            format!("go/{name}/{name}_test.go"),
            format!("go/cmd/{name}/main.go"),
            format!("tests/tests/{name}.rs"),
        ];
        for room in ["lib", "script", "contrast", "measure", "main"] {
            paths.push(format!("crates/{name}/src/{room}.rs"));
        }
        for room in ["script", "contrast", "measure"] {
            paths.push(format!("go/{name}/{room}.go"));
        }
        paths.retain(|path| read(root, path).trim().is_empty());
        paths
            .into_iter()
            .map(|path| format!("{path} is missing or empty"))
            .collect()
    });
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

#[test]
fn unit_tests_have_the_same_names_in_both_languages() {
    every_topic(|root, Topic { name, .. }| {
        let rust = read(root, &format!("crates/{name}/tests/{name}.rs"));
        let go = read(root, &format!("go/{name}/{name}_test.go"));
        let (rust, go) = (twin_tests(&rust, "fn "), twin_tests(&go, "func Test"));
        let mut wrong: Vec<_> = rust
            .symmetric_difference(&go)
            .map(|test| {
                format!("only one side has the test {test}, without \"// only here: REASON\"")
            })
            .collect();
        if rust.is_empty() {
            wrong.push("there are no unit tests".to_owned());
        }
        wrong
    });
}

#[test]
fn every_topic_shows_an_example_that_is_checked() {
    every_topic(|root, Topic { name, .. }| {
        let readme = read(root, &format!("crates/{name}/README.md"));
        let lib = read(root, &format!("crates/{name}/src/lib.rs"));
        let go = read(root, &format!("go/{name}/{name}_test.go"));
        let mut wrong = Vec::new();
        if !lib.contains("#![doc = include_str!(\"../README.md\")]") {
            wrong.push("lib.rs does not include README.md".to_owned());
        }
        for fence in ["```rust\n", "```go\n"] {
            if !readme.contains(fence) {
                wrong.push(format!("README.md has no {}", fence.trim_end()));
            }
        }
        if !(go.contains("func Example") && go.contains("// Output:")) {
            wrong.push("the Go tests have no Example with an Output".to_owned());
        }
        wrong
    });
}

#[test]
fn every_readme_is_of_two_to_four_screens_and_has_a_title() {
    every_topic(|root, Topic { name, .. }| {
        let readme = read(root, &format!("crates/{name}/README.md"));
        let lines = readme.lines().count();
        let mut wrong = Vec::new();
        if !(40..=160).contains(&lines) {
            wrong.push(format!("README.md has {lines} lines"));
        }
        if !readme.starts_with("# ") {
            wrong.push("README.md begins without a title".to_owned());
        }
        wrong
    });
}

#[test]
fn every_topic_has_its_scripts_or_says_why_not() {
    every_topic(|root, Topic { name, .. }| {
        let tests = read(root, &format!("tests/tests/{name}.rs"));
        let without = tests.contains(&format!("contract!(\"{name}\", no scripts);"));
        if !without && !tests.contains(&format!("contract!(\"{name}\");")) {
            return vec!["its tests leave out the contract".to_owned()];
        }
        let scripts = fs::read_dir(root.join("tests/scripts").join(name));
        match (without, scripts.map_or(0, Iterator::count)) {
            (true, 0) | (false, 10..) => Vec::new(),
            (_, count) => vec![format!("{count} scripts")],
        }
    });
}

#[test]
fn at_least_nine_topics_have_scripts() {
    let with = |topic: &&Topic| {
        project()
            .root
            .join("tests/scripts")
            .join(&topic.name)
            .is_dir()
    };
    assert!(project().topics.iter().filter(with).count() >= 9);
}

#[test]
fn every_topic_shows_a_mistake() {
    every_topic(|root, Topic { name, .. }| {
        let count = |folder: String, end: &str| {
            let entries = fs::read_dir(root.join(folder))
                .into_iter()
                .flatten()
                .flatten();
            entries
                .filter(|e| e.path().extension().is_some_and(|x| x == end))
                .count()
        };
        let rust = count(format!("crates/{name}/mistakes"), "rs");
        let go = count(format!("go/{name}/testdata/mistakes"), "go");
        if rust + go == 0 {
            return vec!["there is no mistake".to_owned()];
        }
        Vec::new()
    });
}
