//! The topic `pauses`: requests over a live heap, and on whose time what they let go is freed.

use predicates::prelude::*;
use tests::Pair;

tests::contract!("pauses");

#[test]
fn the_demo_frees_every_visit_in_the_end() {
    let demo = Pair::of("pauses").same(&["demo"]).success();
    demo.stdout(
        predicate::str::contains("one by one: 54002 of 90002\n")
            .and(predicate::str::ends_with("at once: 90002 of 90002\n")),
    );
}

#[test]
fn only_rust_frees_on_the_thread_that_lets_go() {
    Pair::of("pauses").assert_contrast(&[
        [
            "visits that 100000 requests freed before they returned, and by settle",
            "0, 100000",
            "100000, 100000",
        ],
        [
            "visits that closing 10 sessions freed before it returned, and by settle",
            "0, 40",
            "40, 40",
        ],
        [
            "visits that closing 24990 sessions at once freed, and by settle",
            "0, 99960",
            "99960, 99960",
        ],
        ["blocks that it gave back before it returned", "0", "124951"],
    ]);
}

#[test]
fn a_request_frees_the_oldest_visit_of_its_session() {
    let script = "live 1\nrequest 1\nhistory 1\nsettle\nalive\nfreed\n";
    let expected = "sessions 1 to 1\n1024 bytes of 6\nvisits 5 4 3 2\n4 alive\n1 freed\n";
    Pair::of("pauses").script(script).success().stdout(expected);
}

#[test]
fn the_seed_alone_decides_the_checksum() {
    let pair = Pair::of("pauses");
    let pages = |seed| {
        let done = pair
            .script(format!("live 100\nrequests 1000 {seed}\n"))
            .success();
        String::from_utf8_lossy(&done.get_output().stdout).into_owned()
    };
    assert_eq!(pages(1), pages(1));
    assert_ne!(pages(1), pages(2));
}

#[test]
fn a_million_visits_are_freed_at_once_and_one_by_one() {
    for drop in ["clear", "drop 250000"] {
        let script = format!("live 250000\n{drop}\nsettle\nfreed\nalive\nsessions\n");
        let expected = "sessions 1 to 250000\n1000000 freed\n0 alive\n0 open\n";
        Pair::of("pauses").script(script).success().stdout(expected);
    }
}

#[test]
fn what_was_let_go_counts_until_it_settles() {
    let script = "live 200000\nrequests 100000 1\nrequests 100000 2\nrequests 1 3\n";
    let refused = Pair::of("pauses").script(script).code(2);
    refused.stderr("error: line 4: more than 1000000 objects alive\n");
}

#[test]
fn a_question_before_settle_is_refused_whatever_was_let_go() {
    for line in ["request 1", "requests 1 1", "drop 1", "clear"] {
        let refused = Pair::of("pauses")
            .script(format!("live 1\n{line}\nalive\n"))
            .code(2);
        refused.stderr("error: line 3: \"alive\" needs \"settle\" first\n");
    }
}

#[test]
fn a_session_that_is_not_open_is_refused() {
    let says = |script: &str, error: &str| {
        let refused = Pair::of("pauses").script(script).code(2);
        refused.stderr(format!("error: {error}\n"));
    };
    says("live 2\ndrop 1\nrequest 1\n", "line 3: 1 is not alive");
    says("live 2\nclear\nhistory 2\n", "line 3: 2 is not alive");
    says("live 2\ndrop 3\n", "line 2: only 2 sessions are open");
    says("requests 1 1\n", "line 1: no session is open");
}
