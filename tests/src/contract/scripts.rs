//! Replay of kept scripts, invalid ones, and batches.

use lab_verify::{complete, difftest::table::Operation};
use predicates::prelude::*;

use crate::{
    Pair,
    operations::{bad, plain},
};

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

/// Paths that do not exist or are not files.
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

/// Output of one script of a batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The exit code of the script.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

/// Runs many scripts in one process per language, asserts equal bytes, and splits the results.
pub fn batch(pair: &Pair, scripts: &[Vec<u8>]) -> Vec<Replayed> {
    let done = pair.same_with(&["replay", "--batch"], in_one(scripts));
    results(&done.success().get_output().stdout, scripts.len())
}

/// The input of a batch.
pub(super) fn in_one(scripts: &[Vec<u8>]) -> Vec<u8> {
    let mut input = Vec::new();
    for script in scripts {
        input.extend(format!("script {}\n", script.len()).bytes());
        input.extend(script);
    }
    input
}

/// The output of a batch of scripts.
pub(super) fn results(mut rest: &[u8], scripts: usize) -> Vec<Replayed> {
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
