//! Files and output of the command: what it writes, where, and into which pipes.

use std::fs;

use tests::process::ended;

use crate::stage::Stage;

#[test]
fn a_named_folder_counts_from_where_one_stands() {
    let stage = Stage::new("");
    let mut measure = stage.command(&["measure", "--blocks", "1", "--results", "mine"]);
    let measured = ended(measure.current_dir(stage.folder().join("go")));
    assert_eq!(measured.code, 0, "{measured:?}");
    assert!(measured.stdout.contains("Result: mine/2"), "{measured:?}");
    assert!(stage.folder().join("go/mine/lock").is_file());
    assert!(!stage.folder().join("mine").exists() && !stage.folder().join("results").exists());
    let mut usual = stage.command(&["measure", "--blocks", "1"]);
    let measured = ended(usual.current_dir(stage.folder().join("go")));
    assert_eq!(measured.code, 0, "{measured:?}");
    assert_eq!(stage.results().len(), 1, "none named: those of the project");
}

#[test]
fn results_are_not_written_among_what_is_somebody_elses() {
    let stage = Stage::new("");
    let folder = stage.folder().join("letters");
    fs::create_dir(&folder).unwrap();
    for (name, text) in [("unfinished.jsonl", ""), ("dear.json", "{}")] {
        fs::write(folder.join(name), text).unwrap();
    }
    let refused = stage.lab(&["measure", "--blocks", "1", "--results", "letters"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.stderr.contains("was not made by the lab"),
        "{refused:?}"
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    let file = stage.lab(&["measure", "--blocks", "1", "--results", "letters/dear.json"]);
    assert_eq!(file.code, 1, "{file:?}");
    assert_eq!(fs::read(folder.join("dear.json")).unwrap(), b"{}");
}

/// Commands that print much, little, or help, and need no build.
const PRINTING: [&[&str]; 4] = [
    &["measure", "--blocks", "1"],
    &["judge", "--help"],
    &["doctor"],
    &["--version"],
];

#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_device_is_one() {
    let stage = Stage::new("");
    for words in PRINTING {
        let shell = |line: &str| {
            let lab = format!("'{}' {}", env!("CARGO_BIN_EXE_lab"), words.join(" "));
            let line = line.replace("LAB", &lab);
            ended(&mut stage.shell(&format!("exec bash -c \"{line}\""), &[]))
        };
        let gone = shell("set -o pipefail; LAB | true");
        assert!(!gone.stderr.contains("panicked"), "{words:?}: {gone:?}");
        // The findings of `doctor` vary.
        assert!(
            gone.code == 0 || words[0] == "doctor",
            "{words:?}: {gone:?}"
        );
        let silent = shell("LAB >/dev/full 2>/dev/full");
        assert_eq!(silent.code, 1, "{words:?}: {silent:?}");
        let full = shell("LAB >/dev/full");
        assert_eq!(full.code, 1, "{words:?}: {full:?}");
        let says = "error: cannot print: No space left on device";
        assert!(full.stderr.contains(says), "{words:?}: {full:?}");
    }
}
