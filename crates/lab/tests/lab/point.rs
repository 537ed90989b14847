//! `lab point` on the real servers.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use lab_results::{result::ResultFile, store};
use lab_workspace::project::Project;

use tests::process::signal;

/// Each block of the only scenario as text, without rejected ones.
fn blocks(found: &ResultFile) -> Vec<String> {
    let blocks = found.measurements.iter().flat_map(|m| &m.blocks);
    let text = blocks.map(|block| serde_json::to_string(block).expect("JSON"));
    text.collect()
}

#[test]
#[ignore = "takes two minutes; cargo make deep runs it"]
fn a_sweep_that_was_stopped_goes_on_where_it_was() {
    let project = Project::find().expect("the project");
    let results = tempfile::tempdir().expect("a folder");
    let sweep = |more: &[&str]| {
        let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
        lab.current_dir(&project.root).arg("sweep");
        lab.args(["--live-objects", "0", "--payload", "1KiB", "--share", "25"]);
        lab.arg("--results").arg(results.path()).args(more);
        lab.stdout(Stdio::piped()).stderr(Stdio::piped());
        lab
    };
    let begun = sweep(&[]).spawn().expect("the lab starts");
    let deadline = Instant::now() + Duration::from_mins(5);
    let left = loop {
        thread::sleep(Duration::from_millis(200));
        let text = fs::read(results.path().join("unfinished.jsonl")).unwrap_or_default();
        let left = store::replay(&text).found.map_or(0, |f| blocks(&f).len());
        if left > 0 {
            break left;
        }
        assert!(Instant::now() < deadline, "no block was taken");
    };
    signal("INT", begun.id().into());
    let ended = begun.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("--resume continues"), "{said}");
    let found = || {
        let [path] = &store::list(results.path()).expect("a folder")[..] else {
            panic!("there is not one result");
        };
        store::read(path).expect("a result")
    };
    let stopped = found();
    let taken = blocks(&stopped);
    assert!(!stopped.complete && taken.len() >= left, "{taken:?}");

    let ended = sweep(&["--resume"]).output().expect("the lab starts");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let map = String::from_utf8_lossy(&ended.stdout);
    assert!(map.contains("p99 at 25 %"), "{map}");
    let whole = found();
    assert!(whole.complete);
    assert!(blocks(&whole).starts_with(&taken), "{whole:?}");
    assert_eq!(blocks(&whole).len(), 5);
}
