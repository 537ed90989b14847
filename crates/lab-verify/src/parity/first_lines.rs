//! The first line of every file names its twin.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
};

use anyhow::{Context as _, Result};

use super::Problem;
use lab_workspace::folder;

use crate::source::twin_of;

/// Two files that have to name each other: the Rust one, the Go one.
pub(super) type Twins = (String, String);

/// The twin files of a topic. All but the first and the last may be missing in both languages.
pub(super) fn twins(name: &str) -> Vec<Twins> {
    let rust = |file: &str| format!("crates/{name}/src/{file}.rs");
    let go = |file: &str| format!("go/{name}/{file}.go");
    vec![
        (rust("lib"), go(name)),
        (rust("script"), go("script")),
        (rust("contrast"), go("contrast")),
        (rust("measure"), go("measure")),
        (rust("main"), format!("go/cmd/{name}/main.go")),
    ]
}

/// The first lines of all sources in these folders, tests of Go excepted.
pub(super) fn read(root: &Path, folders: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut lines = BTreeMap::new();
    for place in folders {
        // Go's tools do not look there either.
        for file in folder::files_below(&root.join(place), &["testdata"])? {
            let path = file.strip_prefix(root)?.to_string_lossy().into_owned();
            if is_source(&path) {
                let mut line = String::new();
                fs::File::open(&file)
                    .and_then(|file| BufReader::new(file).read_line(&mut line))
                    .with_context(|| format!("cannot read {path}"))?;
                lines.insert(path, line.trim_end().to_owned());
            }
        }
    }
    Ok(lines)
}

fn is_source(path: &str) -> bool {
    let end = Path::new(path).extension().and_then(|end| end.to_str());
    matches!(end, Some("rs" | "go")) && !path.ends_with("_test.go")
}

/// Checks that the files name each other, and that these twins name the right ones.
pub(super) fn check(files: &BTreeMap<String, String>, twins: &[Twins]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, line) in files {
        if let Some(says) = wrong(path, line, files, twins) {
            problems.push(Problem::new(Path::new(path), 1, says));
        }
    }
    for (rust, go) in [twins.first(), twins.last()].into_iter().flatten() {
        if !files.contains_key(rust) && !files.contains_key(go) {
            problems.push(Problem::new(
                Path::new(rust),
                1,
                format!("this file and its twin {go} are missing: write them"),
            ));
        }
    }
    problems
}

/// What is wrong with a file's first line.
fn wrong(
    path: &str,
    line: &str,
    files: &BTreeMap<String, String>,
    twins: &[Twins],
) -> Option<String> {
    let expected = twins.iter().find_map(|(rust, go)| {
        let twin = if path == rust { Some(go) } else { None };
        twin.or_else(|| (path == go).then_some(rust))
    });
    let reason = line.strip_prefix("// only here: ");
    if expected.is_none() && reason.is_some_and(|reason| !reason.trim().is_empty()) {
        return None;
    }
    let Some(twin) = twin_of(line) else {
        let twin = expected.map_or("PATH", String::as_str);
        return Some(format!("the first line has to be `// Twin: {twin}`"));
    };
    if let Some(expected) = expected.filter(|expected| *expected != twin) {
        return Some(format!(
            "the twin of this file is {expected}, not {twin}: mend the first line"
        ));
    }
    let Some(back) = files.get(twin) else {
        return Some(format!(
            "its twin {twin} does not exist: write it, or mend the first line"
        ));
    };
    // Go divides by file what Rust divides by `cfg`: several files of a folder may share a twin.
    let shares = |other: &str| {
        let is_beside = Path::new(other).parent() == Path::new(path).parent();
        expected.is_none()
            && is_beside
            && files
                .get(other)
                .is_some_and(|line| twin_of(line) == Some(twin))
    };
    let back = twin_of(back);
    (back != Some(path) && !back.is_some_and(shares)).then(|| {
        format!(
            "its twin {twin} does not name it: the first line there has to be `// Twin: {path}`"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let own = |(path, line): &(&str, &str)| ((*path).to_owned(), (*line).to_owned());
        let mut all: BTreeMap<_, _> = files.iter().map(own).collect();
        for (rust, go) in [twins("t").remove(0), twins("t").remove(4)] {
            all.entry(rust.clone()).or_insert(format!("// Twin: {go}"));
            all.entry(go).or_insert(format!("// Twin: {rust}"));
        }
        let problems = check(&all, &twins("t"));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn twins_that_name_each_other_pass() {
        let script = [
            ("crates/t/src/script.rs", "// Twin: go/t/script.go"),
            ("go/t/script.go", "// Twin: crates/t/src/script.rs"),
        ];
        assert!(problems(&[]).is_empty());
        assert!(problems(&script).is_empty());
    }

    #[test]
    fn a_first_line_that_names_no_twin_fails_and_is_told_which() {
        assert_eq!(
            problems(&[("go/t/t.go", "package t")]),
            [
                "crates/t/src/lib.rs:1: its twin go/t/t.go does not name it: the first line there has \
                 to be `// Twin: crates/t/src/lib.rs`",
                "go/t/t.go:1: the first line has to be `// Twin: crates/t/src/lib.rs`",
            ]
        );
    }

    #[test]
    fn a_twin_that_does_not_exist_fails() {
        let alone = problems(&[("go/t/script.go", "// Twin: crates/t/src/script.rs")]);
        assert_eq!(alone.len(), 1);
        assert!(
            alone[0].contains("crates/t/src/script.rs does not exist"),
            "{alone:?}"
        );
    }

    #[test]
    fn a_file_with_the_wrong_twin_fails() {
        let wrong = problems(&[("go/cmd/t/main.go", "// Twin: crates/t/src/lib.rs")]);
        assert!(
            wrong[1].contains("is crates/t/src/main.rs, not crates/t/src/lib.rs"),
            "{wrong:?}"
        );
    }

    #[test]
    fn a_further_file_has_a_twin_or_a_reason() {
        assert!(problems(&[("go/t/extra.go", "// only here: Go has no such call.")]).is_empty());
        assert_eq!(problems(&[("go/t/extra.go", "package t")]).len(), 1);
        assert_eq!(problems(&[("go/t/extra.go", "// only here: ")]).len(), 1);
        assert_eq!(
            problems(&[("go/t/script.go", "// only here: because.")]).len(),
            1
        );
    }

    #[test]
    fn files_for_platforms_share_a_twin_that_names_one_of_them() {
        let clock = [
            ("crates/t/src/clock.rs", "// Twin: go/t/clock_linux.go"),
            ("go/t/clock_linux.go", "// Twin: crates/t/src/clock.rs"),
            ("go/t/clock_other.go", "// Twin: crates/t/src/clock.rs"),
        ];
        assert!(problems(&clock).is_empty());
        assert_eq!(problems(&[clock[0], clock[2]]).len(), 2);
    }

    #[test]
    fn a_topic_without_its_program_fails() {
        let missing = check(&BTreeMap::new(), &twins("t"));
        assert_eq!(missing.len(), 2);
    }
}
