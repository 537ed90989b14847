//! The topic `destruction`: files are closed on every way out of a scope.

use predicates::prelude::*;
use tests::{Pair, assert_scene};

tests::contract!("destruction");

fn pair() -> Pair {
    Pair::of("destruction")
}

#[test]
fn the_demo_closes_every_file_last_to_first() {
    let demo = pair().same(&["demo"]).success();
    let closings = predicate::str::contains("closed two\nclosed one\n").count(3);
    let open = predicate::str::contains(", 0 open\n").count(5);
    let panic = predicate::str::contains("a panic: caught true");
    demo.stdout(closings.and(open).and(panic));
}

#[test]
fn only_go_leaves_a_forgotten_file_to_the_collector() {
    let order = "1 2 3 4 5 6 7 8 9 10";
    pair().assert_contrast(&[
        [
            "descriptors when 10 files were forgotten, and after settle",
            "10, 0",
            "0, 0",
        ],
        [
            "descriptors in a block that opened 10 files, and behind it",
            "10, 10",
            "10, 0",
        ],
        [
            "descriptors in a loop that opened 10 files, and behind its break",
            "10, 10",
            "10, 0",
        ],
        ["a list of 10 files that goes closes", "none", order],
        [
            "descriptors of 10 files that nobody will ever close, after settle",
            "10",
            "10",
        ],
        [
            "of a chain of 10 values, a finalizer on each: collections, freed",
            "10, 10",
            "0, 10",
        ],
        [
            "of a chain of 10 values, a cleanup on each: collections, freed",
            "1, 10",
            "0, 10",
        ],
        [
            "of 10 values without links, a finalizer on each: collections, freed",
            "1, 10",
            "0, 10",
        ],
    ]);
}

#[test]
fn a_forgotten_file_is_garbage_in_go_and_closed_in_rust() {
    let expected = [
        ["open", "a alive", "a alive"],
        ["forget", "a alive, b garbage", "a alive, b freed"],
        ["settle", "a alive, b freed", "a alive, b freed"],
    ];
    assert_scene(&pair(), "A forgotten close", &expected);
    let expected = [
        ["forget", "a b alive, c garbage", "a b alive, c freed"],
        ["end", "a b freed, c garbage", "a b c freed"],
        ["settle", "a b c freed", "a b c freed"],
    ];
    assert_scene(&pair(), "The end of a scope", &expected);
}

#[test]
fn only_rust_closes_a_file_with_its_block() {
    let expected = [
        ["open", "a alive", "a alive"],
        ["end", "a b alive", "a alive, b freed"],
        ["settle", "a b alive", "a alive, b freed"],
        ["return", "a b freed", "a b freed"],
    ];
    assert_scene(&pair(), "The end of a block", &expected);
}

#[test]
fn every_way_out_of_nested_scopes_closes_in_the_same_order() {
    let opened = "write a 1\nwrite b 1\nwrite c 1\nscope\nopen a\nscope\nopen b\nopen c\n";
    let ways = [
        ("end\nend\n", "closed c\nclosed b\nclosed a\n"),
        ("return\nreturn\n", "closed c\nclosed b\nclosed a\n"),
        (
            "fail\n",
            "closed c\nclosed b\nclosed a\nfailed: on purpose\n",
        ),
        ("panic\n", "closed c\nclosed b\nclosed a\ncaught a panic\n"),
        ("", "closed c\nclosed b\nclosed a\n"),
    ];
    for (way, closed) in ways {
        let script = format!("{opened}{way}");
        let done = pair().script(script).success().stderr("");
        let expected = format!("opened a\nopened b\nopened c\n{closed}");
        done.stdout(expected);
    }
}

#[test]
fn a_refused_line_closes_what_is_open_and_says_so() {
    let script = "write a 1\nwrite b 1\nopen a\nscope\nopen b\nread a\n";
    let refused = pair().script(script).code(2);
    let refused = refused.stdout("opened a\nopened b\nclosed b\nclosed a\n");
    refused.stderr("error: line 6: \"a\" is not open in this scope\n");
}

