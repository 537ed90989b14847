use std::{panic, sync::Mutex};

use assert_cmd::Command;

use super::*;
use crate::stage::write_program;

/// Two programs that are shell scripts, called with this standard input.
fn same(folder: &Path, rust: &str, go: &str, stdin: &[u8]) -> Same {
    let program = |language: &str, text: &str| {
        let path = folder.join(language).join("topic");
        write_program(&path, &format!("#!/bin/sh\ncat >/dev/null\n{text}\n"));
        path
    };
    let programs = [program("rust", rust), program("go", go)];
    let run = |program: &Path| Command::new(program).write_stdin(stdin).assert();
    let (rust, go) = (run(&programs[0]), run(&programs[1]));
    let call = Call {
        programs,
        arguments: vec!["replay".to_owned()],
        stdin: stdin.to_owned(),
        folder: folder.join("failed"),
    };
    Same::compare(call, rust, &go)
}

/// The message of a panic, and the file where it is said to be.
fn panics(work: impl FnOnce() + panic::UnwindSafe) -> (String, String) {
    static HOOK: Mutex<()> = Mutex::new(());
    static PLACE: Mutex<String> = Mutex::new(String::new());
    let _alone = HOOK.lock();
    let before = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        let place = info.location().expect("a place");
        *PLACE.lock().expect("a place") = format!("{}:{}", place.file(), place.line());
    }));
    let panic = panic::catch_unwind(work).expect_err("it fails");
    panic::set_hook(before);
    let text = panic.downcast_ref::<String>().expect("a text").clone();
    (text, PLACE.lock().expect("a place").clone())
}

#[test]
fn a_failure_shows_the_first_differing_line_and_the_command_in_few_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let stdin = "# ä \u{1f980}\n".repeat(100_000);
    let rust = "seq 1 100000; yes ä | head -c 100000 >&2; exit 1";
    let go = "seq 1 77; echo x; seq 79 100000; exit 0";
    let (text, _) = panics(|| {
        same(folder.path(), rust, go, stdin.as_bytes());
    });
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() <= MAX_LINES, "{} lines:\n{text}", lines.len());
    assert!(
        text.contains("line 78 of standard output differs"),
        "{text}"
    );
    assert!(text.contains("Rust: 78\n  Go:   x\n"), "{text}");
    assert!(text.contains("100000 lines"), "{text}");
    let again = lines.last().expect("a line");
    let path = again
        .split('<')
        .nth(2)
        .and_then(|rest| rest.split(';').next());
    let kept = fs::read(path.expect("a path")).expect("a kept script");
    assert_eq!(kept, stdin.as_bytes(), "{again}");
}

#[test]
fn a_wrong_output_of_both_is_told_in_few_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "seq 1 100000; head -c 100000 /dev/zero";
    let (text, _) = panics(|| {
        same(folder.path(), long, long, b"x").code(2);
    });
    assert!(text.lines().count() <= MAX_LINES, "{text}");
    let widest = text.lines().map(str::len).max();
    assert!(widest < Some(1000), "{widest:?}");
}

#[test]
fn an_exit_code_alone_and_an_error_alone_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    let (text, _) = panics(|| {
        same(folder.path(), "exit 1", "exit 2", b"");
    });
    assert!(text.contains("exit code differs"), "{text}");
    let (text, _) = panics(|| {
        same(folder.path(), "echo a >&2", "echo b >&2", b"");
    });
    assert!(text.contains("line 1 of standard error differs"), "{text}");
}

#[test]
fn a_failure_is_told_at_the_line_that_demands() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = line!() + 2;
    let (_, place) = panics(|| {
        same(folder.path(), "exit 1", "exit 1", b"").success();
    });
    assert_eq!(place, format!("{}:{line}", file!()));
    let line = line!() + 3;
    let pair = crate::Pair::of("cycles");
    let (_, place) = panics(|| {
        pair.script("node\n").code(2);
    });
    assert_eq!(place, format!("{}:{line}", file!()));
    let line = line!() + 2;
    let (_, place) = panics(|| {
        pair.assert_contrast(&[]);
    });
    assert_eq!(place, format!("{}:{line}", file!()));
}
