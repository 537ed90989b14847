use super::*;
use crate::parity;

const RUST: &str = "//! A list.

/// A list of values.
pub struct List<T> {
    // Not an Option.
    values: Vec<T>,
}

impl<T: Clone> List<T> {
    /// The last value.
    pub fn last(&self) -> Option<T> {
        self.values.last().cloned() // as Some
    }
}
";

const GO: &str = "// Package t is a list.
package t

// List is a list of values.
type List[T any] struct {
	values []T
}

// Last returns the last value.
func (l *List[T]) Last() (value T, ok bool) {
	return value, false
}
";

fn report() -> Report {
    let rust = Source::parse(Path::new("lib.rs"), RUST.to_owned()).unwrap();
    let go = Source::parse(Path::new("t.go"), GO.to_owned()).unwrap();
    parity::compare(rust, go)
}

fn notes(text: &str) -> Notes {
    check(Path::new("notes.md"), text, &report())
}

/// The one thing that is wrong with a text.
fn wrong(text: &str) -> String {
    let problems = notes(text).problems;
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems[0].clone()
}

#[test]
fn a_note_knows_its_item_and_its_line_on_both_sides() {
    let text = "# Notes\n\n## List::last / List.Last\n\n- Rust `Option<T>`: Either a value\n  or none.\n\
                - Go `(value T, ok bool)`: Two results.\n";
    let found = notes(text);
    assert_eq!(found.problems, []);
    let section = &found.sections[0];
    let report = report();
    let title = |language| {
        let item = section.item(language).unwrap();
        report.side(language).items[item].title(language)
    };
    assert_eq!(
        [title(Language::Rust), title(Language::Go)],
        ["List::last", "List.Last"]
    );
    let [rust, go] = &section.notes[..] else {
        panic!("{section:?}")
    };
    assert_eq!(
        (rust.says.as_str(), rust.line, rust.source_line),
        ("Either a value or none.", 5, 11)
    );
    assert_eq!(
        (go.expression.as_str(), go.source_line),
        ("(value T, ok bool)", 10)
    );
}

#[test]
fn a_name_that_both_sides_have_names_both_and_one_that_one_side_has_names_it() {
    let found = notes(
        "## List\n- Go `[]T`: A slice.\n- Rust `Vec<T>`: A vector.\n## impl List\n- Rust `Clone`: It can be copied.\n",
    );
    assert_eq!(found.problems, []);
    let sides: Vec<_> = found
        .sections
        .iter()
        .map(|it| (it.rust.is_some(), it.go.is_some()))
        .collect();
    assert_eq!(sides, [(true, true), (true, false)]);
}

#[test]
fn what_is_not_there_is_refused_with_file_and_line() {
    let lost = wrong("## Lost\n- Rust `x`: Y.\n");
    assert_eq!(lost, "notes.md:1: no item of either side is called Lost");
    let half = wrong("## List::last / List.Lost\n- Rust `Option`: Y.\n");
    assert_eq!(half, "notes.md:1: no item of t.go is called List.Lost");
    let other = wrong("## impl List\n- Go `any`: Y.\n");
    assert_eq!(other, "notes.md:2: impl List names no item of t.go");
    let expression = wrong("## List::last / List.Last\n- Rust `Result<T>`: Y.\n");
    assert_eq!(
        expression,
        "notes.md:2: the code at lib.rs:11 has no Result<T>"
    );
}

#[test]
fn a_comment_is_no_code_and_a_block_is_its_head_alone() {
    assert!(wrong("## List\n- Rust `Option`: Y.\n").contains("has no Option"));
    assert!(wrong("## List::last\n- Rust `Some`: Y.\n").contains("has no Some"));
    assert!(wrong("## impl List\n- Rust `self.values`: Y.\n").contains("has no self.values"));
}

#[test]
fn a_line_of_another_form_is_refused() {
    for (text, says) in [
        ("## List\n- Go `any`: Y.\n- Rust Vec: Y.\n", "a note is"),
        ("## List\n- Go `any`: Y.\n- C `Vec`: Y.\n", "a note is"),
        ("## List\n- Rust `Vec`: Y.\nProse.\n", "neither"),
        ("- Rust `Vec`: Y.\n", "above the first"),
        ("## List\n  more\n- Rust `Vec`: Y.\n", "none is above"),
        ("## List\n", "has no note"),
        (
            "## List\n- Rust `Vec`: Y.\n## List\n- Go `any`: Y.\n",
            "join them",
        ),
        ("## List\n- Rust `Vec`: Y.\n- Rust `Vec`: Z.\n", "join them"),
    ] {
        let found = wrong(text);
        assert!(found.contains(says), "{text}: {found}");
    }
}

#[test]
fn a_note_has_two_sentences_at_most() {
    let with = |says: &str| {
        notes(&format!("## List\n- Rust `Vec`: {says}\n"))
            .problems
            .len()
    };
    assert_eq!(with("One. Two."), 0);
    assert_eq!(with("One `a. b. c.` still. Two?"), 0);
    assert_eq!(with("One. Two. Three."), 1);
    assert_eq!(with("No end"), 1);
    assert_eq!(with(&format!("{}.", "x".repeat(300))), 1);
}
