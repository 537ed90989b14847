//! The topic `sharing`: one value and many workers.

use predicates::prelude::*;
use tests::{Pair, assert_scene};

tests::contract!("sharing");

#[test]
fn the_demo_waits_for_both_workers_and_frees_after_the_last() {
    let demo = Pair::of("sharing").same(&["demo"]).success();
    demo.stdout(predicate::str::starts_with(
        "worker 0 read \"shared\"\nworker 1 read \"shared\"\n",
    ))
    .stdout(predicate::str::contains(
        "freed after the first worker: 0 of 1\n",
    ))
    .stdout(predicate::str::ends_with(
        "freed after the last worker: 1 of 1\n",
    ));
}

#[test]
fn rust_knows_at_once_what_go_knows_after_a_collection() {
    Pair::of("sharing").assert_contrast(&[
        [
            "freed of 10 values when their last workers have ended, and after settle",
            "0, 10",
            "10, 10",
        ],
        [
            "weak handles that still find their values before settle",
            "10 of 10",
            "0 of 10",
        ],
        [
            "bytes allocated for 1000 shared values of 64 bytes",
            "64000",
            "80000",
        ],
    ]);
}

#[test]
fn only_go_keeps_the_value_of_a_worker_that_nobody_closes() {
    let expected = [
        ["share", "1 alive", "1 alive"],
        ["close", "1 alive", "1 alive"],
        ["forget", "1 leaked", "1 freed"],
        ["settle", "1 leaked", "1 freed"],
    ];
    assert_scene(
        &Pair::of("sharing"),
        "A worker that nobody closes",
        &expected,
    );
}

#[test]
fn a_trace_names_the_workers_that_hold_a_value() {
    let script = "share 2\nshare 1\ndrop 1\n";
    let held = [
        ("[\"1\"]", "worker 1:1 worker 2:1"),
        ("[\"1\",\"2\"]", "worker 1:1 worker 2:1 worker 3:2"),
        ("[\"1\",\"2\"]", "worker 2:1 worker 3:2"),
        ("[]", ""),
    ];
    let expected = held.map(|(held, links)| {
        let link = |link: &str| {
            let (from, to) = link.split_once(':').expect("a link");
            format!("{{\"from\":\"worker {from}\",\"kind\":\"strong\",\"to\":\"{to}\"}}")
        };
        let links: Vec<String> = links
            .split("worker ")
            .skip(1)
            .map(|l| link(l.trim()))
            .collect();
        format!("\"held\":{held},\"links\":[{}]}}", links.join(","))
    });
    let pair = Pair::of("sharing");
    for mut command in [
        pair.go(&["replay", "--trace"]),
        pair.rust(&["replay", "--trace"]),
    ] {
        let done = command.write_stdin(script).assert().success();
        let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        for (line, expected) in text.lines().zip(&expected) {
            assert!(line.ends_with(expected), "{line}\n{expected}");
        }
    }
}

#[test]
fn a_value_is_freed_exactly_once_after_its_last_worker() {
    for last in 1..=3 {
        let mut script = "share 3\n".to_owned();
        for worker in (1..=3).filter(|&worker| worker != last) {
            script = format!("{script}drop {worker}\nsettle\nfreed\n");
        }
        script = format!("{script}drop {last}\nsettle\nfreed\nalive\n");
        let done = Pair::of("sharing").script(script).success();
        done.stdout(
            "value 1: workers 1 to 3\n2 workers left\n0 freed\n1 workers left\n0 freed\n\
             0 workers left\n1 freed\n0 alive\n",
        );
    }
}

#[test]
fn the_workers_of_a_value_add_to_the_same_number() {
    let done = Pair::of("sharing")
        .script("share 64\nwork 1 10000\nwork 1 1\n")
        .success();
    done.stdout("value 1: workers 1 to 64\nvalue 1: 640000\nvalue 1: 640064\n");
}

#[test]
fn a_clone_keeps_the_value_when_the_first_worker_ends() {
    let done = Pair::of("sharing")
        .script("share 1\nclone 1\ndrop 1\ncount 1\nwork 1 5\n")
        .success();
    done.stdout(predicate::str::ends_with(
        "1 workers left\n1 workers\nvalue 1: 5\n",
    ));
}

#[test]
fn there_are_at_most_64_workers_at_once() {
    let refused = Pair::of("sharing").script("share 64\nclone 1\n").code(2);
    refused.stderr("error: line 2: more than 64 workers\n");
    let done = Pair::of("sharing")
        .script("share 64\ndrop 1\nshare 1\n")
        .success();
    done.stdout(predicate::str::ends_with("value 2: workers 65 to 65\n"));
}

#[test]
fn what_has_ended_cannot_be_used() {
    let refused = Pair::of("sharing")
        .script("share 1\ndrop 1\nclone 1\n")
        .code(2);
    refused.stderr("error: line 3: worker 1 has ended or never was\n");
    let refused = Pair::of("sharing")
        .script("share 1\ndrop 1\ncount 1\n")
        .code(2);
    refused.stderr("error: line 3: 1 is not alive\n");
}

#[test]
fn a_question_before_settle_is_refused() {
    for question in ["alive", "freed"] {
        let refused = Pair::of("sharing")
            .script(format!("share 2\ndrop 1\n{question}\n"))
            .code(2);
        refused.stderr(format!(
            "error: line 3: \"{question}\" needs \"settle\" first\n"
        ));
    }
}

#[test]
fn a_value_is_freed_a_hundred_times_without_luck() {
    let mut script = String::new();
    for worker in 0..100 {
        script = format!(
            "{script}share 2\nwork {0} 10\ndrop {1}\ndrop {2}\nsettle\nfreed\n",
            worker + 1,
            2 * worker + 1,
            2 * worker + 2
        );
    }
    let done = Pair::of("sharing").script(script).success();
    done.stdout(predicate::str::ends_with("100 freed\n"));
}
