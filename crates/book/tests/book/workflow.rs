//! The commands with which the book is published, and books that are made of less.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use tests::process::ended;

use super::root;

/// The words behind `book` in the workflow's own command, and the folder that it publishes.
fn published() -> (Vec<String>, String) {
    let text = fs::read_to_string(root().join(".github/workflows/book.yml")).unwrap();
    let command = text.lines().find_map(|line| {
        let command = line.trim().strip_prefix("- run: cargo ")?;
        command.split_once("book").map(|(_, words)| words.trim())
    });
    let words = command.expect("it runs the book").split(' ');
    let folder = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("path: "));
    let folder = folder.expect("it publishes a folder");
    (words.map(str::to_owned).collect(), folder.to_owned())
}

#[test]
fn the_command_of_the_workflow_writes_a_book_without_a_dead_link() {
    let (words, folder) = published();
    assert_eq!(
        folder, "target/book",
        "the folder in which a book lies by itself"
    );
    let site = tempfile::tempdir().unwrap();
    let mut book = Command::new(env!("CARGO_BIN_EXE_book"));
    book.current_dir(root()).args(&words);
    let book = ended(book.arg("--into").arg(site.path()));
    book.says(0, &[]);
    let front = fs::read_to_string(site.path().join("index.html")).unwrap();
    assert!(front.contains("our reference machine"), "{front:.2000}");
    assert_eq!(
        front.matches("<div class=\"fig\"><b>").count(),
        5,
        "large figures"
    );
    assert!(front.contains("<h2>Twelve pairs</h2>") && !front.contains("NaN"));
}

/// Makes a folder like another, of links, without this file or folder in it.
fn like(from: &Path, to: &Path, without: &str) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_name() != without {
            symlink(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn without_reference_results_and_go_no_link_is_dead() {
    let top = tempfile::tempdir().unwrap();
    let reference = root().join(lab_judge::reference::FOLDER);
    let lab = reference.parent().unwrap().strip_prefix(root()).unwrap();
    let name = lab.file_name().unwrap().to_str().unwrap();
    like(&root(), top.path(), "crates");
    for left_out in ["target", "results"] {
        let _ = fs::remove_file(top.path().join(left_out));
    }
    like(&root().join("crates"), &top.path().join("crates"), name);
    like(&root().join(lab), &top.path().join(lab), "reference");
    // No Go and nothing that fetches one.
    let bin = top.path().join("no-go");
    like(Path::new("/usr/bin"), &bin, "go");
    for tool in ["python3", "python"] {
        let _ = fs::remove_file(bin.join(tool));
    }
    let mut book = Command::new(env!("CARGO_BIN_EXE_book"));
    book.current_dir(top.path())
        .env("PATH", &bin)
        .env_remove("CARGO_TARGET_DIR");
    let book = ended(book.args(["--into", "site"]));
    book.says(0, &["warning: the programs: Go "]);
    let front = fs::read_to_string(top.path().join("site/index.html")).unwrap();
    assert!(front.contains("Nothing is measured yet"));
    assert_eq!(front.matches("not measured yet</small>").count(), 5);
    assert!(front.contains("class=\"tile ") && !front.contains("class=\"factor\""));
}
