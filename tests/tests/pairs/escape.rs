//! The topic `escape`: where a value lives, and what each compiler tells of it.

use std::{collections::BTreeSet, fs};

use predicates::prelude::*;
use tests::{Pair, go_remarks};

tests::contract!("escape");

#[test]
fn the_demo_tells_what_each_function_returns() {
    let demo = Pair::of("escape").same(&["demo"]).success();
    demo.stdout(predicate::str::starts_with(
        "local 42\nheap 42\nfleeting 42\nlent 42\n",
    ))
    .stdout(predicate::str::ends_with(
        "on the heap, of 100 calls each: local 0, heap 100, known 0, unknown 100, copied 100\n",
    ));
}

/// A hundred calls for each length that allocate once each.
const EACH_ONCE: &str = "100, 100, 100, 100";

/// What Go's compiler or library decides is `*` here, and has a test of its own below.
#[test]
fn what_a_call_allocates_differs() {
    let expected = [
        ["local", "0", "0"],
        ["heap", "*", "100"],
        ["fleeting", "*", "0"],
        ["lent", "*", "0"],
        ["counter", "*", "0"],
        ["counter, copied into its caller", "*", "0"],
        ["any_shape", "*", "100"],
        ["measured", "*", "0"],
        ["any_value of 7", "*", "100"],
        ["any_value of 1000", "*", "100"],
        ["known", "*", "0"],
        ["unknown of 4", "*", "100"],
        ["unknown of 1000", "100", "100"],
        ["grown of 4", "*", "*"],
        ["grown of 1000", "*", "*"],
        ["table of 4", "*", "*"],
        ["table of 1000", "*", "*"],
        ["joined", "*", "*"],
        ["copied", "*", "100"],
        ["spawned", "*", "*"],
        ["1 to 4 numbers appended", "0, 0, 0, 0", EACH_ONCE],
        ["1 to 4 numbers appended and returned", "*", EACH_ONCE],
        [
            "1 to 4 numbers in a slice of that length",
            "0, 0, 0, 0",
            EACH_ONCE,
        ],
    ];
    let mut expected: Vec<_> = expected
        .map(|[call, go, rust]| (format!("allocations of 100 calls, {call}"), go, rust))
        .into();
    expected.push((
        "lines that allocated".to_owned(),
        "*",
        "no profile tells them",
    ));
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, go, rust)| [name.as_str(), go, rust])
        .collect();
    Pair::of("escape").assert_contrast(&expected);
}

/// Vectors, tables, texts, copies and threads: none of them is written with `Box::new`.
#[test]
fn rust_allocates_without_a_box_too() {
    let pair = Pair::of("escape");
    for call in [
        "unknown of 4",
        "grown of 4",
        "table of 4",
        "joined",
        "copied",
        "spawned",
    ] {
        assert!(allocations(&pair, call)[1] > 0, "{call}");
    }
}

/// A box that was written down, and that the optimiser removes.
#[test]
fn rust_does_not_allocate_for_every_box() {
    let pair = Pair::of("escape");
    assert_eq!(
        [
            allocations(&pair, "heap")[1],
            allocations(&pair, "fleeting")[1]
        ],
        [1, 0]
    );
}

/// Each of these lines stands for a function whose calls are counted.
#[test]
fn go_allocates_for_what_its_compiler_names() {
    let pair = Pair::of("escape");
    let named = named();
    let calls = [
        ("local", "x++"),
        ("heap", "x := n + 1"),
        ("fleeting", "return *Heap(n)"),
        ("lent", "increment(&x)"),
        ("counter", "return func() int {"),
        ("any_shape", "return Square{side}"),
        ("measured", "return AreaOf(square)"),
        ("any_value of 1000", "return n\n"),
        ("known", "make([]int, 8)"),
        ("joined", "\"number \" + "),
        ("copied", "slices.Clone("),
        ("spawned", "go func()"),
    ];
    for (call, text) in calls {
        let line = match text {
            "return n\n" => go_remarks::line_of("escape", "escape.go", "func AnyValue") + 1,
            text => go_remarks::line_of("escape", "escape.go", text),
        };
        let [go, _] = allocations(&pair, call);
        assert_eq!(
            go > 0,
            named.contains(&line),
            "{call}: line {line} allocates {go} times"
        );
    }
}

