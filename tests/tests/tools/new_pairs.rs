//! New pairs in a copy of the project are complete, and can be removed without a trace.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use lab_verify::{complete, mutants::copy::Copy, parity};
use lab_workspace::{
    environment, folder, new_pair,
    project::{CLAIMS, Project},
    remove_pair,
    toolchain::Go,
};
use tests::project;

/// A short name and the longest one: formatted lines differ.
const NAMES: [&str; 2] = ["kiosk", "marketplaces2024"];

/// A claim about the first pair, as CONTRIBUTING describes it.
const CLAIM: &str = r#"
[[claim]]
id = "O99"
favours = "rust"
topic = "kiosk"
source = "A stranger"
says = "A shelf is filled and emptied faster in Rust."
fixed = "2026-11-29"
test = [{ value = "go{kiosk/fill}.TIME_ns / rust{kiosk/fill}.TIME_ns", least = 1, unit = "ratio" }]
answer = "Go's shelf keeps its places."
answered_by = { value = "go{kiosk/fill}.process.peak_bytes", unit = "bytes" }

[claim.finding]
holds = "Yes: filling and emptying a shelf takes Go {wall time} as long as Rust"
reversed = "No: filling and emptying a shelf takes Go {wall time} as long as Rust"
"#;

/// A copy of the project with both pairs, in a folder of its own.
struct Copied {
    copy: Copy,
    go: Go,
}

impl Copied {
    fn new(folder: &Path) -> Self {
        let copy = Copy::new(project(), folder).expect("a copy");
        let go = Go::find(&copy.project).expect("Go");
        Copied { copy, go }
    }

    /// Writes both pairs, and reads the project anew.
    fn with_pairs(&self) -> Project {
        for name in NAMES {
            let project = self.project();
            assert_eq!(new_pair::refused(&project, name, &[]), None);
            new_pair::write(&project, &self.go, name).expect("a pair");
        }
        self.project()
    }

    fn project(&self) -> Project {
        Project::at(&self.copy.project.root).expect("a project")
    }

    /// All of its files, and what stands in them.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = folder::files_below(&self.copy.project.root, &["target"]).expect("a copy");
        let read = |path: PathBuf| (path.clone(), fs::read(path).expect("a file"));
        files.into_iter().map(read).collect()
    }
}

#[test]
fn new_pairs_lack_nothing_and_are_removed_without_a_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let copied = Copied::new(folder.path());
    let before = copied.files();
    let project = copied.with_pairs();
    for name in NAMES {
        let topic = project.topic(name).expect("a topic");
        assert_eq!(
            complete::check(&project, topic).expect("it is read"),
            [""; 0]
        );
        let problems = parity::check(&project, topic).expect("it is read").problems;
        assert!(problems.is_empty(), "{problems:#?}");
        let found = remove_pair::named_in(&project, topic).expect("it is read");
        let is_this_test = |path: &PathBuf| path.ends_with("new_pairs.rs");
        assert!(found.iter().all(is_this_test), "{found:?}");
    }
    formatted(&project, &copied.go);
    let with = copied.files();
    for path in with.keys().filter(|path| !before.contains_key(*path)) {
        let path = path.to_string_lossy();
        assert!(NAMES.iter().any(|name| path.contains(name)), "{path}");
    }
    let changed = before.iter().filter(|(path, text)| with[*path] != **text);
    let changed: Vec<_> = changed.map(|(path, _)| path).collect();
    assert_eq!(changed, [&project.root.join("Cargo.lock")]);
    for name in NAMES {
        let topic = project.topic(name).expect("a topic");
        remove_pair::remove(&project, topic).expect("it is removed");
    }
    let after = copied.files();
    assert!(before == after, "something is left, or gone");
}

/// Demands that rustfmt and gofmt have nothing to change.
fn formatted(project: &Project, go: &Go) {
    for name in NAMES {
        let path = |path: &str| project.root.join(path.replace("NAME", name));
        let rust = [
            "crates/NAME/src/main.rs",
            "crates/NAME/src/lib.rs",
            "tests/tests/pairs/NAME.rs",
        ];
        let mut rustfmt = environment::tool("rustfmt");
        rustfmt
            .args(["--edition", "2024", "--check"])
            .args(rust.map(path));
        succeeds(&mut rustfmt);
        let mut gofmt = go.gofmt(project).expect("gofmt");
        let listed = gofmt
            .arg("-l")
            .arg(path("go/NAME"))
            .output()
            .expect("gofmt");
        assert!(listed.stdout.is_empty(), "{listed:?}");
    }
}

fn succeeds(command: &mut Command) {
    eprintln!("$ {command:?}");
    let status = command.status().expect("it starts");
    assert!(status.success(), "{command:?}: {status}");
}

#[test]
#[ignore = "builds and tests a copy of the project; cargo make deep runs it"]
fn a_project_with_two_new_pairs_and_a_claim_passes_everything() {
    let folder = project().target().join("new-pairs");
    let copied = Copied::new(&folder);
    let project = copied.with_pairs();
    let claims = project.root.join(CLAIMS);
    let text = fs::read_to_string(&claims).expect("the claims");
    fs::write(&claims, text + CLAIM).expect("the claims");
    let run = |line: &str| {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&project.root).args(line.split(' '));
        cargo.env("CARGO_TARGET_DIR", folder.join("target"));
        succeeds(&mut cargo);
    };
    run("lab verify");
    for name in NAMES {
        run(&format!("lab mistakes --only {name}"));
        run(&format!("lab mutants --only {name}"));
    }
    run("lab measure --only O99 --blocks 6");
    run("lab judge O99");
    run("lab judge --readme");
    run("book");
    run("fmt --all --check");
    run("lab lint-go");
    run("clippy --workspace --all-targets -- -D warnings");
    run("lab go test ./...");
    run("test --workspace --no-fail-fast");
    for name in NAMES {
        run(&format!("lab remove-pair {name} --yes"));
    }
    fs::remove_dir_all(&folder).expect("the copy");
}
