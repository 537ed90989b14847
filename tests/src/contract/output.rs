//! Programs with a closed pipe or a full disk for their output.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Write as _},
    path::Path,
    process::Stdio,
    thread,
    time::Instant,
};

use lab_workspace::environment;

use super::{Replayed, batch};
use crate::{LIMIT, Pair, operations::plain};

/// Output onto a full disk.
pub fn a_full_disk_is_told_alike(pair: &Pair) {
    let mut calls = vec![
        (vec!["demo"], String::new()),
        (vec!["--help"], String::new()),
        (vec!["--version"], String::new()),
        (vec!["contrast"], String::new()),
        (vec!["cases"], String::new()),
    ];
    if let Some(line) = prints(pair) {
        let script = format!("{line}\n");
        let batch = format!("script {}\n{script}", script.len());
        calls.push((vec!["operations"], String::new()));
        calls.push((vec!["replay"], format!("{script}nonsense\n")));
        calls.push((vec!["replay"], script));
        calls.push((vec!["replay", "--batch"], batch));
    }
    for (arguments, stdin) in calls {
        let outputs = pair.programs().map(|program| {
            let mut command = environment::program(program);
            command.args(&arguments).stdin(Stdio::piped());
            command.stdout(full_disk()).stderr(Stdio::piped());
            let mut child = command.spawn().expect("it starts");
            let mut input = child.stdin.take().expect("a pipe");
            // A program that does not read it may have ended.
            let _ = input.write_all(stdin.as_bytes());
            drop(input);
            child.wait_with_output().expect("it ends")
        });
        let said = String::from_utf8_lossy(&outputs[0].stderr);
        if stdin.contains("nonsense") {
            // Only the refused line is reported, not what happened to the lines before.
            assert_eq!(outputs[0].status.code(), Some(2), "{arguments:?}: {said}");
        } else {
            assert_eq!(outputs[0].status.code(), Some(1), "{arguments:?}: {said}");
            assert_eq!(said, NO_ROOM, "{arguments:?}");
        }
        assert_eq!(outputs[0], outputs[1], "{arguments:?}");
    }
}

/// The message of a program whose output fails.
const NO_ROOM: &str = "error: cannot write the output: no space left on device\n";

/// A file that fails every write.
fn full_disk() -> File {
    let full = File::options().write(true).open("/dev/full");
    full.expect("the system has a file that is always full")
}

/// An endless script into a pipe that closes.
pub fn a_long_replay_ends_with_its_reader(pair: &Pair) {
    let line = prints(pair).expect("an operation that prints");
    for program in pair.programs() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let ended = endless(&program, &line, writer, || {
            let mut first = String::new();
            let read = BufReader::new(reader).read_line(&mut first);
            read.expect("the first line");
            assert!(first.ends_with('\n'), "{first:?}");
        });
        assert_eq!(ended, (Some(0), String::new()), "{}", program.display());
    }
}

/// An endless script onto a full disk.
pub fn a_long_replay_ends_on_a_full_disk(pair: &Pair) {
    let line = prints(pair).expect("an operation that prints");
    for program in pair.programs() {
        let ended = endless(&program, &line, full_disk(), || ());
        assert_eq!(
            ended,
            (Some(1), NO_ROOM.to_owned()),
            "{}",
            program.display()
        );
    }
}

/// A line that prints something whenever it is performed.
fn prints(pair: &Pair) -> Option<String> {
    let operations = pair.operations();
    let lines: Vec<String> = operations.iter().map(plain).collect();
    let scripts: Vec<Vec<u8>> = lines
        .iter()
        .map(|line| format!("{line}\n").repeat(200).into_bytes())
        .collect();
    if scripts.is_empty() {
        return None;
    }
    let answers = batch(pair, &scripts);
    let good = |answer: &Replayed| answer.code == 0 && !answer.stdout.is_empty();
    let place = answers.iter().position(good)?;
    Some(lines[place].clone())
}

/// Replays a line repeatedly until the program ends; returns its exit code and errors.
fn endless(
    program: &Path,
    line: &str,
    stdout: impl Into<Stdio>,
    meanwhile: impl FnOnce(),
) -> (Option<i32>, String) {
    let mut command = environment::program(program);
    command.arg("replay").stdin(Stdio::piped());
    command.stdout(stdout).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // With it goes our end of the pipe.
    drop(command);
    let mut input = child.stdin.take().expect("a pipe");
    let lines = format!("{line}\n").repeat(1000);
    let begun = Instant::now();
    thread::scope(|scope| {
        let feed = scope.spawn(move || {
            while begun.elapsed() < LIMIT {
                if input.write_all(lines.as_bytes()).is_err() {
                    return true;
                }
            }
            false
        });
        meanwhile();
        let ended = feed.join().expect("it writes");
        if !ended {
            child.kill().expect("it still runs");
        }
        let output = child.wait_with_output().expect("it ends");
        assert!(
            ended,
            "{} reads on although nobody reads what it prints",
            program.display()
        );
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    })
}
