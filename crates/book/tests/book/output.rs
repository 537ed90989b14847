//! What the book's program prints: into a closed pipe, onto a full disk, its progress on a terminal.

use tests::process::ended;

use super::stage::Stage;

#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_device_is_one() {
    let stage = Stage::new();
    for words in ["", "--help", "--version"] {
        let shell = |line: &str| ended(&mut stage.shell(&line.replace("WORDS", words)));
        for line in ["BOOK WORDS | true", "BOOK WORDS 2>&1 | true"] {
            let gone = shell(&format!("set -o pipefail; {line}"));
            gone.says(0, &[]);
            assert!(!gone.stderr.contains("panicked"), "{words}: {gone:?}");
        }
        shell("BOOK WORDS >/dev/full").says(1, &["error: cannot print: No space left on device"]);
        shell("BOOK WORDS >/dev/full 2>/dev/full").says(1, &[]);
    }
    let nowhere = "error: --results: /nowhere is not a folder";
    ended(&mut stage.shell("BOOK --results /nowhere")).says(2, &[nowhere]);
    ended(&mut stage.shell("BOOK --results /nowhere 2>/dev/full")).says(2, &[]);
    ended(&mut stage.shell("BOOK --nothing 2>/dev/full")).says(2, &[]);
}

#[test]
fn a_cold_book_says_what_it_does() {
    let stage = Stage::new();
    let cold = stage.book(&[]);
    let parts = [
        "building the programs",
        "asking the programs of x",
        "making the pages",
    ];
    cold.says(0, &parts);
    let warm = stage.book(&[]);
    assert!(!warm.stderr.contains("asking the programs"), "{warm:?}");
    // On a terminal it is one line that changes.
    let mut drawn = std::process::Command::new("script");
    let line = format!("'{}'", env!("CARGO_BIN_EXE_book"));
    drawn
        .args(["-qec", &line, "/dev/null"])
        .current_dir(stage.folder());
    drawn
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh")
        .env_remove("NO_COLOR");
    drawn
        .env_remove("CARGO_TARGET_DIR")
        .env("CARGO", stage.folder().join("bin/cargo"));
    let path = format!("{}:/usr/bin:/bin", stage.folder().join("bin").display());
    let drawn = ended(drawn.env("PATH", path));
    drawn.says(0, &[]);
    assert!(
        drawn.stdout.contains('\r') && drawn.stdout.contains("building"),
        "{drawn:?}"
    );
    assert!(
        !drawn
            .stdout
            .contains("building the programs of both languages …"),
        "{drawn:?}"
    );
}
