//! `lab all`, and how a run that was stopped goes on. Shell scripts stand in place of the programs, of Go and
//! of cargo.

use std::{fs, os::unix::process::CommandExt as _, process::Stdio, time::Duration};

use lab_results::result::Mode;
use lab_workspace::project::CLAIMS;
use tests::process::{Ended, ended, signal, wait_until};

use crate::stage::{self, Stage};

/// The programs of the stage are so slow that a run can be stopped.
const PAUSE: &str = "sleep 0.05";

/// Starts the lab as a shell starts it in a terminal, and presses Ctrl-C once blocks are taken.
fn interrupted(stage: &Stage, words: &[&str], task: Option<&str>) -> Ended {
    let mut command = stage.command(words);
    command.process_group(0);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(task) = task {
        command.env("CARGO_MAKE_TASK", task);
    }
    let running = command.spawn().unwrap();
    wait_until(Duration::from_mins(2), "a block is taken", || {
        stage.blocks_in_journal() > 0
    });
    signal("INT", -i64::from(running.id()));
    running.wait_with_output().unwrap().into()
}

/// Text without its line breaks, which depend on the terminal.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn after_ctrl_c_the_advised_command_is_the_one_that_was_typed() {
    for (words, task, advice) in [
        (
            &["measure", "--blocks", "9"][..],
            None,
            "; cargo lab measure --blocks 9 --resume continues.",
        ),
        (
            &["measure", "--blocks", "9"],
            Some("measure"),
            "; cargo make measure --blocks 9 --resume continues.",
        ),
        (
            &["all"],
            Some("all"),
            "; cargo make all --resume continues.",
        ),
        (&["all"], None, "; cargo lab all --resume continues."),
    ] {
        let stage = Stage::new(PAUSE);
        let stopped = interrupted(&stage, words, task);
        assert_eq!(stopped.code, 130, "{stopped:?}");
        let said = flat(&stopped.stderr);
        assert!(said.contains(advice), "{said} lacks {advice}");
        assert!(!stage.results()[0].complete);
        let kept = stage::blocks(&stage.results()[0]);
        // The advised command works unchanged.
        let resumed = [words, &["--resume"]].concat();
        let resumed = ended(&mut stage.command(&resumed));
        let said = flat(&resumed.stderr);
        let continues = "Continues the run that was stopped: ";
        assert!(said.contains(continues), "{said} lacks {continues:?}");
        let [result] = &stage.results()[..] else {
            panic!("there is not one result: {resumed:?}");
        };
        assert!(result.complete, "{resumed:?}");
        assert!(stage::blocks(result) >= kept);
    }
}

