//! The topic `reclaim`: who frees the buffers that have left the window, and when.

use predicates::prelude::*;
use tests::Pair;

tests::contract!("reclaim");

#[test]
fn the_demo_frees_all_that_is_no_longer_in_the_window() {
    let demo = Pair::of("reclaim").same(&["demo"]).success();
    demo.stdout(
        predicate::str::contains("freed behind them: 100000\n")
            .and(predicate::str::contains("after 10000 buffers: 1000\n"))
            .and(predicate::str::ends_with("alive in the end: 0\n")),
    );
}

#[test]
fn only_rust_frees_at_the_end_of_the_scope() {
    Pair::of("reclaim").assert_contrast(&[
        [
            "freed of 1000 buffers at the end of their scopes, and after settle",
            "0, 1000",
            "1000, 1000",
        ],
        [
            "freed of 1000 buffers behind a window of 10, and after settle",
            "0, 990",
            "990, 990",
        ],
        [
            "bytes given back of 1000 buffers of 1024 bytes, without a collection",
            "0",
            "1024000",
        ],
    ]);
}

#[test]
fn a_window_keeps_as_many_as_it_has_places() {
    let script = "window 10\nallocs 25 100\nsettle\nlive\nfreed\n";
    let expected = "buffers 1 to 25\n10 live\n15 freed\n";
    Pair::of("reclaim")
        .script(script)
        .success()
        .stdout(expected);
}

#[test]
fn a_million_buffers_are_freed_in_one_scope() {
    let script = "scope 1000000 64\nsettle\nfreed\nlive\n";
    let done = Pair::of("reclaim").script(script).success();
    done.stdout(predicate::str::ends_with("1000000 freed\n0 live\n"));
}

#[test]
fn a_question_before_settle_is_refused_whatever_was_let_go() {
    for (question, line) in [
        ("live", "alloc 1"),
        ("freed", "window 5"),
        ("live", "clear"),
    ] {
        let refused = Pair::of("reclaim")
            .script(format!("{line}\n{question}\n"))
            .code(2);
        refused.stderr(format!(
            "error: line 2: \"{question}\" needs \"settle\" first\n"
        ));
    }
}

#[test]
fn what_was_let_go_counts_until_it_settles() {
    let refused = Pair::of("reclaim")
        .script("scope 16 16777216\nalloc 1\n")
        .code(2);
    refused.stderr("error: line 2: more than 268435456 bytes alive\n");
    let refused = Pair::of("reclaim")
        .script("scope 600000 1\nallocs 400001 1\n")
        .code(2);
    refused.stderr("error: line 2: more than 1000000 objects alive\n");
    let script = "scope 16 16777216\nsettle\nallocs 16 16777216\n";
    Pair::of("reclaim").script(script).success();
}
