//! `lab versus`: any two commands, measured in blocks. It needs no project.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use tests::process::{self, signal, wait_until};

fn versus(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
    command.current_dir(folder).arg("versus").args(words);
    command
}

/// The exit code, standard output and standard error.
fn run(words: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let ended = process::ended(&mut versus(folder.path(), words));
    (ended.code, ended.stdout, ended.stderr)
}

/// Twice the blocks of an interval: a host that disturbs some of them leaves enough.
fn report(words: &[&str]) -> serde_json::Value {
    let (code, stdout, stderr) = run(&[words, &["--json", "--blocks", "12"]].concat());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn commands_that_differ_are_told_apart_with_interval_and_control() {
    let report = report(&["sleep 0.2", "sleep 0.02"]);
    assert!(report["blocks"].as_u64() >= Some(6), "{report}");
    let wall = &report["wall_ns"];
    assert!(wall["ratio"]["value"].as_f64() > Some(2.0), "{report}");
    assert!(wall["ratio"]["low"].as_f64() <= wall["ratio"]["value"].as_f64());
    assert_eq!(wall["ratio"]["count"], report["blocks"]);
    assert!(wall["control"]["low"].as_f64() > Some(0.0), "{report}");
    assert!(wall["a"].as_f64() >= Some(200_000_000.0), "{report}");
    for figure in ["cpu_ns", "peak_bytes"] {
        assert!(report[figure]["a"].as_f64() > Some(0.0), "{report}");
    }
}

#[test]
fn a_command_does_not_differ_from_itself_in_memory_and_the_table_says_so() {
    let (code, stdout, stderr) = run(&["--blocks", "6", "sleep 0.02", "sleep 0.02"]);
    assert_eq!(code, 0, "{stderr}");
    let row = stdout.lines().find(|line| line.starts_with("peak memory"));
    assert!(row.is_some_and(|row| row.contains('~')), "{stdout}");
    for words in [
        "A: sleep 0.02",
        "wall time",
        "CPU time",
        "A ÷ B",
        "Compared with itself",
    ] {
        assert!(stdout.contains(words), "{stdout}lacks {words}");
    }
}

#[test]
fn each_block_runs_both_and_one_of_them_again_after_a_setup_that_runs_once() {
    let folder = tempfile::tempdir().unwrap();
    let note = |word: &str| format!("sh -c 'cat ready && echo {word} >> calls'");
    let (a, b) = (note("a"), note("b"));
    let words = ["--blocks", "6", "--setup", "sh -c 'echo >> ready'", &a, &b];
    let output = versus(folder.path(), &words).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        fs::read_to_string(folder.path().join("ready")).unwrap(),
        "\n"
    );
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    let count = |word: &str| calls.lines().filter(|call| *call == word).count();
    // Once before, six times or more, and as the control by turns.
    assert!(count("a") >= 10 && count("b") >= 10, "{calls}");
    assert_eq!((count("a") + count("b") - 2) % 3, 0, "{calls}");
}

#[test]
fn what_is_typed_wrongly_is_told_with_exit_code_2() {
    for (words, says) in [
        (vec!["true"], "2 values required"),
        (vec!["true", ""], "expected a command"),
        (vec!["true", "echo 'open"], "a quote is not closed"),
        (
            vec!["true", "true", "--blocks", "5"],
            "5 is not in 6..=10000",
        ),
        (vec!["true", "true", "true"], "but 3 were provided"),
    ] {
        let (code, _, stderr) = run(&words);
        assert_eq!(code, 2, "{words:?}: {stderr}");
        assert!(stderr.contains(says), "{stderr:?} lacks {says:?}");
    }
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    assert!(help.contains("--expect-same-output"), "{help}");
}

#[test]
fn a_command_that_fails_is_told_with_its_own_words_and_exit_code_1() {
    let failing = "sh -c 'echo no such input >&2; exit 3'";
    for (words, says) in [
        (vec!["true", failing], "exit 3: no such input"),
        (
            vec!["there-is-no-such-program", "true"],
            "there-is-no-such-program failed",
        ),
        (
            vec!["true", "true", "--setup", failing],
            "exit 3: no such input",
        ),
        (
            vec!["echo 1", "echo 2", "--expect-same-output"],
            "echo 2 does not print the same as the first run",
        ),
    ] {
        let (code, stdout, stderr) = run(&words);
        assert_eq!((code, stdout.as_str()), (1, ""), "{words:?}: {stderr}");
        assert!(stderr.contains(says), "{stderr:?} lacks {says:?}");
    }
    // One that fails later is tried twice more, and then ends the run.
    let later = "sh -c 'echo >> calls; [ $(wc -l < calls) -lt 4 ]'";
    let (code, _, stderr) = run(&["true", later]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("is taken again"), "{stderr}");
    assert!(stderr.contains("error: "), "{stderr}");
}

#[test]
fn ctrl_c_ends_the_lab_and_all_that_its_commands_have_started() {
    let folder = tempfile::tempdir().unwrap();
    let command = "sh -c 'sleep 300 & echo $! >> started; wait'";
    let mut lab = versus(folder.path(), &[command, command]);
    lab.process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let lab = lab.spawn().unwrap();
    let started = folder.path().join("started");
    let limit = Duration::from_mins(1);
    wait_until(limit, "the command has started", || {
        fs::read_to_string(&started).is_ok_and(|text| text.ends_with('\n'))
    });
    let pid = fs::read_to_string(&started).unwrap();
    signal("INT", -i64::from(lab.id()));
    let ended = lab.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    let process = Path::new("/proc").join(pid.trim());
    wait_until(limit, "it has ended", || !process.exists());
}
