//! The topic `leaks`: a cache that only grows, and one with a limit.

use predicates::prelude::*;
use tests::{Pair, assert_scene};

tests::contract!("leaks");

fn pair() -> Pair {
    Pair::of("leaks")
}

#[test]
fn the_demo_keeps_all_without_a_limit_and_ten_with_one() {
    let demo = pair().same(&["demo"]).success();
    let grows =
        predicate::str::starts_with("the cache that only grows: 1000 of 1000 values live\n");
    let limited = predicate::str::contains("the cache with a limit: 10 of 1000 values live\n");
    let freed = predicate::str::contains("emptied: 0 of 1000 values live\n").count(2);
    demo.stdout(grows.and(limited).and(freed));
}

#[test]
fn each_side_leaks_in_its_own_way() {
    pair().assert_contrast(&[
        [
            "a map of 100000 keys keeps its room when they are removed",
            "true",
            "true",
        ],
        [
            "bytes that the first 8 of 8192000 keep alive",
            "8192000",
            "8",
        ],
        [
            "of 10 receivers whose senders are gone: still blocked, ended",
            "10, 0",
            "0, 10",
        ],
        [
            "of 1000 shared values that hold each other in a ring: freed, alive",
            "1000, 0",
            "0, 1000",
        ],
        [
            "of 1000 values in a channel that holds its own receiver: freed, alive",
            "1000, 0",
            "0, 1000",
        ],
    ]);
}

#[test]
fn only_go_keeps_a_buffer_for_its_first_bytes() {
    let expected = [
        ["buffer", "1 alive", "1 alive"],
        ["header", "1 alive", "1 freed"],
        ["settle", "1 alive", "1 freed"],
        ["drop", "1 garbage", "1 freed"],
    ];
    assert_scene(&pair(), "The first bytes of a buffer", &expected);
}

#[test]
fn only_go_leaks_a_receiver_without_a_sender() {
    let expected = [
        ["receiver", "1 alive", "1 alive"],
        ["drop", "1 leaked", "1 freed"],
        ["settle", "1 leaked", "1 freed"],
    ];
    assert_scene(&pair(), "A receiver without a sender", &expected);
}

#[test]
fn only_rust_leaks_a_channel_that_holds_its_own_receiver() {
    let expected = [
        ["mailbox", "1 2 3 alive", "1 2 3 alive"],
        ["drop", "1 2 3 garbage", "1 2 3 leaked"],
        ["settle", "1 2 3 freed", "1 2 3 leaked"],
    ];
    assert_scene(&pair(), "A channel that holds its own receiver", &expected);
}

#[test]
fn a_growing_cache_keeps_what_a_limited_one_lets_go() {
    let fill = |word: &str| {
        let lines = (0..100).map(|number| format!("{word} k{number} 1000\n"));
        lines.collect::<String>() + "settle\nalive\nfreed\n"
    };
    let grown = pair().script(fill("add")).success();
    grown.stdout(predicate::str::ends_with(
        "added k99: 100 values\n100 alive\n0 freed\n",
    ));
    let limited = pair().script(fill("put")).success();
    limited.stdout(predicate::str::ends_with(
        "put k99: k96 removed\n3 alive\n97 freed\n",
    ));
}

#[test]
fn a_million_values_go_through_a_cache_with_a_limit() {
    let script = "limit 1000\nfill 100000 8\nsettle\n".repeat(10) + "freed\nalive\n";
    let done = pair().script(script).success();
    done.stdout(predicate::str::ends_with("999000 freed\n1000 alive\n"));
}

#[test]
fn a_question_before_settle_is_refused() {
    for (question, line) in [("alive", "put a 1\nevict\n"), ("freed", "add a 1\nget a\n")] {
        let refused = pair().script(format!("{line}{question}\n")).code(2);
        refused.stderr(format!(
            "error: line 3: \"{question}\" needs \"settle\" first\n"
        ));
    }
}

#[test]
fn what_lives_is_limited() {
    let bytes = "limit 300\nfill 255 1048576\nput a 1048576\n";
    let refused = pair().script(bytes).code(2);
    refused.stderr("error: line 3: more than 268435456 bytes alive\n");
    let objects = "fill 100000 0\n".repeat(11);
    let refused = pair().script(objects).code(2);
    refused.stderr("error: line 11: more than 1000000 objects alive\n");
}
