//! Whole runs, with shell scripts in place of the programs.

use std::{fs, path::Path, process::Command, sync::atomic::AtomicBool, time::Instant};

use super::{case::add_counts, *};
use crate::scheduler::{Listener, Scheduler};
use lab_results::{
    budget::Budget,
    query::itself,
    result::{Measurement, Mode, SkipReason, Skipped},
    store, synthetic,
};

struct Silent;

impl Listener for Silent {
    fn steps(&self, _: usize) {}
    fn step(&self, _: &str) {}
    fn warn(&self, _: &str) {}
}

/// Writes a program. Another process does it: one that this process starts meanwhile would hold the file open, and
/// busy.
pub fn write_program(path: &Path, text: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\""]);
    let done = shell.arg(path).arg(text).status();
    assert!(done.unwrap().success(), "{}", path.display());
}

/// A folder with programs of one topic, `x`.
struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    /// Programs that run `before` first, with `$1` to `$6` as they are called.
    fn new(before: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (build, allocator) in [
            ("release", "counting"),
            ("go", "go"),
            ("go-timed", "go"),
            ("lab/system", "system"),
        ] {
            let answer = "answer=7; peak=$((1000 * $4))";
            let script = format!(
                r#"#!/bin/sh
allocator={allocator}; {answer}
echo "$allocator $2 $4 $GOMEMLIMIT" >> calls
{before}
echo '{{"allocator":"'$allocator'","answer":"'$answer'","case":"'$2'","language":"x","samples":'$6',"scale":'$4',"unit":"ns"}}'
i=1
while [ $i -le $6 ]; do echo '{{"sample":'$i',"wall_ns":5000,"cpu_ns":4000}}'; i=$((i + 1)); done
echo '{{"runtime":{{"live_bytes":100000000}}}}'
echo '{{"process":{{"peak_bytes":'$peak'}}}}'
"#
            );
            let path = folder.path().join("target").join(build);
            fs::create_dir_all(&path).unwrap();
            write_program(&path.join("x"), &script);
        }
        Fixture { folder }
    }

    fn lab(&self) -> Lab<'_> {
        lab(self.folder.path())
    }

    fn calls(&self) -> String {
        fs::read_to_string(self.folder.path().join("calls")).unwrap()
    }

    fn preflight(&self, query: &Query) -> Result<Calibrated, Skipped> {
        self.lab()
            .preflight(query, &Budget::of_mode(Mode::Quick))
            .unwrap()
    }

    fn measured(&self, cases: &[&str], blocks: usize, stopped: bool) -> ResultFile {
        measured(self.folder.path(), cases, blocks, stopped, None)
    }
}

fn lab(root: &Path) -> Lab<'_> {
    let target = root.join("target");
    let hashes = ["go/x", "system/x", "counting/x"];
    Lab {
        root,
        folders: Folders {
            counting: target.join("release"),
            go: target.join("go"),
            timed: target.join("lab"),
        },
        hashes: hashes.map(|key| (key.to_owned(), key.to_owned())).into(),
        calibrations: Calibrations::open(target.join("trials.json")),
        refused: BTreeMap::new(),
        available: 10_000_000,
    }
}

/// Measures these cases at scale 1000 in this number of blocks, until it is stopped. Each process of a block has
/// to end within `limit`, if there is one.
fn measured(
    root: &Path,
    cases: &[&str],
    blocks: usize,
    stopped: bool,
    limit: Option<Duration>,
) -> ResultFile {
    let mut lab = lab(root);
    let budget = Budget::of_mode(Mode::Quick);
    let ready = cases
        .iter()
        .map(|case| lab.preflight(&query(case, 1000), &budget).unwrap());
    let mut ready: Vec<Calibrated> = ready.map(Result::unwrap).collect();
    for Calibrated { launches, .. } in &mut ready {
        for launch in [&mut launches.go, &mut launches.rust] {
            launch.limit = limit.unwrap_or(launch.limit);
        }
    }
    let request = Request {
        mode: Mode::Quick,
        only: Vec::new(),
        blocks: Some(blocks),
        ..Request::default()
    };
    let store = store::Store::open(&root.join("results")).unwrap();
    let mut journal = store.begin(empty(request.clone())).unwrap();
    let (stopped, begun) = (AtomicBool::new(stopped), Instant::now());
    let share = case::share(
        &lab,
        ready,
        Some(blocks),
        (budget, || begun.elapsed()),
        (&stopped, &Silent),
        &mut journal,
    );
    let scheduler = Scheduler {
        stopped: &stopped,
        listener: &Silent,
    };
    let measured = share.and_then(|share| scheduler.run(vec![share], &mut journal));
    if let Err(error) = measured {
        panic!("{error:#}");
    }
    store::read(&store.end(journal).unwrap()).unwrap()
}

fn empty(request: Request) -> ResultFile {
    ResultFile {
        request,
        complete: false,
        ..synthetic::file(Vec::new())
    }
}

fn query(case: &str, scale: u64) -> Query {
    Query {
        scale: Some(scale),
        ..itself("x", case)
    }
}

/// Blocks, rejected ones included.
fn blocks(found: &ResultFile, case: &str) -> usize {
    let of_case = |m: &&Measurement| m.key.case == case;
    found
        .measurements
        .iter()
        .find(of_case)
        .map_or(0, |m| m.blocks.len() + m.rejected.len())
}

#[test]
fn every_case_gets_its_blocks_in_rounds() {
    let fixture = Fixture::new("");
    let found = fixture.measured(&["one", "two"], 4, false);
    assert!(blocks(&found, "one") >= 4 && blocks(&found, "two") >= 4);
    assert!(found.skipped.is_empty());
    let all: Vec<_> = found.measurements.iter().flat_map(|m| &m.blocks).collect();
    for block in all {
        let mut order = block.order.clone();
        order.sort();
        assert_eq!(order, ["control", "go", "rust"]);
        assert_eq!(block.control.answer, "7");
        assert!(block.go.process.contains_key("wall_process_ns"));
    }
}

