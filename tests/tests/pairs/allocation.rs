//! The topic `allocation`: many short-lived slices, of which the compiler sees more or less.

use predicates::prelude::*;
use tests::{Pair, go_remarks};

tests::contract!("allocation");

const FORMS: [&str; 3] = ["removable", "observed", "escaping"];

#[test]
fn all_forms_of_the_demo_do_the_same_work() {
    let sum: i64 = (0..1_000_000).map(|i| i + 100).sum();
    let forms = FORMS.map(|form| format!("{form}: {sum}\n")).concat();
    let demo = Pair::of("allocation").same(&["demo"]).success();
    let heap = "on the heap: 1000 of 1000 escaping, 0 of 1000 without integers\n";
    demo.stdout(format!("1000000 slices of 100 integers\n{forms}{heap}"));
}

#[test]
fn what_is_removed_and_what_is_allocated_differs() {
    Pair::of("allocation").assert_contrast(&[
        ["allocations of 1000, as written", "*", "0"],
        ["allocations of 1000, removable", "*", "0"],
        ["allocations of 1000, observed", "*", "1000"],
        ["allocations of 1000, escaping", "1000", "1000"],
        [
            "allocations of 1000, removable, length 100 at run time",
            "1000",
            "0",
        ],
        [
            "allocations of 1000, removable, length 4 at run time",
            "*",
            "0",
        ],
        [
            "allocations of 1000, removable, length 0 at run time",
            "0",
            "0",
        ],
        [
            "allocations of 1000, observed, length 100 at run time",
            "1000",
            "1000",
        ],
        [
            "allocations of 1000, observed, length 4 at run time",
            "*",
            "1000",
        ],
        [
            "allocations of 1000, observed, length 0 at run time",
            "0",
            "0",
        ],
        [
            "allocations of 1000, escaping, length 100 at run time",
            "1000",
            "1000",
        ],
        [
            "allocations of 1000, escaping, length 4 at run time",
            "1000",
            "1000",
        ],
        [
            "allocations of 1000, escaping, length 0 at run time",
            "0",
            "0",
        ],
        ["bytes that 1000 escaping slices of 100 take", "*", "800000"],
        [
            "freed of 1000 escaping slices when the loop ends, no collection",
            "0",
            "1000",
        ],
    ]);
}

/// Where the compiler copies a form into its caller, the length is a constant there: no guess of ours,
/// but what it says of the line decides what is expected.
#[test]
fn go_allocates_where_its_compiler_says_so() {
    let pair = Pair::of("allocation");
    let remarks = go_remarks::ask("allocation");
    let calls = [
        ("as written", "AsWritten(slices)"),
        ("removable", "Removable(slices, Length)"),
        ("observed", "Observed(slices, Length)"),
        ("escaping", "Escaping(slices, Length)"),
    ];
    for (form, call) in calls {
        let line = go_remarks::line_of("allocation", "contrast.go", call);
        let at_the_call = remarks
            .iter()
            .find(|r| r.file == "contrast.go" && r.line == line && r.says.contains("make([]int"));
        // Without a remark the form is a call, and there its length is known only at run time.
        let on_the_heap = at_the_call.is_none_or(go_remarks::Remark::names_the_heap);
        let [go, _] = pair.fact(&format!("allocations of 1000, {form}"));
        assert_eq!(
            go,
            if on_the_heap { "1000" } else { "0" },
            "{form}: {at_the_call:?}"
        );
    }
}

/// Otherwise "observed" would be "removable" by another name.
#[test]
fn go_copies_one_of_the_two_functions_into_its_callers_and_not_the_other() {
    let remarks = go_remarks::ask("allocation");
    let copied = |function: &str| {
        let says = format!("inlining call to {function}");
        remarks.iter().any(|remark| remark.says == says)
    };
    assert!(copied("touch"));
    assert!(!copied("touchUnseen"));
}

/// Newer compilers keep up to 32 bytes on the stack: all or none of the two forms, never the third.
#[test]
fn a_small_slice_of_unknown_length_has_one_place_in_go() {
    let pair = Pair::of("allocation");
    let go = |form| {
        let name = format!("allocations of 1000, {form}, length 4 at run time");
        pair.fact(&name)[0].clone()
    };
    assert_eq!(go("removable"), go("observed"));
    assert!(["0", "1000"].contains(&go("observed").as_str()));
}

/// Which sizes Go's heap has is its own affair; it always had one between 800 and 1,024 bytes.
#[test]
fn go_rounds_a_slice_up_to_a_size_of_its_heap() {
    let [go, _] = Pair::of("allocation").fact("bytes that 1000 escaping slices of 100 take");
    let served: usize = go.parse().expect("a number");
    assert!((800_000..=1_024_000).contains(&served), "{served}");
}

#[test]
fn a_million_slices_of_a_hundred_are_one_quick_line() {
    let done = Pair::of("allocation")
        .script("escaping 1000000 100\nsum\n")
        .success();
    done.stdout("escaping 500099500000\nsum 500099500000\n");
}

#[test]
fn the_sum_is_of_all_results_since_it_was_cleared() {
    let script = "slices 2 3\nsum\nclear\nobserved 1 1\nsum\n";
    let done = Pair::of("allocation").script(script).success();
    done.stdout(predicate::str::ends_with(
        "escaping 7\nsum 21\nobserved 1\nsum 1\n",
    ));
}

#[test]
fn more_integers_than_a_line_may_make_are_refused() {
    let too_many = [
        "escaping 100 1000000\nescaping 101 1000000\n",
        "removable 0 0\nslices 5000000 7\n",
    ];
    for script in too_many {
        let refused = Pair::of("allocation").script(script).code(2);
        refused.stderr("error: line 2: more than 100000000 integers\n");
    }
}
