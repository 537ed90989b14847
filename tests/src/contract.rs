//! The tests that every topic has to pass.

mod limits;
mod measured;
mod output;
mod scripts;
mod trace;

use std::{io, process::Stdio};

use predicates::prelude::*;
use serde_json::{Map, Value};

use lab_workspace::environment;

use crate::{Pair, project};

pub use limits::*;
pub use measured::*;
pub use output::*;
pub use scripts::*;
pub use trace::*;

/// Writes the contract's tests for a topic; `no scripts` for one whose `replay` says why it has none.
#[macro_export]
macro_rules! contract {
    ($topic:literal, no scripts) => {
        $crate::contract!(@tests $topic:
            replay_says_why_there_are_no_scripts,
        );
        $crate::contract!(@always $topic);
    };
    ($topic:literal) => {
        $crate::contract!(@tests $topic:
            a_long_replay_ends_with_its_reader,
            a_long_replay_ends_on_a_full_disk,
            every_limit_is_exact,
            every_script_is_equal_and_says_something,
            a_file_and_standard_input_say_the_same,
            a_file_that_cannot_be_read_is_refused_alike,
            lines_that_cannot_be_done_are_refused_alike,
            operands_out_of_their_type_or_limit_are_refused_alike,
            the_form_of_a_script_does_not_matter,
            a_batch_says_what_its_scripts_say_alone,
            a_broken_batch_is_refused_alike,
            a_trace_tells_what_a_replay_prints,
            a_trace_is_refused_as_a_replay_is,
            garbage_is_what_settle_would_free,
            scenes_show_where_the_languages_part,
        );
        $crate::contract!(@always $topic);
    };
    (@always $topic:literal) => {
        $crate::contract!(@tests $topic:
            the_demo_is_equal_and_says_something,
            help_version_operations_and_cases_are_equal,
            every_command_explains_itself,
            wrong_calls_are_refused_alike,
            the_same_facts_are_told_in_the_same_order,
            every_case_has_the_same_answer_and_the_same_figures,
            no_sample_does_less_than_its_scale_demands,
            a_reader_that_goes_away_is_no_error,
            a_full_disk_is_told_alike,
        );
    };
    (@tests $topic:literal: $($test:ident,)+) => {
        $(
            #[test]
            fn $test() {
                $crate::$test(&$crate::Pair::of($topic));
            }
        )+
    };
}

/// The demo, called with and without its name.
pub fn the_demo_is_equal_and_says_something(pair: &Pair) {
    let several_lines = predicate::function(|text: &str| text.lines().count() > 2);
    let demo = pair.same(&[]).success().stderr("").stdout(several_lines);
    let named = pair.same(&["demo"]).success();
    assert_eq!(demo.get_output(), named.get_output());
}

/// Help and version of a program.
pub fn help_version_operations_and_cases_are_equal(pair: &Pair) {
    let usage = format!("Usage: {} [COMMAND]", pair.topic());
    let help = pair.same(&["--help"]).success().stderr("");
    help.stdout(predicate::str::contains(usage));
    let version = format!("{} {}\n", pair.topic(), crate::project().version);
    pair.same(&["--version"]).success().stdout(version);
    pair.same(&["cases"]).success().stderr("");
    pair.operations();
}

/// The commands that every program has.
const COMMANDS: [&str; 7] = [
    "demo",
    "replay",
    "operations",
    "contrast",
    "cases",
    "measure",
    "help",
];

/// Help for each command, however it is asked for, and its usage where an option is wrong.
pub fn every_command_explains_itself(pair: &Pair) {
    let topic = pair.topic();
    let overview = pair.same(&["help"]).success();
    assert_eq!(
        overview.get_output(),
        pair.same(&["--help"]).success().get_output()
    );
    let overview = String::from_utf8_lossy(&overview.get_output().stdout).into_owned();
    let listed = overview.split("Commands:\n").nth(1).expect("commands");
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let words = listed.filter_map(|line| line.split_whitespace().next());
    let mut commands: Vec<&str> = words.filter(|word| !word.starts_with('-')).collect();
    commands.dedup();
    assert!(commands.starts_with(&COMMANDS), "{commands:?}");
    for command in commands {
        let help = pair.same(&[command, "--help"]).success().stderr("");
        let usage = format!("Usage: {topic} {command}");
        let help = help.stdout(predicate::str::starts_with(usage));
        for ways in [&["help", command][..], &[command, "x", "-h"]] {
            let again = pair.same(ways).success();
            assert_eq!(again.get_output(), help.get_output(), "{ways:?}");
        }
        let refused = pair.same(&[command, "--nonsense"]).code(2).stdout("");
        refused.stderr(predicate::str::starts_with(format!(
            "error: unknown option \"--nonsense\"\nusage: {topic} {command}"
        )));
    }
    let help = pair.same(&["replay", "--help"]).success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    for operation in pair.operations() {
        let names = operation.operands.iter().map(|operand| &operand.name);
        let words: Vec<_> = std::iter::once(&operation.word).chain(names).collect();
        let words: Vec<&str> = words.into_iter().map(String::as_str).collect();
        let line = format!("\n  {}\n", words.join(" "));
        let (_, rest) = help.split_once(&line).unwrap_or_else(|| panic!("{line}"));
        for operand in &operation.operands {
            let limits = format!("{} to {}", operand.min, operand.max);
            assert!(rest.contains(&limits), "{line}{limits}");
        }
    }
}

