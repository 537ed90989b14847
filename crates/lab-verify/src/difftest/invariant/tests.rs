use super::broken;
use crate::{difftest::programs::Answer, difftest::table};

const COUNTING: &str = "\
push\tVALUE:signed:-9..9\t-\tputs
window\tPLACES:whole:1..9\treleases\tkeeps
alloc\tSIZE:whole:1..9\treleases\tmakes
pop\t-\treleases\ttakes
length\t-\t-\ttells
settle\t-\tsettles\twaits
alive\t-\tneeds settle\ttells
live\t-\tneeds settle\ttells
freed\t-\tneeds settle\ttells
";

/// The broken invariant in the output of a script that is performed to its end.
fn said(topic: &str, script: &str, printed: &str) -> Option<String> {
    let answer = Answer::Said {
        code: 0,
        stdout: printed.into(),
        stderr: Vec::new(),
    };
    let table = table::read(COUNTING).expect("a table");
    broken(topic, &table, script.as_bytes(), &answer)
}

#[track_caller]
fn sound(topic: &str, script: &str, printed: &str) {
    assert_eq!(said(topic, script, printed), None);
}

#[track_caller]
fn breaks(topic: &str, script: &str, printed: &str, what: &str) {
    let said = said(topic, script, printed).expect("something is broken");
    assert!(said.contains(what), "{said}");
}

#[test]
fn what_lives_and_what_is_freed_is_what_was_made() {
    let script = "push 1\npush 2\npop\nsettle\nalive\nfreed\n";
    sound("footprint", script, "2\n1 alive\n1 freed\n");
    breaks("footprint", script, "2\n1 alive\n0 freed\n", "2 were made");
    breaks("footprint", script, "2\n1 alive\n2 freed\n", "2 were made");
    breaks(
        "footprint",
        script,
        "2\n-1 alive\n3 freed\n",
        "no more than",
    );
    // Behind another value the answers are of two states.
    sound("footprint", "alive\npush 1\nfreed\n", "0 alive\n0 freed\n");
    // How much an unknown topic makes is not known; what its programs report is still checked.
    sound("thirteenth", "push 1\nalive\nfreed\n", "9 alive\n0 freed\n");
}

#[test]
fn nothing_is_freed_that_was_not_let_go() {
    let script = "push 1\nfreed\npush 2\nfreed\n";
    sound("footprint", script, "0 freed\n0 freed\n");
    breaks(
        "footprint",
        script,
        "0 freed\n1 freed\n",
        "nothing was released",
    );
    breaks(
        "thirteenth",
        script,
        "0 freed\n1 freed\n",
        "nothing was released",
    );
    let script = "push 1\npop\nsettle\nfreed\npop\nsettle\nfreed\n";
    breaks("footprint", script, "1 freed\n0 freed\n", "none comes back");
}

#[test]
fn all_that_lives_can_be_reached() {
    let script = "push 1\nlength\nalive\n";
    sound("footprint", script, "length 1\n1 alive\n");
    breaks(
        "footprint",
        script,
        "length 1\n0 alive\n",
        "1 can be reached",
    );
    breaks(
        "footprint",
        script,
        "length 0\n1 alive\n",
        "0 can be reached",
    );
}

#[test]
fn a_window_holds_no_more_than_it_has_places() {
    let script = "window 1\nalloc 1\nalloc 1\nsettle\nlive\n";
    sound("reclaim", script, "buffer 1\nbuffer 2\n1 live\n");
    breaks(
        "reclaim",
        script,
        "buffer 1\nbuffer 2\n2 live\n",
        "1 places",
    );
}

#[test]
fn a_file_is_closed_once_for_each_time_it_was_opened() {
    sound("destruction", "", "opened a\n1 open\nclosed a\n0 open\n");
    breaks("destruction", "", "opened a\n", "closed in the end");
    breaks("destruction", "", "opened a\nclosed a\nclosed a\n", "once");
    breaks("destruction", "", "opened a\n0 open\nclosed a\n", "1 files");
}

#[test]
fn a_block_lies_where_it_was_asked_for() {
    let script = "alloc 8 8\nalloc 65536 1\nalloc 1 16\n";
    sound(
        "allocator",
        script,
        "block 1 at 0\nno room\nblock 2 at 16\n",
    );
    breaks("allocator", script, "block 1 at 4\n", "multiple of 8");
    breaks(
        "allocator",
        script,
        "block 1 at 0\nblock 2 at 8\n",
        "before",
    );
    breaks("allocator", script, "block 2 at 0\n", "block 1 lies");
}

#[test]
fn what_is_placed_is_traded_or_waits_or_is_cancelled() {
    let script = "sell 9 5\nbuy 9 3\nbook 1\ntrades\ncancel 1\n";
    let output = |trade: &str, buy: &str, book: &str, trades: &str, cancelled: &str| {
        let trade = format!("{trade} at 9 with order 1");
        let orders = format!("order 1: 5 left\n{trade}\norder 2: {buy} left\n");
        let book = format!("sell {book} at 9, order 1\n1 orders wait\n");
        format!("{orders}{book}{trades}\ncancelled {cancelled}\n")
    };
    let total = "1 trades, 3 moved for 27";
    sound("deadline", script, &output("3", "0", "2", total, "2"));
    for (printed, what) in [
        (output("6", "-3", "2", total, "2"), "no more than it has"),
        (output("3", "1", "2", total, "2"), "of order 2 0 are left"),
        (output("3", "0", "3", total, "2"), "of order 1 2 wait"),
        (output("3", "0", "2", "1 trades, 3 moved for 26", "2"), "27"),
        (output("3", "0", "2", total, "5"), "2 of order 1 waited"),
    ] {
        breaks("deadline", script, &printed, what);
    }
    let market = "market 10 1\n";
    let output = |text: &str| format!("10 orders: {text}\n");
    sound(
        "deadline",
        market,
        &output("6 trades, 90 moved for 90000, 4 wait"),
    );
    breaks(
        "deadline",
        market,
        &output("6 trades, 90 moved for 90000, 5 wait"),
        "neither",
    );
    breaks(
        "deadline",
        market,
        &output("6 trades, 90 moved for 93000, 4 wait"),
        "neither",
    );
    breaks(
        "deadline",
        market,
        &output("6 trades, 501 moved for 500000, 4 wait"),
        "neither",
    );
}
