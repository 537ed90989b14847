use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const TOPIC: &str = "cycles";

/// A copy of one topic's files, in which some may be missing.
struct Copied {
    folder: TempDir,
    project: Project,
}

impl Copied {
    fn new() -> Self {
        let ours = Project::find().unwrap();
        let copy = tempfile::tempdir().unwrap();
        let paths = ["crates", "go", "go/cmd", "tests/scripts", "tests/mutants"];
        let folders = paths.map(|path| PathBuf::from(path).join(TOPIC));
        let file = PathBuf::from(format!("tests/tests/pairs/{TOPIC}.rs"));
        // Mutants may change what the topics' programs have in common.
        let common = ["crates/pair", "go/pair"].map(PathBuf::from);
        let files = [file, "Cargo.toml".into()];
        let below = |path: PathBuf| folder::files_below(&ours.root.join(path), &[]).unwrap();
        let files = files.map(|path| ours.root.join(path));
        let all = folders.into_iter().chain(common).flat_map(below);
        for from in all.chain(files) {
            let to = copy.path().join(from.strip_prefix(&ours.root).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
        let project = Project::at(copy.path()).unwrap();
        Copied {
            folder: copy,
            project,
        }
    }

    /// Changes a file in whose path `NAME` is the topic.
    fn edit(&self, path: &str, change: impl Fn(&str) -> String) {
        let path = self.folder.path().join(path.replace("NAME", TOPIC));
        let text = fs::read_to_string(&path).unwrap();
        let changed = change(&text);
        assert_ne!(text, changed, "{} is changed", path.display());
        fs::write(path, changed).unwrap();
    }

    /// Removes files of a folder until this number is left.
    fn leave(&self, folder: &str, count: usize) {
        let folder = self.folder.path().join(folder.replace("NAME", TOPIC));
        let mut paths = folder::entries(&folder).unwrap();
        for path in paths.split_off(count) {
            fs::remove_file(path).unwrap();
        }
    }

    fn missing(&self) -> Vec<String> {
        check(&self.project, self.project.topic(TOPIC).unwrap()).unwrap()
    }
}

#[test]
fn a_whole_topic_lacks_nothing() {
    assert_eq!(Copied::new().missing(), [""; 0]);
}

#[test]
fn all_that_is_missing_is_told_at_once_with_the_numbers() {
    let copy = Copied::new();
    copy.leave("tests/scripts/NAME", 3);
    copy.leave("tests/mutants/NAME/go", 4);
    copy.leave("crates/NAME/mistakes", 0);
    copy.edit("crates/NAME/README.md", |_| "no title\n".to_owned());
    copy.edit("go/NAME/contrast.go", |_| " \n".to_owned());
    copy.edit("crates/NAME/rustfmt.toml", |text| text.replace("80", "90"));
    let lack = copy.missing();
    for says in [
        "go/cycles/contrast.go is missing or empty",
        &format!(
            "crates/cycles/rustfmt.toml has to be {:?}",
            line_width::RUSTFMT
        ),
        "crates/cycles/README.md has 1 line, not 40 to 160",
        "crates/cycles/README.md does not begin with a title",
        "crates/cycles/README.md has no example below ```rust",
        "crates/cycles/README.md has no example below ```go",
        "3 scripts in tests/scripts/cycles: at least 10 are needed",
        "4 mutants in tests/mutants/cycles/go: at least 5 are needed",
    ] {
        assert!(lack.iter().any(|what| what == says), "{says}: {lack:#?}");
    }
}

#[test]
fn a_title_that_is_no_question_and_an_intro_that_is_no_two_sentences_are_told() {
    let topic = Topic {
        name: TOPIC.to_owned(),
        title: "Cycles".to_owned(),
        intro: "One. Two. Three.".to_owned(),
        order: 1,
        excerpt: Vec::new(),
    };
    let place = "[package.metadata.pair] of crates/cycles/Cargo.toml";
    assert_eq!(
        question(&topic),
        [
            format!("title in {place} is no question: \"Cycles\""),
            format!("intro in {place} has 3 sentences, not 2"),
        ]
    );
}

#[test]
fn a_test_or_an_example_that_one_side_lacks_is_told_with_its_file() {
    let copy = Copied::new();
    copy.edit("go/NAME/NAME_test.go", |text| {
        text.replace("func Test", "func testNot")
            .replace("func Example", "func example")
    });
    let lack = copy.missing();
    let tests = lack.iter().filter(|what| {
        what.starts_with("crates/cycles/tests/cycles.rs has the test ")
            && what.contains("go/cycles/cycles_test.go has none")
    });
    assert!(tests.count() > 1, "{lack:#?}");
    let example = "go/cycles/cycles_test.go has no Example with an Output";
    assert!(lack.iter().any(|what| what == example), "{lack:#?}");
}

#[test]
fn a_topic_that_leaves_out_the_contract_or_its_readme_is_told() {
    let copy = Copied::new();
    copy.edit("tests/tests/pairs/NAME.rs", |text| {
        text.replace("contract!", "other!")
    });
    copy.edit("crates/NAME/src/lib.rs", |text| {
        text.replace("#![doc", "//")
    });
    let lack = copy.missing();
    for says in ["leaves out the contract", "does not show README"] {
        assert!(lack.iter().any(|what| what.contains(says)), "{lack:#?}");
    }
    copy.edit("tests/tests/pairs/NAME.rs", |_| {
        "tests::contract!(\"cycles\", no scripts);".to_owned()
    });
    let lack = copy.missing();
    let says = "says \"no scripts\", and tests/scripts/cycles has ";
    assert!(lack.iter().any(|what| what.contains(says)), "{lack:#?}");
}

#[test]
fn a_mutant_that_fits_no_more_and_one_that_is_there_twice_are_told() {
    let copy = Copied::new();
    copy.edit("crates/NAME/src/lib.rs", |text| {
        text.replace("above = node.parent();", "above = parent_of(node);")
    });
    let folder = copy.folder.path().join("tests/mutants/cycles/go");
    fs::copy(folder.join("all-kept.patch"), folder.join("again.patch")).unwrap();
    let lack = copy.missing();
    for says in [
        "depth-of-one.patch does not fit the sources any more",
        "two mutants in tests/mutants/cycles/go say \"Every node is kept by somebody.\"",
    ] {
        assert!(lack.iter().any(|what| what.contains(says)), "{lack:#?}");
    }
}

#[test]
fn a_mistake_without_its_fix_or_its_answer_is_told_with_what_to_do() {
    let copy = Copied::new();
    let folder = copy.folder.path().join("crates/cycles/mistakes");
    fs::write(folder.join("new.rs"), "// Mistake: none yet.\n").unwrap();
    let write = "write the corrected code of new.rs there";
    let header = "\"// Fix: SENTENCE\" and \"// Answer: run WHAT\"";
    let command = "\"cargo lab mistakes --write --only cycles\" writes it";
    let says = [
        format!("crates/cycles/mistakes/new.fix.rs is missing: {write}, below {header}"),
        format!("crates/cycles/mistakes/new.txt is missing: {command}"),
    ];
    assert_eq!(copy.missing(), says);
}

#[test]
fn notes_that_are_missing_or_name_what_is_gone_are_told_with_file_and_line() {
    let copy = Copied::new();
    copy.edit("crates/NAME/notes.md", |text| {
        text.replace("# Notes\n\n## Node\n", "# Notes\n\n## Knot\n")
    });
    let says = "crates/cycles/notes.md:3: no item of either side is called Knot";
    assert_eq!(copy.missing(), [says]);
    fs::remove_file(copy.folder.path().join("crates/cycles/notes.md")).unwrap();
    let lack = copy.missing();
    assert!(lack.len() == 1 && lack[0].contains("notes.md"), "{lack:#?}");
}