#[test]
fn all_goes_on_by_itself_and_begins_anew_where_the_programs_are_others() {
    let stage = Stage::new(PAUSE);
    let stopped = interrupted(&stage, &["all"], Some("all"));
    assert_eq!(stopped.code, 130, "{stopped:?}");
    let seed = stage.results()[0].seed;
    let all = stage.lab(&["all"]);
    assert!(flat(&all.stderr).contains("Continues the run"), "{all:?}");
    assert_eq!(stage.results().len(), 1, "{all:?}");
    assert!(stage.results()[0].complete && stage.results()[0].seed == seed);

    let other = Stage::new(PAUSE);
    let stopped = interrupted(&other, &["all"], Some("all"));
    assert_eq!(stopped.code, 130, "{stopped:?}");
    let program = other.folder().join("target/go-timed/x");
    let changed = fs::read_to_string(&program).unwrap() + "# another program\n";
    fs::write(&program, changed).unwrap();
    let wrong = other.lab(&["all", "--resume"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    let said = flat(&wrong.stderr);
    for says in ["no longer the same", "cargo lab all --fresh measures again"] {
        assert!(said.contains(says), "{said} lacks {says:?}");
    }
    let all = other.lab(&["all"]);
    assert!(!flat(&all.stderr).contains("Continues the run"), "{all:?}");
    assert_eq!(other.results().len(), 2, "{all:?}");
}

#[test]
fn where_a_step_fails_the_others_run_and_the_exit_code_is_1() {
    let stage = Stage::new("");
    // The stage's programs are no pair, and there is no claim: verifying fails, all else is done.
    let all = stage.lab(&["all", "--smoke"]);
    assert_eq!(all.code, 1, "{all:?}");
    assert_eq!(all.cases(), stage::CASES, "{all:?}");
    let said = flat(&all.stderr);
    assert!(said.contains("error: verify"), "{said}");
    assert!(!said.contains("measure: failed"), "{said}");
    assert!(all.stdout.contains("\nNext: "), "{all:?}");
}

#[test]
fn a_run_that_is_cut_to_seconds_is_named_so_and_shadows_no_other() {
    let stage = Stage::new("");
    assert_eq!(stage.lab(&["measure", "--quick"]).code, 0);
    let smoke = stage.lab(&["measure", "--smoke"]);
    assert_eq!(smoke.code, 0, "{smoke:?}");
    let modes: Vec<Mode> = stage.results().iter().map(|r| r.request.mode).collect();
    assert_eq!(modes, [Mode::Smoke, Mode::Quick], "the newest first");
    assert!(
        stage.results()[0]
            .measurements
            .iter()
            .all(|m| m.blocks.len() <= 2)
    );
    let folder = stage.folder().join("results");
    let newest = lab_results::store::newest(&folder).unwrap().unwrap();
    assert!(newest.to_string_lossy().contains("quick"), "{newest:?}");
}

#[test]
fn what_is_named_and_is_not_there_exits_with_2_and_the_right_name() {
    let stage = Stage::new("");
    let claims = stage.folder().join(CLAIMS);
    fs::create_dir_all(claims.parent().unwrap()).unwrap();
    let claim = "[[claim]]\nid = \"X1\"\ntopic = \"x\"\nsays = \"It grows.\"\n";
    fs::write(
        &claims,
        format!("{claim}test = [{{ value = \"go{{x/one}}.wall_ns\" }}]\n"),
    )
    .unwrap();
    for (words, says) in [
        (
            &["verify", "--only", "y"][..],
            "no topic is called \"y\"; there are x",
        ),
        (&["build", "--only", "xx"], "no topic"),
        (&["difftest", "--only", "z"], "no topic"),
        (&["mistakes", "--only", "z"], "no topic"),
        (&["mutants", "--only", "z"], "no topic"),
        (&["measure", "--only", "x/ome"], "did you mean \"x/one\"?"),
        (&["plan", "--only", "x/twoo"], "did you mean \"x/two\"?"),
        (&["measure", "--only", "server/load_poold"], "did you mean"),
        (
            &["measure", "--settings", "gogc40"],
            "did you mean \"gogc400\"?",
        ),
        (
            &["measure", "--results", "r", "--only", "nonsense"],
            "nothing called \"nonsense\"",
        ),
        (&["judge", "--result", "no/file"], "there is no no/file"),
        (
            &["judge", "--results", "no/folder"],
            "there is no no/folder",
        ),
        (
            &["judge", "NN9"],
            "no claim is called \"NN9\"; there are X1",
        ),
        (
            &["explain", "--results", "no/folder"],
            "there is no no/folder",
        ),
        (
            &["explain", "NN9"],
            "no claim is called \"NN9\"; there are X1",
        ),
        (&["compare", "no/file", "no/other"], "there is no no/file"),
        (&["sweep", "--show", "no/file"], "there is no no/file"),
        (&["new-pair", "index"], "a page of the book"),
        (&["new-pair", "x"], "exists already"),
    ] {
        let refused = stage.lab(words);
        let said = flat(&refused.stderr);
        assert_eq!(refused.code, 2, "{words:?}: {said}");
        assert!(said.contains(says), "{words:?}: {said} lacks {says:?}");
    }
}
