//! The tests that every topic has to pass.

mod limits;
mod measured;
mod output;
mod trace;

use std::{io, process::Stdio};

use predicates::prelude::*;
use serde_json::{Map, Value};

use lab_verify::{complete, difftest::table::Operation};
use lab_workspace::environment;

use crate::{
    Pair,
    operations::{bad, plain},
    project,
};

pub use limits::*;
pub use measured::*;
pub use output::*;
pub use trace::*;

/// Writes the contract's tests for a topic; `no scripts` for one whose `replay` says why it has none.
#[macro_export]
macro_rules! contract {
    ($topic:literal, no scripts) => {
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
            replay_says_why_there_are_no_scripts,
        );
    };
    ($topic:literal) => {
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

/// What a program says of itself.
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
            let limits = format!("{} to {}", operand.least, operand.most);
            assert!(rest.contains(&limits), "{line}{limits}");
        }
    }
}

/// Calls that no program understands.
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

/// Output into a pipe whose reader is gone.
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

/// The sentence in place of scripts.
pub fn replay_says_why_there_are_no_scripts(pair: &Pair) {
    let refused = pair.same(&["replay"]).code(2).stdout("");
    refused.stderr(predicate::str::is_match("^error: .{20,}\n$").expect("a pattern"));
    assert!(pair.operations().is_empty(), "no scripts, no operations");
}

/// The kept scripts, enough of them.
pub fn every_script_is_equal_and_says_something(pair: &Pair) {
    let scripts = pair.scripts();
    let least = complete::MIN_SCRIPTS;
    assert!(
        scripts.len() >= least,
        "{} scripts are too few",
        scripts.len()
    );
    let operations = pair.operations();
    let mut said = 0;
    let mut all = String::new();
    for path in scripts {
        let assert = pair.same(&["replay", &path.to_string_lossy()]);
        said += usize::from(!assert.get_output().stdout.is_empty());
        all += &String::from_utf8_lossy(&std::fs::read(path).expect("a script"));
    }
    let least = complete::MIN_PRINTING;
    assert!(said >= least, "only {said} scripts print anything");
    let used = |operation: &&Operation| {
        !all.lines()
            .any(|line| line.split_whitespace().next() == Some(operation.word.as_str()))
    };
    let unused: Vec<_> = operations.iter().filter(used).map(|o| &o.word).collect();
    assert!(unused.is_empty(), "no script uses {unused:?}");
}

/// A script by its path and through a pipe.
pub fn a_file_and_standard_input_say_the_same(pair: &Pair) {
    for path in pair.scripts().iter().take(3) {
        let from_file = pair.same(&["replay", &path.to_string_lossy()]);
        let from_stdin = pair.script(std::fs::read(path).expect("a script"));
        assert_eq!(from_file.get_output(), from_stdin.get_output());
    }
}

/// Paths that lead nowhere or to something that is no file.
pub fn a_file_that_cannot_be_read_is_refused_alike(pair: &Pair) {
    let says = |path: &str, reason: &str| {
        let refused = pair.same(&["replay", path]).code(2).stdout("");
        refused.stderr(format!("error: cannot read \"{path}\": {reason}\n"));
    };
    says("no/such/file", "no such file or directory");
    says("/", "is a directory");
    says("/dev/null/file", "not a directory");
    pair.same(&["replay", "a", "b"]).code(2);
    pair.same(&["replay", "--nonsense"]).code(2);
}

/// Lines that are wrong in every topic.
pub fn lines_that_cannot_be_done_are_refused_alike(pair: &Pair) {
    let says = |script: &[u8], error: &str| {
        pair.script(script)
            .code(2)
            .stderr(format!("error: {error}\n"));
    };
    says(b"nonsense", "line 1: unknown operation \"nonsense\"");
    says(
        b"\n# comment\n\tno\x7fn\n",
        "line 3: unknown operation \"no\\x7fn\"",
    );
    says(b"\xc3\xa4", "line 1: unknown operation \"\\xc3\\xa4\"");
    says(b"\\\"", "line 1: unknown operation \"\\\\\\\"\"");
    says(b"\n\xff", "line 2: not UTF-8");
    says(b"# \xed\xa0\x80", "line 1: not UTF-8");
    says(b"\xc2\xa0", "line 1: unknown operation \"\\xc2\\xa0\"");
    let mut long = vec![b' '; 65_536];
    pair.script(&long).success().stdout("");
    long.push(b'\r');
    pair.script(&long).success().stdout("");
    long.push(b'\n');
    pair.script(&long).success().stdout("");
    says(&vec![b' '; 65_537], "line 1: longer than 65536 bytes");
    says(&vec![b'a'; 1 << 20], "line 1: longer than 65536 bytes");
    for operation in pair.operations() {
        let usage = format!("error: line 1: usage: {}", operation.word);
        let too_many = format!("{} 1", plain(&operation));
        let refused = pair.script(too_many).code(2).stdout("");
        refused.stderr(predicate::str::starts_with(&*usage));
        if !operation.operands.is_empty() {
            let refused = pair.script(&operation.word).code(2).stdout("");
            refused.stderr(predicate::str::starts_with(&*usage));
        }
    }
}

