use std::{process::Command, time::Duration};

use super::*;
use crate::{
    programs::{self, Programs, Show},
    toolchain::Go,
};

/// A project of two topics that share a crate, in both languages.
fn project(root: &Path) -> Project {
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let version = env!("CARGO_PKG_VERSION");
    write(
        "Cargo.toml",
        &format!(
            "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n[workspace.package]\nversion = \"{version}\"\n"
        ),
    );
    write(
        "crates/pair/Cargo.toml",
        "[package]\nname = \"pair\"\nedition = \"2024\"\n",
    );
    write(
        "crates/pair/src/lib.rs",
        "pub const SAID: &str = \"old\";\n",
    );
    for (order, name) in ["one", "two"].into_iter().enumerate() {
        write(
            &format!("crates/{name}/Cargo.toml"),
            &format!(
                "[package]\nname = \"{name}\"\nedition = \"2024\"\n[package.metadata.pair]\ntitle = \"{name}\"\norder = {order}\n[dependencies]\npair = {{ path = \"../pair\" }}\n"
            ),
        );
        write(
            &format!("crates/{name}/src/main.rs"),
            "mod own;\nfn main() { println!(\"{} {}\", pair::SAID, own::OWN); }\n",
        );
        write(
            &format!("crates/{name}/src/own.rs"),
            "pub const OWN: u8 = 1;\n",
        );
        write(
            &format!("go/cmd/{name}/main.go"),
            "package main\n\nimport \"memory.example/pairs/pair\"\n\nfunc main() { println(pair.Said) }\n",
        );
    }
    write("go/go.mod", "module memory.example/pairs\n\ngo 1.24\n");
    write("go/pair/pair.go", "package pair\n\nconst Said = \"old\"\n");
    Project::at(root).unwrap()
}

/// Replaces a text by one of the same length and sets the file's time back, as `cp -p` does.
fn replace(path: &Path, old: &str, new: &str) {
    let before = fs::metadata(path).unwrap().modified().unwrap();
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{text}");
    fs::write(path, text.replace(old, new)).unwrap();
    let file = File::options().append(true).open(path).unwrap();
    file.set_modified(before - Duration::from_hours(1)).unwrap();
}

fn rust(project: &Project, name: &str) -> String {
    programs::build_rust(project, &[name], Show::Failures).unwrap();
    let program = Programs::locate(project).rust.join(name);
    String::from_utf8(Command::new(program).output().unwrap().stdout).unwrap()
}

#[test]
fn a_program_is_built_from_what_its_sources_hold_whatever_their_times() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let (shared, own) = ("crates/pair/src/lib.rs", "crates/one/src/own.rs");
    let [shared, own] = [shared, own].map(|path| project.root.join(path));
    assert_eq!(rust(&project, "one"), "old 1\n");
    assert_eq!(rust(&project, "two"), "old 1\n");
    replace(&own, "= 1", "= 2");
    assert_eq!(rust(&project, "one"), "old 2\n");
    replace(&shared, "old", "new");
    assert_eq!(rust(&project, "two"), "new 1\n");
    assert_eq!(rust(&project, "one"), "new 2\n");
    // Somebody builds without us in between, and what he built from is replaced again.
    replace(&shared, "new", "odd");
    File::options()
        .append(true)
        .open(&shared)
        .unwrap()
        .set_modified(SystemTime::now())
        .unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(&project.root)
        .args(["build", "--quiet", "--release", "-p", "one"]);
    cargo.arg("--target-dir").arg(project.target());
    assert!(cargo.status().unwrap().success());
    replace(&shared, "odd", "new");
    assert_eq!(rust(&project, "two"), "new 1\n");
    assert_eq!(rust(&project, "one"), "new 2\n");
    // An order of calls that leaves the record behind.
    replace(&own, "= 2", "= 3");
    assert_eq!(rust(&project, "two"), "new 1\n");
    assert_eq!(rust(&project, "one"), "new 3\n");
    fs::write(Programs::locate(&project).rust.join(RECORD), "torn").unwrap();
    replace(&own, "= 3", "= 4");
    assert_eq!(rust(&project, "one"), "new 4\n");
}

#[test]
fn go_compares_contents_itself() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let here = Project::find().unwrap();
    // The toolchain of the project around, which may have been fetched there.
    let go = Go::find(&here).unwrap();
    let said = || {
        let mut command = go.command(&project);
        command.args(["run", "./cmd/one"]);
        let done = command.output().unwrap();
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    assert_eq!(said(), "old\n");
    replace(&project.root.join("go/pair/pair.go"), "old", "new");
    assert_eq!(said(), "new\n");
}

#[test]
fn the_sources_of_both_languages_are_compared() {
    let project = Project::find().unwrap();
    let found = sources(&project).unwrap();
    assert!(found.len() > 100, "{} files", found.len());
}
