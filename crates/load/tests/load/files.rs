//! Files that the command writes and reads, a full disk and a closed pipe.

use std::fs;

use predicates::prelude::*;
use serde_json::Value;

use super::{load, measured, servers, servers::Server, stderr_text, url};

/// A log of one run, in a folder that ends with the test.
fn logged() -> (tempfile::TempDir, std::path::PathBuf) {
    let server = Server::start(servers::answers);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.hlog");
    let words = [&url(server.address), "--duration", "0.2", "--rate", "50"];
    measured(&load().args(words).arg("--hlog").arg(&log).output().unwrap());
    (folder, log)
}

#[test]
fn a_file_that_is_no_log_is_not_written_over() {
    let (folder, log) = logged();
    let own = folder.path().join("own.txt");
    fs::write(&own, "of somebody\n").unwrap();
    for option in ["--hlog", "--hgrm"] {
        let mut merge = load();
        merge.arg("merge").arg(&log).arg(option).arg(&own);
        let refused = merge.assert().code(2).stdout("");
        refused.stderr(predicate::str::contains(
            "own.txt exists and was not written by this option",
        ));
        assert_eq!(fs::read_to_string(&own).unwrap(), "of somebody\n");
    }
    for (option, name) in [("--hlog", "b.hlog"), ("--hgrm", "b.hgrm")] {
        for _ in 0..2 {
            let mut merge = load();
            merge
                .arg("merge")
                .arg(&log)
                .arg(option)
                .arg(folder.path().join(name));
            merge.assert().code(0);
        }
    }
    let mut same = load();
    same.arg("merge")
        .arg(&log)
        .arg("--hlog")
        .arg(&log)
        .arg("--hgrm")
        .arg(&log);
    same.assert()
        .code(2)
        .stderr(predicate::str::contains("the same file"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_device_is_one() {
    let (_folder, log) = logged();
    let log = log.display().to_string();
    for words in [&["merge", log.as_str()][..], &["--help"], &["--version"]] {
        let run = |before: &str, after: &str| {
            let line = format!("{before} \"$0\" \"$@\" {after}");
            let mut shell = std::process::Command::new("bash");
            shell
                .args(["-c", &line, env!("CARGO_BIN_EXE_load")])
                .args(words);
            shell.output().unwrap()
        };
        let full = run("", ">/dev/full");
        assert_eq!(
            full.status.code(),
            Some(1),
            "{words:?}: {}",
            stderr_text(&full)
        );
        let said = String::from_utf8_lossy(&full.stderr).into_owned();
        assert!(
            said.starts_with("error: cannot print: No space left"),
            "{said}"
        );
        let gone = run("set -o pipefail;", "| true");
        assert_eq!(
            gone.status.code(),
            Some(0),
            "{words:?}: {}",
            stderr_text(&gone)
        );
        assert!(gone.stderr.is_empty(), "{words:?}: {}", stderr_text(&gone));
        let silent = run("", ">/dev/full 2>/dev/full");
        assert_eq!(silent.status.code(), Some(1), "{words:?}");
    }
    let wrong = "\"$0\" --nothing 2>/dev/full";
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", wrong, env!("CARGO_BIN_EXE_load")]);
    assert_eq!(shell.status().unwrap().code(), Some(2));
}

#[test]
fn logs_are_merged_without_loss() {
    let server = Server::start(servers::answers);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut logs = Vec::new();
    for (name, rate) in [("a.hlog", "300"), ("b.hlog", "500")] {
        let url = url(server.address);
        let arguments = [&url, "--duration", "2", "--rate", rate, "--hlog"];
        let output = load().args(arguments).arg(path(name)).output();
        measured(&output.unwrap());
        let text = fs::read_to_string(path(name)).unwrap();
        logs.push(load::log::Log::read(&text).unwrap());
    }
    let mut merged = load();
    merged.arg("merge").args([path("a.hlog"), path("b.hlog")]);
    merged
        .arg("--hlog")
        .arg(path("c.hlog"))
        .arg("--hgrm")
        .arg(path("c.hgrm"))
        .arg("--json");
    let output = merged.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr_text(&output));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["requests"], 1600);
    let text = fs::read_to_string(path("c.hlog")).unwrap();
    let merged = load::log::Log::read(&text).unwrap();
    assert_eq!(merged.latency(), logs[0].latency() + &logs[1].latency());
    assert_eq!(merged.service(), logs[0].service() + &logs[1].service());
    let text = fs::read_to_string(path("c.hgrm")).unwrap();
    assert!(text.contains("Total count    =         1600]"), "{text}");
}

#[test]
fn a_log_is_not_added_twice() {
    let server = Server::start(servers::answers);
    let folder = tempfile::tempdir().unwrap();
    let [log, copy] = ["a.hlog", "b.hlog"].map(|name| folder.path().join(name));
    let url = url(server.address);
    let usual = [&url, "--rate", "200", "-n", "100", "--hlog"];
    measured(&load().args(usual).arg(&log).output().unwrap());
    fs::copy(&log, &copy).unwrap();
    for twice in [[&log, &log], [&log, &copy]] {
        let refused = load().arg("merge").args(twice).assert().code(2).stdout("");
        refused.stderr(predicate::str::contains("a log is added once"));
    }
}