#[test]
fn unequal_answers_are_refused_before_anything_is_timed() {
    let fixture = Fixture::new("[ $allocator = go ] && answer=8");
    let skipped = fixture.preflight(&query("one", 1000)).unwrap_err();
    assert_eq!(skipped.reason, SkipReason::Answers);
    assert!(
        skipped
            .why
            .starts_with("the answers differ: 8 in Go, 7 in Rust"),
        "{skipped:?}"
    );
}

#[test]
fn what_would_take_too_much_memory_is_never_started() {
    let fixture = Fixture::new("");
    let skipped = fixture.preflight(&query("one", 10_000)).unwrap_err();
    assert_eq!(skipped.reason, SkipReason::Memory);
    assert!(skipped.why.contains("more than half of"), "{skipped:?}");
    assert!(!fixture.calls().contains(" 10000 "), "{}", fixture.calls());
    assert!(fixture.preflight(&query("one", 5_000)).is_ok());
}

#[test]
fn a_scale_that_the_case_does_not_have_is_refused() {
    let refuse = r#"[ $4 -gt 1000 ] && { echo 'error: --scale: "2000" is not a whole number in 1..1000' >&2; exit 2; }"#;
    let skipped = Fixture::new(refuse)
        .preflight(&query("one", 2000))
        .unwrap_err();
    assert_eq!(skipped.reason, SkipReason::Scale);
    let says = "the case has no such size: \"2000\" is not a whole number in 1..1000";
    assert_eq!(skipped.why, says);
}

#[test]
fn what_no_toolchain_builds_is_skipped_with_its_reason() {
    let fixture = Fixture::new("");
    let mut lab = fixture.lab();
    let why = "unknown GOEXPERIMENT".to_owned();
    lab.refused
        .insert(BuildVariant::GoOldCollector, why.clone());
    let set = Query {
        go: "nogreentea".to_owned(),
        ..query("case", 1000)
    };
    let budget = Budget::of_mode(Mode::Quick);
    let skipped = lab.preflight(&set, &budget).unwrap().unwrap_err();
    assert_eq!((skipped.reason, skipped.why), (SkipReason::Toolchain, why));
    assert!(
        lab.preflight(&query("case", 1000), &budget)
            .unwrap()
            .is_ok()
    );
}

#[test]
fn a_program_that_fails_leaves_the_others_alone() {
    for (body, limit, expected) in [
        ("exit 3", 60, "exit 3"),
        ("exec sleep 60", 3, "still ran after 3 s"),
        ("kill -KILL $$", 60, "died of signal 9 (kill)"),
        ("exec yes", 60, "printed more than 32 MiB"),
        ("echo nonsense; exit 0", 60, "line 1 is not the header"),
    ] {
        let fixture = Fixture::new(&format!(
            "if [ $2 = bad ] && [ $allocator = system ] && [ $(wc -l < calls) -gt 40 ]; then {body}; fi"
        ));
        let limit = Duration::from_secs(limit);
        let found = measured(
            fixture.folder.path(),
            &["bad", "good"],
            6,
            false,
            Some(limit),
        );
        assert!((1..6).contains(&blocks(&found, "bad")), "{body}");
        assert!(blocks(&found, "good") >= 6, "{body}");
        let [skipped] = found.skipped.as_slice() else {
            panic!("{body}: {:?}", found.skipped)
        };
        assert_eq!(
            (skipped.reason, skipped.query.as_str()),
            (SkipReason::Failed, "x/bad@1000")
        );
        let why = &skipped.why;
        assert!(why.contains("lab/system/x measure bad"), "{body}: {why}");
        assert!(why.contains(expected), "{why:?} lacks {expected:?}");
    }
}

#[test]
fn a_run_that_is_stopped_measures_no_more() {
    let fixture = Fixture::new("");
    let found = fixture.measured(&["one"], 50, true);
    assert_eq!(blocks(&found, "one"), 0);
}

#[test]
fn a_memory_limit_follows_the_most_that_lives() {
    let fixture = Fixture::new("");
    let limited = Query {
        go: "limit2".to_owned(),
        ..query("one", 10)
    };
    let ready = fixture.preflight(&limited).unwrap();
    let limit = ("GOMEMLIMIT".to_owned(), "200000000".to_owned());
    assert!(ready.launches.go.environment.contains(&limit));
    assert!(
        fixture.calls().contains("go one 10 200000000"),
        "{}",
        fixture.calls()
    );
}

#[test]
fn counts_stand_where_a_timed_build_has_none() {
    let parse = |text: &str| serde_json::from_str(text).unwrap();
    let run = |sample: &str, runtime: &str| Run {
        samples: vec![parse(sample)],
        runtime: parse(runtime),
        ..Run::default()
    };
    let mut timed = run(
        r#"{"wall_ns":5}"#,
        r#"{"allocations":null,"collections":null}"#,
    );
    let mut counting = run(
        r#"{"wall_ns":9,"allocations":3}"#,
        r#"{"allocations":4,"collections":null}"#,
    );
    counting.process = parse(r#"{"simulated_misses":6}"#);
    add_counts(&mut timed, &counting);
    assert_eq!(timed.samples[0], parse(r#"{"wall_ns":5,"allocations":3}"#));
    assert_eq!(
        timed.runtime,
        parse(r#"{"allocations":4,"collections":null}"#)
    );
    assert_eq!(timed.process, counting.process);
}
