//! Unsafe code stands where it is the topic, each block with its reason.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tests::project;

/// The files that may hold unsafe code; the last one in the text of a program that it compiles.
const ALLOWED: [&str; 3] = [
    "crates/allocator/",
    "crates/pair/src/heap.rs",
    "crates/lab/src/checks/smallest.rs",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            // Mistakes are wrong on purpose.
            if !path.ends_with("mistakes") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The lines with unsafe code, as numbers from 0: comments and attributes do not count.
fn unsafe_lines(text: &str) -> Vec<usize> {
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let is_unsafe = |line: &str| {
        let code = code(line);
        ["unsafe {", "unsafe impl", "unsafe extern"]
            .iter()
            .any(|word| code.contains(word))
    };
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| is_unsafe(line))
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn unsafe_code_stands_only_where_it_is_the_topic_and_says_why_it_is_sound() {
    let root = &project().root;
    let mut files = Vec::new();
    for folder in ["crates", "tests/src"] {
        sources(&root.join(folder), &mut files);
    }
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let path = file
            .strip_prefix(root)
            .expect("below the root")
            .display()
            .to_string();
        let lines: Vec<_> = text.lines().collect();
        for number in unsafe_lines(&text) {
            let place = format!("{path}:{}", number + 1);
            if !ALLOWED.iter().any(|allowed| path.starts_with(allowed)) {
                wrong.push(format!("{place}: unsafe code does not belong here"));
            }
            let above = lines[..number].iter().rev();
            let mut comment = above.take_while(|line| line.trim().starts_with("//"));
            if !comment.any(|line| line.contains("// SAFETY: ")) {
                wrong.push(format!("{place}: no \"// SAFETY: \" above it"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_other_crate_forbids_unsafe_code() {
    let root = &project().root;
    for topic in &project().topics {
        if topic.name != "allocator" {
            let lib = fs::read_to_string(root.join(topic.rust_source())).expect("lib.rs");
            assert!(lib.contains("#![forbid(unsafe_code)]"), "{}", topic.name);
        }
    }
}