/// Each operand of each operation, at and beyond its limits, as a batch.
pub fn operands_out_of_their_type_or_limit_are_refused_alike(pair: &Pair) {
    let mut scripts = Vec::new();
    for operation in pair.operations() {
        let plain = plain(&operation);
        let words: Vec<_> = plain.split(' ').collect();
        for (place, operand) in operation.operands.iter().enumerate() {
            for bad in bad(operand) {
                let mut words = words.clone();
                words[place + 1] = &bad;
                scripts.push(words.join(" ").into_bytes());
            }
        }
    }
    for (script, result) in scripts.iter().zip(batch(pair, &scripts)) {
        let shown = script.escape_ascii();
        assert_eq!(result.code, 2, "{shown} is refused");
        assert!(result.stderr.starts_with(b"error: line 1: "), "{shown}");
        assert!(
            result.stderr.windows(8).any(|text| text == b" is not "),
            "{shown}"
        );
    }
}

/// Comments, blanks, line ends, a last line without one.
pub fn the_form_of_a_script_does_not_matter(pair: &Pair) {
    let path = pair.scripts().into_iter().next().expect("a script");
    let plain = std::fs::read_to_string(path).expect("UTF-8");
    let expected = pair.script(&plain);
    let forms = [
        plain.replace('\n', "\r\n"),
        plain.replace('\n', " \t# said\n"),
        plain.replace('\n', "#\n"),
        plain.replace(' ', " \t "),
        plain.trim_end().to_owned(),
    ];
    for form in forms {
        assert_eq!(pair.script(form).get_output(), expected.get_output());
    }
    let apart = pair.script(plain.replace('\n', "\n\n"));
    assert_eq!(apart.get_output().stdout, expected.get_output().stdout);
    pair.script("").success().stdout("").stderr("");
}

/// Many scripts in one process and each in a process of its own.
pub fn a_batch_says_what_its_scripts_say_alone(pair: &Pair) {
    let mut scripts = vec![b"nonsense".to_vec(), Vec::new(), b"\xff\n".to_vec()];
    scripts.extend(
        pair.scripts()
            .iter()
            .map(|path| std::fs::read(path).expect("a script")),
    );
    for (script, result) in scripts.iter().zip(batch(pair, &scripts)) {
        let alone = pair.script(script);
        let alone = alone.get_output();
        assert_eq!(Some(result.code), alone.status.code());
        assert_eq!(result.stdout, alone.stdout);
        assert_eq!(result.stderr, alone.stderr);
    }
}

/// Batches whose frame is wrong.
pub fn a_broken_batch_is_refused_alike(pair: &Pair) {
    let broken = [
        "x",
        "script\n",
        "script x\n",
        "script 5\nabc",
        "script -1\n",
        "script 99999999999\n",
    ];
    for batch in broken {
        let refused = pair.same_with(&["replay", "--batch"], batch).code(2);
        refused.stderr(predicate::str::starts_with("error: batch: "));
    }
    pair.same_with(&["replay", "--batch"], "")
        .success()
        .stdout("");
}

/// What one script of a batch printed.
#[derive(Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The exit code that it would have had alone.
    pub code: i32,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it complained of.
    pub stderr: Vec<u8>,
}

/// Runs many scripts in one process a side, demands the same bytes, and takes the results apart.
pub fn batch(pair: &Pair, scripts: &[Vec<u8>]) -> Vec<Replayed> {
    let done = pair.same_with(&["replay", "--batch"], in_one(scripts));
    results(&done.success().get_output().stdout, scripts.len())
}

/// What a batch reads.
fn in_one(scripts: &[Vec<u8>]) -> Vec<u8> {
    let mut input = Vec::new();
    for script in scripts {
        input.extend(format!("script {}\n", script.len()).bytes());
        input.extend(script);
    }
    input
}

/// What a batch says to so many scripts.
fn results(mut rest: &[u8], scripts: usize) -> Vec<Replayed> {
    let mut results = Vec::new();
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|&byte| byte == b'\n')
            .expect("a header");
        let header = str::from_utf8(&rest[..end]).expect("UTF-8");
        let numbers: Vec<usize> = header
            .strip_prefix("result ")
            .expect("a result")
            .split(' ')
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [code, stdout, stderr] = numbers[..] else {
            panic!("three numbers: {header:?}");
        };
        rest = &rest[end + 1..];
        results.push(Replayed {
            code: code as i32,
            stdout: rest[..stdout].to_vec(),
            stderr: rest[stdout..stdout + stderr].to_vec(),
        });
        rest = &rest[stdout + stderr..];
    }
    assert_eq!(results.len(), scripts);
    results
}
