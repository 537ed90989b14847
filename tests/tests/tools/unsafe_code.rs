//! Unsafe code is only where it is the topic, and each block has a reason.

use std::{collections::BTreeMap, fs};

use lab_workspace::folder;
use tests::project;

/// The files that may hold unsafe code, and how much of it; the last one is the text of a program that the
/// lab compiles.
const ALLOWED: [(&str, usize); 3] = [
    ("crates/allocator/src/lib.rs", 9),
    ("crates/pair/src/heap.rs", 13),
    ("crates/lab-verify/src/checks/smallest.rs", 1),
];

/// What begins unsafe code; what only fulfils an unsafe trait has its reason at the `impl`.
const WORDS: [&str; 5] = [
    "unsafe {",
    "unsafe impl",
    "unsafe extern",
    "unsafe trait",
    "unsafe fn",
];

/// A place in a file, its line from 0.
struct Place {
    line: usize,
    /// Whether a reason stands above it; the functions of an `unsafe impl` have that of the whole.
    reason: bool,
}

/// The places with unsafe code: comments, texts and attributes do not count.
fn unsafe_places(text: &str) -> Vec<Place> {
    let lines: Vec<_> = text.lines().collect();
    let mut places = Vec::new();
    let mut fulfils = false;
    for (number, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if !line.starts_with([' ', '}']) && !line.is_empty() {
            fulfils = code.starts_with("unsafe impl");
        }
        for word in WORDS {
            // What stands in quotes is only a text.
            let before = code.split(word).next().unwrap_or_default();
            if !code.contains(word) || before.matches('"').count() % 2 == 1 {
                continue;
            }
            let above = lines[..number].iter().rev();
            let mut comment = above.take_while(|line| line.trim().starts_with("//"));
            places.push(Place {
                line: number,
                reason: comment.any(|line| line.contains("// SAFETY: "))
                    || fulfils && word == "unsafe fn",
            });
        }
    }
    places
}

#[test]
fn unsafe_code_stands_only_where_it_is_the_topic_and_says_why_it_is_sound() {
    let root = &project().root;
    let mut files = Vec::new();
    for folder in ["crates", "tests"] {
        // Mistakes are wrong on purpose, and the folder of a build is not ours.
        let excluded = ["mistakes", "target"];
        files.extend(folder::files_below(&root.join(folder), &excluded).expect("sources"));
    }
    files.retain(|path| path.extension().is_some_and(|end| end == "rs"));
    assert!(files.len() > 100, "{} files", files.len());
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let path = file.strip_prefix(root).expect("below the root");
        let path = path.display().to_string();
        let places = unsafe_places(&text);
        for place in places.iter().filter(|place| !place.reason) {
            let line = place.line + 1;
            wrong.push(format!("{path}:{line}: no \"// SAFETY: \" above it"));
        }
        if !places.is_empty() {
            counts.insert(path, places.len());
        }
    }
    let allowed = ALLOWED.map(|(path, count)| (path.to_owned(), count));
    if counts != BTreeMap::from(allowed.clone()) {
        wrong.push(format!("unsafe code in {counts:?}, and not in {allowed:?}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn unsafe_code_is_found_in_each_form_and_not_in_words_about_it() {
    // Written otherwise, or they would be found in this file.
    let forms = "\
UNSAFE { one() }
// SAFETY: said.
UNSAFE impl Two for Three {
    UNSAFE fn four() {}
}
UNSAFE fn five() {}
pub UNSAFE trait Six {}
let text = \"UNSAFE { seven }\"; // UNSAFE { eight }
";
    let places = unsafe_places(&forms.replace("UNSAFE", "unsafe"));
    let found = places.iter().map(|place| (place.line, place.reason));
    let expected = [(0, false), (2, true), (3, true), (5, false), (6, false)];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn every_other_crate_forbids_unsafe_code() {
    let root = &project().root;
    for folder in folder::entries(&root.join("crates")).expect("crates") {
        for file in ["src/lib.rs", "src/main.rs"] {
            let path = folder.join(file);
            let has_unsafe = ["crates/allocator/src/lib.rs", "crates/pair/src/lib.rs"];
            if has_unsafe.iter().any(|end| path.ends_with(end)) {
                continue;
            }
            if let Ok(text) = fs::read_to_string(&path) {
                let forbids = text.contains("#![forbid(unsafe_code)]");
                assert!(forbids, "{} does not forbid it", path.display());
            }
        }
    }
}