/// What escapes where a function stands alone need not escape where it is copied into its caller.
#[test]
fn an_address_that_is_returned_may_stay_on_the_stack_in_the_caller() {
    let pair = Pair::of("escape");
    let line = go_remarks::line_of("escape", "escape.go", "return *Heap(n)");
    let copied = go_remarks::ask("escape").iter().any(|remark| {
        remark.file == "escape.go" && remark.line == line && remark.says == "inlining call to Heap"
    });
    let stays = copied && !named().contains(&line);
    let [go, _] = allocations(&pair, "fleeting");
    assert_eq!(
        go,
        usize::from(!stays),
        "Heap copied: {copied}, its number stays: {stays}"
    );
    assert_eq!(allocations(&pair, "heap")[0], 1);
}

/// Small numbers lie ready as values of any type; the compiler says the same of both.
#[test]
fn a_line_that_the_compiler_names_need_not_allocate() {
    let pair = Pair::of("escape");
    let line = go_remarks::line_of("escape", "escape.go", "func AnyValue") + 1;
    assert!(named().contains(&line));
    let go = ["any_value of 7", "any_value of 1000"].map(|call| allocations(&pair, call)[0]);
    assert_eq!(go, [0, 1]);
}

/// The profile of a run against the words of the compiler: what is named and what is not.
#[test]
fn go_allocates_in_lines_that_its_compiler_does_not_name() {
    let source = fs::read_to_string(tests::project().root.join("go/escape/escape.go"));
    let source = source.expect("a source");
    let [go, _] = Pair::of("escape").fact("lines that allocated");
    let ran: BTreeSet<usize> = go
        .split(' ')
        .map(|line| line.parse().expect("a line"))
        .collect();
    let named = named();
    // The place of the closure's number is the head of its function.
    let missed: Vec<_> = named.difference(&ran).collect();
    assert!(
        missed.is_empty(),
        "named, but not seen in the run: {missed:?}"
    );
    let unnamed: Vec<_> = ran
        .difference(&named)
        .map(|line| source.lines().nth(line - 1))
        .collect();
    let has = |text| unnamed.iter().flatten().any(|line| line.contains(text));
    // A table's growth is the library's affair. The others are those of the compiler at hand.
    assert!(has("seen[i*i%1000] = true"), "{unnamed:?}");
    let known = [
        "make([]int, count)",
        "append(s, i)",
        "seen[",
        "return sum(s)",
        "make(chan int)",
        "<-result",
        "<- n",
    ];
    let all_known = unnamed
        .iter()
        .flatten()
        .all(|line| known.iter().any(|text| line.contains(text)));
    assert!(all_known, "{unnamed:?}");
}

#[test]
fn texts_are_told_as_they_are() {
    let done = Pair::of("escape")
        .script("joined -7 2\ncounter 40 2\ncopied 1 2\n")
        .success();
    done.stdout("joined number -7\ncounter 42\ncopied 72\n");
}

#[test]
fn more_than_a_line_may_do_is_refused() {
    let limits = [
        ("unknown 100000 11", "more than 1000000 numbers"),
        ("grown 100 100000", "more than 1000000 numbers"),
        ("table 11 100000", "more than 1000000 numbers"),
        ("spawned 0 1001", "TIMES: \"1001\" is not in 1..1000"),
    ];
    for (line, says) in limits {
        let refused = Pair::of("escape")
            .script(format!("local 1 1\n{line}\n"))
            .code(2);
        refused
            .stdout("local 2\n")
            .stderr(format!("error: line 2: {says}\n"));
    }
}

/// Go's count and Rust's.
fn allocations(pair: &Pair, call: &str) -> [usize; 2] {
    let counts = pair.fact(&format!("allocations of 100 calls, {call}"));
    counts.map(|value| value.parse::<usize>().expect("a count") / 100)
}

/// The lines of the teaching file of which Go's compiler says that something goes to the heap.
fn named() -> BTreeSet<usize> {
    let remarks = go_remarks::ask("escape").into_iter();
    let heap = remarks.filter(|remark| remark.file == "escape.go" && remark.names_the_heap());
    heap.map(|remark| remark.line).collect()
}
