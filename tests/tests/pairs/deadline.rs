//! The topic `deadline`: a frame loop and an order book.

use predicates::prelude::*;
use tests::Pair;

tests::contract!("deadline");

#[test]
fn the_demo_frees_what_its_frames_released() {
    let demo = Pair::of("deadline").same(&["demo"]).success();
    let text = String::from_utf8_lossy(&demo.get_output().stdout).into_owned();
    let numbers: Vec<usize> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    let [made, freed, flying] = numbers[..3] else {
        panic!("three numbers: {text}");
    };
    assert_eq!(made, freed + flying);
    assert!(freed > 0 && flying > 0, "{text}");
    demo.stdout(predicate::str::contains(
        "still for sale: 3 at 101, 5 at 102\n",
    ));
}

#[test]
fn both_allocate_in_a_frame_and_only_rust_frees_in_it() {
    let pair = Pair::of("deadline");
    let [made, freed] = pair.facts([
        "blocks allocated in 60 frames with 100 births",
        "blocks freed by the end of such a world, without a collection",
    ]);
    assert_eq!(made, ["6000", "6000"]);
    let [go, rust] = freed.map(|count| count.parse::<i64>().expect("a count"));
    assert_eq!(go, 0);
    assert!(
        (6000..9000).contains(&rust),
        "about as many as are born, and those that flew before: {rust}"
    );
}

#[test]
fn both_allocate_for_orders_and_only_rust_frees_at_once() {
    let [made, freed] = Pair::of("deadline").facts([
        "blocks allocated for 10000 orders",
        "blocks freed by the end of such a book, without a collection",
    ]);
    let made = made.map(|count| count.parse::<i64>().expect("a count"));
    // How often a list, a queue or a map grows is the library's choice.
    for count in made {
        assert!(
            (5000..30_000).contains(&count),
            "one list of trades for most orders: {count}"
        );
    }
    let [go, rust] = freed.map(|count| count.parse::<i64>().expect("a count"));
    assert_eq!(go, 0);
    let before = rust - made[1];
    assert!(
        (0..300).contains(&before),
        "all of it, and what the book held before: {before} more"
    );
}

#[test]
fn loops_on_memory_held_beforehand_allocate_nothing() {
    let pair = Pair::of("deadline");
    for name in [
        "blocks allocated in such frames on memory held beforehand",
        "blocks allocated for 10000 orders on memory held beforehand",
    ] {
        assert_eq!(pair.fact(name), ["0", "0"], "{name}");
    }
}

#[test]
fn the_best_price_trades_first_and_the_oldest_at_a_price() {
    let script = "sell 102 5\nsell 101 5\nsell 101 5\nbuy 103 12\nbook 9\n";
    let done = Pair::of("deadline").script(script).success();
    done.stdout(predicate::str::ends_with(
        "5 at 101 with order 2\n5 at 101 with order 3\n2 at 102 with order 1\norder 4: 0 left\n\
         sell 3 at 102, order 1\n1 orders wait\n",
    ));
}

#[test]
fn what_does_not_trade_waits_and_can_be_cancelled() {
    let done = Pair::of("deadline")
        .script("buy 100 10\nsell 100 4\ncancel 1\nbook 1\n")
        .success();
    done.stdout(
        "order 1: 10 left\n4 at 100 with order 1\norder 2: 0 left\ncancelled 6\n0 orders wait\n",
    );
}

#[test]
fn an_order_that_does_not_wait_cannot_be_cancelled() {
    let refused = Pair::of("deadline")
        .script("sell 10 1\nbuy 10 1\ncancel 1\n")
        .code(2);
    refused.stderr("error: line 3: order 1 does not wait\n");
}

#[test]
fn ten_thousand_orders_may_wait() {
    let script = "buy 1 1\n".repeat(10_000);
    let done = Pair::of("deadline")
        .script(format!("{script}cancel 5000\nsell 2 1\nbook 1\n"))
        .success();
    done.stdout(predicate::str::ends_with(
        "buy 1 at 1, order 1\n10000 orders wait\n",
    ));
    let refused = Pair::of("deadline")
        .script(format!("{script}sell 1 1\n"))
        .code(2);
    refused.stderr("error: line 10001: more than 10000 orders wait\n");
}

#[test]
fn all_particles_are_freed_once_none_is_born() {
    let script = "births 500\nframe 300\nbirths 0\nframe 40\nparticles\nsettle\nfreed\nalive\n";
    let done = Pair::of("deadline").script(script).success();
    done.stdout("0 particles, checksum 0\n150000 freed\n0 alive\n");
}

#[test]
fn what_was_released_counts_until_it_settles() {
    let refused = Pair::of("deadline")
        .script("births 500\n".to_owned() + &"frame 300\n".repeat(6))
        .code(2);
    refused.stderr("error: line 6: more than 268435456 bytes alive\n");
    let settled = "births 500\n".to_owned() + &"frame 300\nsettle\n".repeat(6) + "freed\n";
    let done = Pair::of("deadline").script(settled).success();
    done.stdout(predicate::str::is_match("^8[89][0-9]{4} freed\n$").expect("a pattern"));
}

#[test]
fn a_question_before_settle_is_refused() {
    for question in ["alive", "freed"] {
        let refused = Pair::of("deadline")
            .script(format!("frame 1\n{question}\n"))
            .code(2);
        refused.stderr(format!(
            "error: line 2: \"{question}\" needs \"settle\" first\n"
        ));
    }
}
