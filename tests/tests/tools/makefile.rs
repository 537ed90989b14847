//! The tasks of `cargo make`: each in one of three groups, none with a program of its own; and what is said
//! where Rust is too old or nothing links.

use std::{
    env, fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
};

use tests::{project, stage::write_program};
use toml::{Table, Value};

/// Largest length of the file.
const MAX_LINES: usize = 200;
/// Longer scripts belong into crates/lab, where they are tested.
const MAX_SCRIPT: usize = 3;
const GROUPS: [&str; 3] = ["1. Use", "2. Develop", "3. Deep"];

fn tasks() -> (String, Table) {
    let text = fs::read_to_string(project().root.join("Makefile.toml")).expect("the tasks");
    let file: Table = text.parse().expect("TOML");
    let tasks = file["tasks"].as_table().expect("tasks").clone();
    (text, tasks)
}

#[test]
fn the_tasks_are_few_lines_and_short_scripts() {
    let (text, tasks) = tasks();
    let lines = text.lines().count();
    assert!(lines < MAX_LINES, "Makefile.toml has {lines} lines");
    for (name, task) in &tasks {
        let script = task.get("script").and_then(Value::as_str).unwrap_or("");
        let lines = script.lines().count();
        assert!(lines <= MAX_SCRIPT, "{name}: a script of {lines} lines");
    }
}

#[test]
fn every_task_that_a_person_types_says_what_it_does_and_is_in_a_group() {
    let (_, tasks) = tasks();
    let mut used = Vec::new();
    for (name, task) in &tasks {
        if task.get("private").is_some() {
            continue;
        }
        let text = |key| task.get(key).and_then(Value::as_str).unwrap_or("");
        assert!(text("description").len() > 10, "{name} says nothing");
        assert!(GROUPS.contains(&text("category")), "{name} has no group");
        used.push(text("category"));
    }
    assert!(GROUPS.iter().all(|group| used.contains(group)), "{used:?}");
}

/// Runs `.ci/check-toolchain` with a `rustc` of this version, if any, and a `cc` or none.
fn check_toolchain(version: Option<&str>, has_cc: bool) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, line: &str| {
        write_program(&folder.path().join(name), &format!("#!/bin/sh\n{line}\n"));
    };
    let path = env::var_os("PATH").expect("a PATH");
    for tool in ["sh", "sed", "cut", "sort", "head", "dirname"] {
        let found = env::split_paths(&path).map(|folder| folder.join(tool));
        let found = found.into_iter().find(|path| path.is_file());
        symlink(found.expect(tool), folder.path().join(tool)).expect("a link");
    }
    if let Some(version) = version {
        write("rustc", &format!("echo 'rustc {version} (x)'"));
    }
    if has_cc {
        write("cc", ":");
    }
    // By its shell: in a copy of the project it may not be executable.
    let mut shell = Command::new("sh");
    let script = shell.arg(project().root.join(".ci/check-toolchain"));
    script
        .current_dir(Path::new("/"))
        .env("PATH", folder.path())
        .output()
        .expect("it starts")
}

#[test]
fn what_is_missing_before_anything_is_built_is_told_with_its_cure() {
    let manifest = fs::read_to_string(project().root.join("Cargo.toml")).expect("a manifest");
    let manifest: Table = manifest.parse().expect("TOML");
    let needed = manifest["workspace"]["package"]["rust-version"].as_str();
    let needed = needed.expect("a version");
    for version in [
        &format!("{needed}.0"),
        "9.1.0",
        &format!("{needed}.0-nightly"),
    ] {
        let fine = check_toolchain(Some(version), true);
        assert!(fine.status.success(), "{version}: {fine:?}");
        assert!(fine.stderr.is_empty(), "{version}: {fine:?}");
    }
    let old = format!("error: Rust {needed} or later is needed, here is ");
    for (version, has_cc, says) in [
        (Some("1.9.0"), true, format!("{old}1.9.0: rustup update stable\n")),
        (Some("0.99.0"), true, format!("{old}0.99.0: rustup update stable\n")),
        (None, true, format!("{old}none: rustup update stable\n")),
        (
            Some("9.1.0"),
            false,
            "error: a C compiler, which links what Rust compiles, is missing: install gcc or clang\n"
                .to_owned(),
        ),
    ] {
        let refused = check_toolchain(version, has_cc);
        assert_eq!(refused.status.code(), Some(1), "{version:?}");
        assert_eq!(String::from_utf8_lossy(&refused.stderr), says);
    }
}
