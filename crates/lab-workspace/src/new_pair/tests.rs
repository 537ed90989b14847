use super::*;

const RESERVED: [&str; 3] = ["claims", "programs", "outside"];

fn project() -> Project {
    Project::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

#[test]
fn a_word_of_small_letters_is_a_name() {
    assert_eq!(refused(&project(), "thirteenth", &RESERVED), None);
    assert_eq!(refused(&project(), "pair2x", &RESERVED), None);
}

#[test]
fn what_is_no_word_in_both_languages_is_refused() {
    let long = "a".repeat(LONGEST + 1);
    for name in [
        "",
        "Two",
        "two words",
        "two-words",
        "two_words",
        "2nd",
        "../up",
        "ä",
        &long,
    ] {
        let why = refused(&project(), name, &RESERVED).unwrap();
        assert!(why.contains("one word"), "{name}: {why}");
    }
}

#[test]
fn words_with_a_meaning_are_refused() {
    for name in [
        "fn", "func", "match", "range", "nil", "len", "test", "core", "main", "con",
    ] {
        let why = refused(&project(), name, &RESERVED).unwrap();
        assert!(why.contains("has a meaning"), "{name}: {why}");
    }
}

#[test]
fn what_exists_is_refused() {
    for (name, why) in [
        ("cycles", "crates/cycles exists"),
        ("pair", "crates/pair exists"),
        ("lab", "crates/lab exists"),
        ("book", "crates/book exists"),
        ("tests", "has a meaning"),
        ("anyhow", "depends on"),
        ("measure", "uses this word"),
    ] {
        let said = refused(&project(), name, &RESERVED).unwrap();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn what_the_book_and_the_lab_call_something_else_is_refused() {
    for (names, why) in [
        (&BOOK_PAGES[..], "page of the book"),
        (&RESERVED[..], "--only"),
        (&["a6", "o17", "x99"], "name of a claim"),
    ] {
        for name in names {
            let said = refused(&project(), name, &RESERVED).unwrap();
            assert!(said.contains(why), "{said}");
        }
    }
}

#[test]
fn a_package_of_gos_library_is_refused() {
    let go = Go::find(&project()).unwrap();
    for (name, is_taken) in [("bytes", true), ("http", true), ("thirteenth", false)] {
        let said = refused_by_go(&project(), &go, name).unwrap();
        assert_eq!(said.is_some(), is_taken, "{name}: {said:?}");
    }
}

#[test]
fn what_fails_half_way_leaves_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own/letter");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "dear").unwrap();
    let mut made = Made::default();
    made.write(&folder.path().join("own/new/file"), "x")
        .unwrap();
    made.write(&folder.path().join("other/file"), "x").unwrap();
    let why = made.write(&own, "x").unwrap_err().to_string();
    assert!(why.contains("letter"), "{why}");
    drop(made);
    assert_eq!(fs::read(&own).unwrap(), b"dear");
    assert!(!folder.path().join("other").exists() && !folder.path().join("own/new").exists());
    let mut made = Made::default();
    made.write(&folder.path().join("other/file"), "x").unwrap();
    made.keep();
    assert!(folder.path().join("other/file").exists());
}

#[test]
fn scripts_and_mutants_are_files_of_whole_lines() {
    for text in [SCRIPTS, MUTANTS] {
        let all: Vec<_> = sections(text).collect();
        assert!(all.len() >= 10);
        for (name, text) in all {
            assert!(!name.contains(' ') && text.ends_with('\n'), "{name}");
        }
    }
}