#[test]
fn a_missing_file_is_an_error_that_closes_the_scopes() {
    let done = pair()
        .script("write a 1\nopen a\nscope\nopen b\ndescriptors\n")
        .success();
    let says = "failed: no such file or directory\n0 open\n";
    done.stdout(format!("opened a\nclosed a\n{says}"));
}

#[test]
fn a_question_before_settle_is_refused() {
    let refused = pair().script("write a 1\nforget a\ndescriptors\n").code(2);
    refused.stderr("error: line 3: \"descriptors\" needs \"settle\" first\n");
}

#[test]
fn scopes_files_and_writes_are_limited() {
    let limits = [
        (
            "scope\n".repeat(101),
            "line 101: more than 100 scopes inside each other",
        ),
        (
            format!("write a 1\n{}", "open a\n".repeat(101)),
            "line 102: more than 100 files open",
        ),
        (
            format!("write a 1\n{}", "forget a\n".repeat(101)),
            "line 102: more than 100 files open",
        ),
        (
            "write a 1\n".repeat(10_001),
            "line 10001: more than 10000 files written",
        ),
    ];
    for (script, says) in limits {
        pair()
            .script(script)
            .code(2)
            .stderr(format!("error: {says}\n"));
    }
    let round = "scope\nopen a\nforget a\nend\nsettle\n".repeat(200);
    let done = pair()
        .script(format!("write a 1\n{round}descriptors\n"))
        .success();
    done.stdout(predicate::str::ends_with("closed a\n0 open\n"));
}

#[test]
fn nothing_is_closed_when_the_process_exits_inside_a_scope() {
    pair()
        .same(&["exit"])
        .success()
        .stdout("opened /dev/null\n")
        .stderr("");
    pair().same(&["exit", "more"]).code(2);
}

#[test]
fn no_folder_stays_behind() {
    let pair = pair();
    let own = std::env::temp_dir().join(format!("tests-destruction-{}", std::process::id()));
    std::fs::create_dir_all(&own).expect("a folder");
    for mut command in [pair.rust(&["replay"]), pair.go(&["replay"])] {
        let command = command.env("TMPDIR", &own);
        command
            .write_stdin("write a 1\nscope\nopen a\npanic\nnonsense\n")
            .assert()
            .code(2);
    }
    let left = std::fs::read_dir(&own).expect("the folder").count();
    std::fs::remove_dir_all(&own).expect("the folder goes");
    assert_eq!(left, 0);
}

#[cfg(unix)]
#[test]
fn both_make_their_folder_in_the_same_places_and_fail_with_the_same_words() {
    let pair = pair();
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("file"), "").expect("a file");
    std::fs::create_dir(place("real")).expect("a folder");
    for (link, target) in [("link", "real"), ("loop", "loop"), ("nowhere", "missing")] {
        std::os::unix::fs::symlink(target, place(link)).expect("a link");
    }
    let usual = pair.same(&["demo"]).success();
    let usual = &usual.get_output().stdout;
    for (name, works) in [
        ("real", true),
        ("link", true),
        ("missing", false),
        ("file", false),
        ("loop", false),
        ("nowhere", false),
    ] {
        let run = |mut command: assert_cmd::Command| command.env("TMPDIR", place(name)).output();
        let [rust, go] = [pair.rust(&["demo"]), pair.go(&["demo"])].map(run);
        let (rust, go) = (rust.expect("it starts"), go.expect("it starts"));
        assert_eq!(rust, go, "{name}");
        assert_eq!(rust.status.success(), works, "{name}");
        if works {
            assert_eq!(rust.stdout, *usual, "{name}");
        } else {
            let said = String::from_utf8_lossy(&rust.stderr);
            assert!(
                said.starts_with("error: no folder can be made in \"/"),
                "{said}"
            );
        }
    }
    for mut command in [pair.rust(&["demo"]), pair.go(&["demo"])] {
        let command = command.env("TMPDIR", "").current_dir("/");
        assert_eq!(&command.assert().success().get_output().stdout, usual);
    }
    let command = |command: &mut assert_cmd::Command| {
        let command = command.env("TMPDIR", "real").current_dir(folder.path());
        command.assert().success().get_output().stdout.clone()
    };
    for mut one in [pair.rust(&["demo"]), pair.go(&["demo"])] {
        assert_eq!(command(&mut one), *usual, "a relative path");
    }
}
