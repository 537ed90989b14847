//! What the command `lab` does when something goes wrong around it. Shell scripts stand in place of the
//! programs, of Go and of cargo.

use std::{
    env, fs,
    path::Path,
    process::Stdio,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use lab_results::store::{self, Store};

use tests::process::{Ended, ended};

use crate::stage::{self, Stage, folder_of_the_project};

/// What a run measures.
const RUN: [&str; 3] = ["measure", "--blocks", "5"];

const RESUMED: [&str; 4] = ["measure", "--blocks", "5", "--resume"];

/// Number of times that the test below kills a run: `LAB_KILLS`, or a few.
fn kills() -> u64 {
    let variable = env::var("LAB_KILLS").ok();
    variable.map_or(4, |kills| kills.parse().expect("LAB_KILLS is a number"))
}

#[test]
fn whenever_a_run_is_killed_no_file_is_torn_and_resume_ends_with_the_same_cases() {
    // Each of its forty processes takes so long that it takes about three seconds.
    const PAUSE: &str = "sleep 0.07";
    let stage = Stage::new(PAUSE);
    let begun = Instant::now();
    let whole = stage.lab(&RUN);
    let time = begun.elapsed().as_millis() as u64;
    assert_eq!((whole.code, whole.cases()), (0, stage::CASES.to_vec()));

    let next = Mutex::new(0..kills());
    let work = || {
        loop {
            let Some(kill) = next.lock().unwrap().next() else {
                return;
            };
            let after = fastrand::Rng::with_seed(kill).u64(0..time);
            let stage = Stage::new(PAUSE);
            let mut running = stage.command(&RUN).stdout(Stdio::null()).spawn().unwrap();
            thread::sleep(Duration::from_millis(after));
            running.kill().unwrap();
            running.wait().unwrap();

            let step = format!("kill {kill} after {after} ms");
            let results = stage.results();
            let whole: usize = results.iter().map(stage::blocks).sum();
            let left = whole.max(stage.blocks_in_journal());
            let ended = stage.lab(&RESUMED);
            assert_eq!(ended.code, 0, "{step}: {ended:?}");
            assert_eq!(ended.cases(), stage::CASES, "{step}: {ended:?}");
            let [result] = &stage.results()[..] else {
                panic!("{step}: there is not one result");
            };
            assert!(result.complete, "{step}");
            let taken = stage::blocks(result);
            assert!(
                taken >= left.max(10),
                "{step}: {taken} blocks, {left} before"
            );
        }
    };
    // Most of the time they sleep.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
}

#[test]
fn a_full_disk_ends_a_run_with_its_reason_and_loses_nothing() {
    let stage = Stage::new("");
    // Limit of a file in blocks of 512 bytes; it is too low on every machine.
    let limited = "trap '' XFSZ; ulimit -f 48";
    let full = ended(&mut stage.shell(limited, &["measure", "--blocks", "40"]));
    assert_eq!(full.code, 1, "{full:?}");
    let says = "error: cannot write ";
    assert!(full.stderr.contains(says), "{full:?}");
    assert!(full.stderr.contains("unfinished.jsonl"), "{full:?}");
    let left = stage.blocks_in_journal();
    assert!(left > 0, "{full:?}");
    let resumed = stage.lab(&["measure", "--blocks", "40", "--resume"]);
    assert_eq!((resumed.code, resumed.cases()), (0, stage::CASES.to_vec()));
    assert!(stage::blocks(&stage.results()[0]) >= left.max(80));
}

#[test]
fn a_program_that_fails_ends_a_run_with_1_and_all_else_is_measured() {
    for (body, says) in [
        ("exit 3", "exit 3"),
        ("kill -SEGV $$", "died of signal 11"),
        ("exec yes", "printed more than 32 MiB"),
        ("echo nonsense; exit 0", "line 1 is not the header"),
    ] {
        fails_with(body, says);
    }
}

#[test]
#[ignore = "two minutes pass before a program is said to hang"]
fn a_program_that_hangs_ends_a_run_with_1_and_all_else_is_measured() {
    let why = fails_with("exec sleep 600", "still ran after ");
    let (_, after) = why.rsplit_once("after ").expect("it says so");
    let seconds: u64 = after.trim_end_matches(" s").parse().expect("seconds");
    // Two minutes, and ten times what its samples take.
    assert!((120..130).contains(&seconds), "{why}");
}

/// The reason why the case was skipped.
fn fails_with(body: &str, says: &str) -> String {
    let stage = Stage::new(&format!(
        "if [ $case = two ] && [ $allocator = system ] && [ $(wc -l < calls) -gt 20 ]; then {body}; fi"
    ));
    let ended = stage.lab(&RUN);
    assert_eq!(ended.code, 1, "{body}: {ended:?}");
    let why = ended
        .stdout
        .lines()
        .find(|line| line.contains("x/two@1000: not measured: "));
    let why = why.unwrap_or_else(|| panic!("{body}: {ended:?}"));
    assert!(why.contains("lab/system/x measure two"), "{why}");
    assert!(why.contains(says), "{why:?} lacks {says:?}");
    let result = &stage.results()[0];
    assert!(result.complete);
    let one = &result.measurements[0];
    assert_eq!(one.key.case, "one");
    assert!(one.blocks.len() + one.rejected.len() >= 5);
    why.to_owned()
}

#[test]
fn two_labs_do_not_measure_into_one_folder() {
    let stage = Stage::new("");
    let other = Store::open(&stage.folder().join("results")).unwrap();
    let refused = stage.lab(&RUN);
    assert_eq!(refused.code, 1, "{refused:?}");
    let says = "error: another lab is measuring into ";
    assert!(refused.stderr.contains(says), "{refused:?}");
    drop(other);
    assert_eq!(stage.lab(&RUN).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_ends_a_run_before_it_begins() {
    let stage = Stage::new("");
    // Not even root writes there.
    let words = ["measure", "--blocks", "5", "--results", "/proc/results"];
    let refused = stage.lab(&words);
    assert_eq!(refused.code, 1, "{refused:?}");
    let says = "error: cannot create /proc/results";
    assert!(refused.stderr.contains(says), "{refused:?}");
    assert!(!stage.calls().contains("one"), "nothing is measured");
}

#[test]
fn a_torn_result_and_a_damaged_journal_are_told_and_stop_nothing() {
    let stage = Stage::new("");
    let results = stage.folder().join("results");
    fs::create_dir(&results).unwrap();
    let torn = results.join("2999-01-01T000000Z-quick.json");
    fs::write(&torn, "{\"schema\":1,").unwrap();
    fs::write(results.join("unfinished.jsonl"), "nonsense\n").unwrap();
    let ended = stage.lab(&RESUMED);
    assert_eq!((ended.code, ended.cases()), (0, stage::CASES.to_vec()));
    for says in [
        "this file is torn",
        "lies in results/unfinished.damaged now",
        "There is no stopped run to continue",
    ] {
        assert!(ended.stderr.contains(says), "{ended:?} lacks {says:?}");
    }
    let names = ["judge", "--result", torn.to_str().unwrap()];
    let judged = ended_in_project(&names, "");
    assert_eq!(judged.code, 1, "{judged:?}");
    assert!(judged.stderr.contains("this file is torn"), "{judged:?}");
}

#[test]
fn after_a_clock_went_back_resume_goes_on_with_what_was_stopped_last() {
    let stage = Stage::new("");
    let folder = stage.folder().join("results");
    assert_eq!(stage.lab(&RUN).code, 0);
    let whole = store::list(&folder).unwrap().remove(0);
    // Another run of the same request was stopped in another year.
    let mut stopped = store::read(&whole).unwrap();
    stopped.complete = false;
    (stopped.seed, stopped.began) = (stopped.seed + 1, 0);
    stopped.measurements[1].blocks.clear();
    let path = folder.join("1970-01-01T000000Z-quick.json");
    fs::write(&path, serde_json::to_vec(&stopped).unwrap()).unwrap();
    let resumed = stage.lab(&RESUMED);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    let result = store::read(&path).unwrap();
    assert!(
        result.complete && stage::blocks(&result) >= 10,
        "{resumed:?}"
    );
}

#[test]
fn without_go_and_without_a_way_to_fetch_it_the_message_says_what_to_do() {
    let stage = Stage::new("");
    fs::remove_file(stage.folder().join("bin/go")).unwrap();
    for words in [&RUN[..], &["verify"], &["difftest"], &["build"]] {
        let mut command = stage.command(words);
        let ended = ended(command.env("PATH", stage.folder().join("bin")));
        assert_eq!(ended.code, 1, "{ended:?}");
        for says in ["error: Go 1.21.0 or later is missing", "install Go 1.21.0"] {
            assert!(ended.stderr.contains(says), "{ended:?} lacks {says:?}");
        }
    }
}

#[test]
fn a_pair_that_cannot_be_built_is_told_what_else_it_lacks() {
    let stage = Stage::new("");
    fs::remove_file(stage.folder().join("bin/go")).unwrap();
    let mut command = stage.command(&["verify"]);
    let ended = ended(command.env("PATH", stage.folder().join("bin")));
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains("at least 5 are needed"), "{ended:?}");
}

/// Runs the lab in the project itself.
fn ended_in_project(words: &[&str], before: &str) -> Ended {
    ended(&mut stage::on(&folder_of_the_project(), before, words))
}

/// The runs that the two tests below look at.
fn shown(before: &str) -> Vec<Ended> {
    let difftest = [
        "difftest",
        "--only",
        "cycles",
        "--scripts",
        "300",
        "--seed",
        "1",
    ];
    let stage = Stage::new("");
    vec![
        ended_in_project(&["verify", "--only", "cycles"], before),
        ended_in_project(&difftest, before),
        ended(&mut stage.shell(before, &RUN)),
    ]
}

#[test]
fn where_there_is_no_terminal_nothing_is_coloured_or_drawn() {
    for ended in shown("") {
        assert_eq!(ended.code, 0, "{ended:?}");
        let text = [&*ended.stdout, &ended.stderr].concat();
        assert!(!text.contains('\x1b') && !text.contains('\r'), "{text:?}");
    }
}

#[test]
fn on_a_terminal_of_40_columns_no_line_is_longer() {
    if !Path::new("/usr/bin/script").exists() {
        assert!(
            !lab_workspace::optional_tools::required(),
            "script is missing: install util-linux"
        );
        return;
    }
    for ended in shown("stty cols 40 rows 24") {
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(
            ended.stdout.contains('\x1b'),
            "it is no terminal: {ended:?}"
        );
        let plain = console::strip_ansi_codes(&ended.stdout);
        for line in plain.split(['\r', '\n']) {
            // A path or another word is as long as it is.
            let is_word = !line.trim().contains(' ') || line.starts_with("Result: ");
            assert!(
                is_word || console::measure_text_width(line) <= 40,
                "{line:?}"
            );
        }
    }
}
