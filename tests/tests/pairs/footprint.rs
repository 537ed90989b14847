//! The topic `footprint`: a linked list, and the memory that its nodes take.

use predicates::prelude::*;
use tests::Pair;

tests::contract!("footprint");

#[test]
fn the_demo_frees_every_value() {
    let demo = Pair::of("footprint").same(&["demo"]).success();
    demo.stdout(predicate::str::ends_with(
        "cleared: 0, freed 100006 of 100006\n",
    ));
}

#[test]
fn a_node_is_as_large_in_both_languages_but_for_what_it_carries() {
    Pair::of("footprint").assert_contrast(&[
        ["bytes of a link", "8", "8"],
        ["bytes of an empty list", "24", "16"],
        ["bytes of a node with a 32-bit integer", "16", "16"],
        ["bytes of a node with a 64-bit integer", "16", "16"],
        ["bytes of a node with a text", "24", "32"],
        [
            "bytes of a node with a bool, an integer, a bool",
            "32",
            "24",
        ],
        ["bytes of a node with four integers", "40", "40"],
        [
            "heap bytes counted for 1000 nodes with a 64-bit integer",
            "16000",
            "16000",
        ],
        [
            "heap bytes counted for 1000 nodes with four integers",
            "*",
            "40000",
        ],
        [
            "freed of 1000 nodes once the list went, and after settle",
            "0, 1000",
            "1000, 1000",
        ],
    ]);
}

/// Which sizes Go's heap has is its own affair; between 40 and 64 bytes it always had one.
#[test]
fn go_rounds_a_node_up_to_a_size_of_its_heap() {
    let name = "heap bytes counted for 1000 nodes with four integers";
    let [go, _] = Pair::of("footprint").fact(name);
    let served: usize = go.parse().expect("a number");
    assert!((40_000..64_000).contains(&served), "{served}");
}

#[test]
fn a_million_nodes_are_freed_without_recursion() {
    let script = "fill 1000000\nreverse\nfirst 2\nclear\nsettle\nfreed\n";
    let done = Pair::of("footprint").script(script).success();
    done.stdout("1 2\n1000000 freed\n");
}

#[test]
fn a_million_nodes_that_nobody_clears_are_no_problem_at_the_end() {
    let done = Pair::of("footprint")
        .script("fill 1000000\nsum\n")
        .success();
    done.stdout("sum 500000500000\n");
}

#[test]
fn what_was_let_go_counts_until_it_settles() {
    let script = "fill 600000\nthin 2\nfill 400001\n";
    let refused = Pair::of("footprint").script(script).code(2);
    refused.stderr("error: line 3: more than 1000000 objects alive\n");
    let script = "fill 600000\nthin 2\nsettle\nfill 400001\nalive\n";
    let done = Pair::of("footprint").script(script).success();
    done.stdout("removed 300000\n700001 alive\n");
}

#[test]
fn a_question_before_settle_is_refused() {
    for taking in ["pop", "remove 0", "thin 1", "clear"] {
        let script = format!("push 1\nalive\n{taking}\nfreed\n");
        let refused = Pair::of("footprint").script(script).code(2);
        refused.stderr("error: line 4: \"freed\" needs \"settle\" first\n");
    }
}

#[test]
fn a_place_beyond_the_end_is_refused_or_empty() {
    let done = Pair::of("footprint")
        .script("push 1\nremove 1\npop\npop\n")
        .success();
    done.stdout("none\n1\nnone\n");
    let refused = Pair::of("footprint").script("push 1\ninsert 2 1\n").code(2);
    refused.stderr("error: line 2: the list ends before 2\n");
}

#[test]
fn taking_and_putting_at_any_place_works_in_a_long_list() {
    let script = "fill 100000\nremove 99999\nremove 50000\ninsert 99998 7\nremove 99998\nlength\n";
    let done = Pair::of("footprint").script(script).success();
    done.stdout("1\n50000\n7\nlength 99998\n");
}
