use super::*;

const RUST: &str = "//! A list.

/// A list of values.
pub struct List {
    /// The values.
    pub values: Vec<i64>,
}

impl List {
    /// An empty list.
    pub fn new() -> Self {
        List { values: Vec::new() }
    }

    /// Adds a value.
    pub fn push(&mut self, value: i64) {
        self.values.push(value);
    }
}
";

const GO: &str = "// Package t is a list.
package t

// List is a list of values.
type List struct {
	// Values are the values.
	Values []int
}

// NewList returns an empty list.
func NewList() *List {
	return &List{}
}

// Push adds a value.
func (l *List) Push(value int) {
	l.Values = append(l.Values, value)
}
";

fn report(rust: &str, go: &str) -> Report {
    let source = |path: &str, text: &str| Source::parse(Path::new(path), text.to_owned());
    compare(source("lib.rs", rust).unwrap(), source("t.go", go).unwrap())
}

fn problems(rust: &str, go: &str) -> Vec<String> {
    report(rust, go)
        .problems
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The pair above with something more at the end of each file.
fn with(rust: &str, go: &str) -> Vec<String> {
    problems(&format!("{RUST}{rust}"), &format!("{GO}{go}"))
}

#[track_caller]
fn passes(problems: &[String]) {
    assert!(problems.is_empty(), "{problems:#?}");
}

/// There is one problem, and it begins at this place and holds these words.
#[track_caller]
fn fails(problems: &[String], place: &str, words: &str) {
    let found = matches!(problems, [one] if one.starts_with(place) && one.contains(words));
    assert!(found, "{problems:#?}");
}

#[test]
fn a_pair_that_mirrors_each_other_passes() {
    let report = report(RUST, GO);
    assert_eq!(report.problems, []);
    assert_eq!(report.twins, [(0, 0), (1, 1), (3, 2), (4, 3)]);
    assert_eq!(report.twin(Language::Go, 2), Some(3));
    assert_eq!(report.twin(Language::Rust, 2), None);
    assert_eq!(report.side(Language::Go).items[3].name, "Push");
}

#[test]
fn an_exported_item_without_a_twin_fails() {
    fails(
        &with("/// Ends.\npub fn end() {}\n", ""),
        "lib.rs:21:",
        "end has no twin in t.go",
    );
    fails(
        &with("", "// End ends.\nfunc End() {}\n"),
        "t.go:20:",
        "End has no twin in lib.rs",
    );
}

#[test]
fn an_item_that_is_not_plainly_pub_needs_no_twin() {
    passes(&with(
        "/// Ends.\npub(crate) fn end() {}\n",
        "func start() {}\n",
    ));
}

#[test]
fn a_reason_excuses_an_item_and_the_members_of_its_type() {
    let rust = "// only here: a guard.\n/// Guards.\npub struct Guard {\n    pub at: u8,\n}\n
impl Guard {\n    /// A guard.\n    pub fn new() -> Self {}\n}\n";
    passes(&with(
        rust,
        "// End ends.\n//\n// only here: idiom.\nfunc End() {}\n",
    ));
}

#[test]
fn a_reason_must_be_one_stand_above_an_item_and_not_be_stale() {
    let none = with("// only here:\n/// Ends.\npub fn end() {}\n", "");
    fails(&none, "lib.rs:22:", "without a reason");
    let lost = with("fn end() {\n    // only here: a reason.\n}\n", "");
    fails(&lost, "lib.rs:21:", "directly above an item");
    let stale = with(
        "// only here: a reason.\n/// Ends.\npub fn end() {}\n",
        "// End ends.\nfunc End() {}\n",
    );
    fails(&stale, "lib.rs:20:", "take this `only here` away");
}

#[test]
fn twins_stand_in_the_same_order() {
    let rust = "/// One.\npub fn one() {}\n/// Two.\npub fn two() {}\n";
    let right = "// One is one.\nfunc One() {}\n\n// Two is two.\nfunc Two() {}\n";
    let wrong = "// Two is two.\nfunc Two() {}\n\n// One is one.\nfunc One() {}\n";
    passes(&with(rust, right));
    fails(
        &with(rust, wrong),
        "t.go:20:",
        "Two stands before One here, behind it in lib.rs",
    );
}

#[test]
fn a_function_a_field_and_a_method_are_no_twins() {
    let found = with(
        "/// Ends.\npub fn end() {}\n",
        "// End ends.\nconst End = 1\n",
    );
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn variants_are_constants_of_their_type_with_its_name_or_without() {
    let rust =
        "/// A kind.\npub enum Kind {\n    /// Small.\n    Small,\n    /// Large.\n    Large,\n}\n";
    let go = "// Kind is a kind.\ntype Kind int\n\nconst (\n\t// KindSmall is small.\n\
              \tKindSmall Kind = iota\n\t// Large is large.\n\tLarge\n)\n";
    passes(&with(rust, go));
    let found = with(rust, &go.replace("\tLarge\n", "\tHuge\n"));
    assert!(found[0].contains("Kind::Large has no twin"), "{found:#?}");
    assert!(found[1].contains("Huge has no twin"), "{found:#?}");
}

const DROP: &str = "\nimpl Drop for List {\n    fn drop(&mut self) {}\n}\n";
const CLOSE: &str = "\n// Close frees the list.\nfunc (l *List) Close() {}\n";

#[test]
fn drop_is_the_twin_of_close_or_of_a_cleanup_or_has_a_reason() {
    passes(&with(DROP, CLOSE));
    let cleaned = GO.replace(
        "return &List{}",
        "l := &List{}\n\truntime.AddCleanup(l, f, 1)\n\treturn l",
    );
    let rust = format!("{RUST}{DROP}");
    passes(&problems(&rust, &cleaned));
    fails(
        &problems(&rust, GO),
        "lib.rs:21:",
        "impl Drop for List has no twin",
    );
    passes(&with(&format!("\n// only here: by hand.{DROP}"), ""));
    let stale = format!("{RUST}\n// only here: by hand.{DROP}");
    fails(&problems(&stale, &cleaned), "lib.rs:21:", "take this");
}

#[test]
fn drop_and_its_close_stand_last() {
    let more = "\n/// Ends.\npub fn end() {}\n";
    passes(&with(
        &format!("{DROP}{more}"),
        &format!("{CLOSE}\n// End ends.\nfunc End() {{}}\n"),
    ));
    let early = GO.replace("// Push", &format!("{}\n// Push", CLOSE.trim_start()));
    let found = problems(&format!("{RUST}{DROP}"), &early);
    assert!(
        found[0].contains("List.Close stands before List.Push"),
        "{found:#?}"
    );
    let rust = RUST.replace("\nimpl List", &format!("{DROP}\nimpl List"));
    let found = problems(&rust, &format!("{GO}{CLOSE}"));
    assert!(
        found
            .iter()
            .any(|says| says.contains("impl Drop for List stands before")),
        "{found:#?}"
    );
}

#[test]
fn a_close_that_is_the_twin_of_a_method_may_stand_anywhere() {
    let rust = RUST.replace(
        "    /// Adds",
        "    /// Frees the list.\n    pub fn close(&self) {}\n\n    /// Adds",
    );
    let go = GO.replace("// Push", &format!("{}\n// Push", CLOSE.trim_start()));
    passes(&problems(&rust, &go));
}

#[test]
fn impls_of_traits_and_methods_for_interfaces_are_each_sides_own() {
    passes(&with(
        "\nimpl Display for List {\n    fn fmt(&self) {}\n}\n",
        "// Error says why.\nfunc (l *List) Error() string { return \"\" }\n",
    ));
}

#[test]
fn sentences_must_say_the_same() {
    let other = GO.replace("Push adds a value", "Push takes a value");
    fails(
        &problems(RUST, &other),
        "lib.rs:15:",
        "say the same on both sides",
    );
    let package = GO.replace("Package t is a list", "Package t is a tree");
    fails(&problems(RUST, &package), "lib.rs:1:", "say the same");
}

#[test]
fn a_doc_stands_on_both_sides_or_on_none() {
    let (rust, go) = (
        RUST.replace("    /// Adds a value.\n", ""),
        GO.replace("// Push adds a value.\n", ""),
    );
    fails(
        &problems(&rust, GO),
        "lib.rs:15:",
        "List::push has no doc comment",
    );
    fails(
        &problems(RUST, &go),
        "t.go:15:",
        "List.Push has no doc comment",
    );
    passes(&problems(&rust, &go));
    fails(
        &problems(&RUST.replace("//! A list.\n", ""), GO),
        "lib.rs:1:",
        "write a `//!` comment",
    );
}

#[test]
fn a_doc_in_go_begins_with_the_name() {
    let go = GO.replace("// Push adds a value", "// Adds a value");
    fails(
        &problems(RUST, &go),
        "t.go:15:",
        "has to begin with that name",
    );
}

#[test]
fn a_line_has_at_most_80_columns_and_a_tab_counts_as_four() {
    let line = |columns: usize| format!("// {}\n", "ü".repeat(columns - 3));
    passes(&with(&line(80), ""));
    fails(&with(&line(81), ""), "lib.rs:20:", "81 columns");
    let line = |columns: usize| format!("func f() {{\n\t// {}\n}}\n", "x".repeat(columns - 7));
    passes(&with("", &line(80)));
    fails(&with("", &line(81)), "t.go:20:", "81 columns");
}

#[test]
fn a_function_has_at_most_15_lines_without_its_doc() {
    let rust = |lines: usize| {
        format!(
            "/// Doc.\n#[inline]\nfn f() {{\n{}}}\n",
            "    ();\n".repeat(lines - 2)
        )
    };
    passes(&with(&rust(15), ""));
    fails(&with(&rust(16), ""), "lib.rs:22:", "f has 16 lines");
    let go = |lines: usize| format!("// f.\nfunc f() {{\n{}}}\n", "\tg()\n".repeat(lines - 2));
    passes(&with("", &go(15)));
    fails(&with("", &go(16)), "t.go:20:", "f has 16 lines");
}

#[test]
fn a_file_has_at_most_170_lines() {
    let rust = |lines: usize| "\n".repeat(lines - RUST.lines().count());
    passes(&with(&rust(170), ""));
    fails(&with(&rust(171), ""), "lib.rs:171:", "171 lines");
}

#[test]
fn private_helpers_stand_last_in_the_file_or_the_block() {
    let (end, go) = (
        "/// Ends.\npub fn end() {}\n",
        "// End ends.\nfunc End() {}\n",
    );
    let (helper, go_helper) = ("fn help() {}\n", "func help() {}\n");
    passes(&with(
        &format!("{end}{helper}"),
        &format!("{go}{go_helper}"),
    ));
    let found = with(&format!("{helper}{end}"), go);
    fails(&found, "lib.rs:20:", "help is a private helper before end");
    let found = with(end, &format!("{go_helper}{go}"));
    fails(&found, "t.go:19:", "help is a private helper before End");
    let method = "    fn help(&self) {}\n";
    let last = RUST.replace("    }\n}\n", &format!("    }}\n{method}}}\n"));
    passes(&problems(&last, GO));
    let found = problems(
        &RUST.replace("    /// An", &format!("{method}    /// An")),
        GO,
    );
    fails(&found, "lib.rs:10:", "helpers stand last in their block");
}

#[test]
fn a_type_has_one_block_directly_after_it() {
    let second = "\nimpl List {\n    fn help(&self) {}\n}\n";
    fails(
        &with(second, ""),
        "lib.rs:21:",
        "a second block `impl List`",
    );
    let between = "\n/// Ends.\npub fn end() {}\n\nimpl List {";
    let found = problems(&RUST.replace("\nimpl List {", between), GO);
    assert!(
        found[0].starts_with("lib.rs:12: `impl List` stands apart"),
        "{found:#?}"
    );
}

#[test]
fn names_differ_by_more_than_case() {
    fails(
        &with("fn help() {}\nfn he_lp() {}\n", ""),
        "lib.rs:21:",
        "differ by case alone",
    );
    fails(
        &with("", "func push() {}\n\ntype Push int\n").split_off(1)[..1],
        "t.go:21:",
        "case alone",
    );
    // A field and a method of one name are Go's own habit.
    let go = GO.replace("\tValues []int\n", "\tValues []int\n\tpush int\n");
    passes(&problems(RUST, &go));
}

#[test]
fn two_items_of_a_file_have_no_common_twin() {
    let found = with("/// An empty list.\npub fn new_list() {}\n", "");
    assert!(
        found[0].contains("List::new and new_list would have the same twin"),
        "{found:#?}"
    );
}

#[test]
fn a_file_that_teaches_does_not_use_pair() {
    fails(
        &with("fn help() {\n    pair::quote(1);\n}\n", ""),
        "lib.rs:21:",
        "does not use `pair`",
    );
    let rust = RUST.replace("\n/// A list of", "\nuse pair::Counted;\n\n/// A list of");
    fails(&problems(&rust, GO), "lib.rs:3:", "does not use `pair`");
    passes(&with(
        "fn help() {\n    let pair = other::pair::of(pair);\n}\n",
        "",
    ));
    let go = GO.replace(
        "package t\n",
        "package t\n\nimport \"example.org/go/pair\"\n",
    );
    fails(&problems(RUST, &go), "t.go:4:", "does not use `pair`");
}

#[test]
fn a_file_that_does_not_parse_fails() {
    let found = with("fn fn (\n", "");
    assert!(
        found[0].starts_with("lib.rs:20: the parser does not understand"),
        "{found:#?}"
    );
}
