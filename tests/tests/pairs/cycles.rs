//! The topic `cycles`: a tree with links upwards.

use predicates::prelude::*;
use tests::{Pair, assert_scene};

tests::contract!("cycles");

#[test]
fn the_demo_frees_every_node() {
    let demo = Pair::of("cycles").same(&["demo"]).success();
    demo.stdout(predicate::str::ends_with("freed in the end: 4 of 4\n"));
}

#[test]
fn only_go_frees_a_cycle_of_strong_links() {
    Pair::of("cycles").assert_contrast(&[
        [
            "of 1000 nodes with strong links both ways: freed, alive",
            "1000, 0",
            "0, 1000",
        ],
        [
            "of 1000 nodes with strong links both ways, a cleanup on one: freed, alive",
            "1000, 0",
            "0, 1000",
        ],
        [
            "of 1000 nodes with strong links both ways, a finalizer on one: freed, alive",
            "0, 1000",
            "0, 1000",
        ],
        [
            "alive of a chain of 1000 while its last node is held",
            "1000",
            "1",
        ],
        ["steps up from the node that is held", "999", "0"],
    ]);
}

#[test]
fn what_a_script_lets_go_is_garbage_in_go_and_freed_in_rust() {
    let title = "A script lets a node go";
    assert_scene(
        &Pair::of("cycles"),
        title,
        &[
            ["chain", "1 2 3 alive", "1 2 3 alive"],
            ["drop", "1 garbage, 2 3 alive", "1 freed, 2 3 alive"],
            ["settle", "1 freed, 2 3 alive", "1 freed, 2 3 alive"],
        ],
    );
}

#[test]
fn only_go_keeps_a_parent_for_its_child() {
    let (all, one) = ("1 2 3 alive", "1 2 freed, 3 alive");
    let expected = [["hold", all, all], ["drop", all, one], ["settle", all, one]];
    assert_scene(&Pair::of("cycles"), "A child is held", &expected);
}

#[test]
fn only_rust_leaks_strong_links_both_ways() {
    let expected = [
        ["knots", "1 2 3 alive", "1 2 3 alive"],
        ["drop", "1 2 3 garbage", "1 2 3 leaked"],
        ["settle", "1 2 3 freed", "1 2 3 leaked"],
    ];
    assert_scene(&Pair::of("cycles"), "Strong links both ways", &expected);
}

#[test]
fn go_leaks_a_cycle_with_a_finalizer() {
    let script = "knots 2\nfinalize 1\ndrop 1\nsettle\n";
    let pair = Pair::of("cycles");
    for mut command in [pair.go(&["parts"]), pair.rust(&["parts"])] {
        let done = command.write_stdin(script).assert().success();
        let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        let settled = text.lines().find(|line| line.contains("\"settle\""));
        let counts = "\"counts\":{\"alive\":0,\"freed\":0,\"garbage\":0,\"leaked\":2}";
        assert!(settled.is_some_and(|line| line.contains(counts)), "{text}");
    }
}

/// What the benchmark publishes for depth 10: how many trees of a depth, and their nodes together.
const PUBLISHED: &str = "\
stretch tree of depth 11\t check: 4095
1024\t trees of depth 4\t check: 31744
256\t trees of depth 6\t check: 32512
64\t trees of depth 8\t check: 32704
16\t trees of depth 10\t check: 32752
long lived tree of depth 10\t check: 2047
";

#[test]
fn binary_trees_are_those_of_the_benchmark() {
    let check = |line: &str| -> u64 {
        let (_, check) = line.split_once("check: ").expect("a check");
        check.parse().expect("a number")
    };
    let checks: u64 = PUBLISHED.lines().map(check).sum();
    let pair = Pair::of("cycles");
    for case in ["binary_trees", "binary_trees_arena"] {
        let arguments = ["measure", case, "--scale", "2047", "--samples", "1"];
        for mut command in [pair.go(&arguments), pair.rust(&arguments)] {
            let answer = format!("\"answer\":\"{checks}\"");
            let done = command.assert().success();
            done.stdout(predicate::str::contains(answer));
        }
    }
}

#[test]
fn a_million_nodes_below_each_other_are_freed_without_recursion() {
    let script = "chain 1000000\ndepth 1000000\ndrop 1\nsettle\nfreed\n";
    let expected = "nodes 1 to 1000000\ndepth 999999\nremoved 1000000\n1000000 freed\n";
    Pair::of("cycles").script(script).success().stdout(expected);
}

#[test]
fn what_was_let_go_counts_until_it_settles() {
    let script = "chain 600000\ndrop 1\nchain 400001\n";
    let refused = Pair::of("cycles").script(script).code(2);
    refused.stderr("error: line 3: more than 1000000 objects alive\n");
    let script = "chain 600000\ndrop 1\nsettle\nchain 400001\nalive\n";
    let done = Pair::of("cycles").script(script).success();
    done.stdout(predicate::str::ends_with("400001 alive\n"));
}

#[test]
fn a_question_before_settle_is_refused() {
    let refused = Pair::of("cycles").script("node\ndrop 1\nalive\n").code(2);
    refused.stderr("error: line 3: \"alive\" needs \"settle\" first\n");
}

#[test]
fn a_link_that_would_make_a_loop_is_refused() {
    let refused = Pair::of("cycles").script("chain 3\nlink 3 1\n").code(2);
    refused.stderr("error: line 2: 1 is above 3\n");
}