/// Invalid calls of a program.
pub fn wrong_calls_are_refused_alike(pair: &Pair) {
    let calls: &[&[&str]] = &[
        &["nonsense"],
        &[""],
        &["\u{7f}\n"],
        &["--nonsense"],
        &["demo", "more"],
        &["demo", "--more"],
        &["contrast", "more"],
        &["operations", "more"],
        &["measure"],
        &["measure", "nonsense"],
        &["measure", "nonsense", "--scale"],
        &["measure", "--scale=x", "nonsense", "more"],
        &["help", "nonsense"],
        &["help", "demo", "more"],
    ];
    for call in calls {
        let refused = pair.same(call).code(2).stdout("");
        refused.stderr(predicate::str::starts_with("error: "));
    }
    let topic = pair.topic();
    let meant = pair.same(&["replya"]).code(2);
    meant.stderr(format!(
        "error: unknown command \"replya\", did you mean \"replay\"? try \"{topic} --help\"\n"
    ));
}

/// The facts' names; their values are asserted by the topic's own tests.
pub fn the_same_facts_are_told_in_the_same_order(pair: &Pair) {
    let facts = pair.contrast();
    assert!(!facts.is_empty(), "the languages differ in something");
    let differ = facts.iter().any(|[_, go, rust]| go != rust);
    assert!(differ, "one fact at least is different: {facts:?}");
}

/// Each measured case at a small size: one answer, the same names of figures.
pub fn every_case_has_the_same_answer_and_the_same_figures(pair: &Pair) {
    let page = project().root.join("crates/lab-results/RESULTS.md");
    let page = std::fs::read_to_string(page).expect("the page about results");
    let (_, figures) = page.split_once("## Figures").expect("its figures");
    let cases = pair.same(&["cases"]).success();
    let cases = String::from_utf8_lossy(&cases.get_output().stdout).into_owned();
    for case in cases
        .lines()
        .map(|line| line.split('\t').next().expect("a name"))
    {
        let arguments = ["measure", case, "--scale", "3", "--samples", "2"];
        let measured = |mut command: assert_cmd::Command| -> Vec<Map<String, Value>> {
            let done = command.assert().success().stderr("");
            let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
            text.lines()
                .map(|line| serde_json::from_str(line).expect("an object"))
                .collect()
        };
        let (rust, go) = (
            measured(pair.rust(&arguments)),
            measured(pair.go(&arguments)),
        );
        assert_eq!(rust[0]["answer"], go[0]["answer"], "{case}");
        let names = |lines: &[Map<String, Value>]| -> Vec<Vec<String>> {
            let inner = |line: &Map<String, Value>| match line.values().next() {
                Some(Value::Object(inner)) => inner.keys().cloned().collect(),
                _ => line.keys().cloned().collect(),
            };
            lines.iter().map(inner).collect()
        };
        assert_eq!(names(&rust), names(&go), "{case}");
        for name in names(&go)[1..].concat() {
            let known = name == "sample" || figures.contains(&format!("`{name}`"));
            assert!(
                known,
                "{case}: crates/lab-results/RESULTS.md does not say what {name} is"
            );
        }
        for lines in [&rust, &go] {
            let samples = lines[0]["samples"].as_u64().expect("a number") as usize;
            assert!((1..=2).contains(&samples), "{case}: {samples} samples");
            let expected = samples + 3;
            assert_eq!(
                lines.len(),
                expected,
                "{case}: answer, samples, runtime, process"
            );
        }
        for wrong in ["0", "-1", "x", "99999999999999999999"] {
            pair.same(&["measure", case, "--scale", wrong])
                .code(2)
                .stdout("");
        }
    }
}

/// Output into a closed pipe.
pub fn a_reader_that_goes_away_is_no_error(pair: &Pair) {
    for program in [&pair.programs.rust, &pair.programs.go] {
        for arguments in [&["demo"][..], &["--help"], &["contrast"]] {
            let (reader, writer) = io::pipe().expect("a pipe");
            drop(reader);
            let mut command = environment::program(program.join(pair.topic()));
            let command = command.args(arguments).stdin(Stdio::null()).stdout(writer);
            let output = command.stderr(Stdio::piped()).output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                (output.status.code(), &*said),
                (Some(0), ""),
                "{} {arguments:?}",
                program.display()
            );
        }
    }
}

/// The message of a topic without scripts.
pub fn replay_says_why_there_are_no_scripts(pair: &Pair) {
    let refused = pair.same(&["replay"]).code(2).stdout("");
    refused.stderr(predicate::str::is_match("^error: .{20,}\n$").expect("a pattern"));
    assert!(pair.operations().is_empty(), "no scripts, no operations");
}
