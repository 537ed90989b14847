//! The two programs of a topic: replays many scripts in both, with as few processes as possible.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    slice, thread,
};

use anyhow::{Context as _, Result};

use super::SLOW;
use lab_workspace::{
    environment,
    programs::Programs,
    project::{Project, Topic},
    run_limited::{self, End},
};

/// The system's error if another process took the port after the stop.
pub const TAKEN: &[u8] = b"error: address already in use\n";

/// Retries when a port was already taken.
const MAX_RETRIES: usize = 3;

/// A program's answer to a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It came to an end.
    Said {
        /// The exit code of the script.
        code: i32,
        /// Standard output.
        stdout: Vec<u8>,
        /// Standard error.
        stderr: Vec<u8>,
    },
    /// The program broke or hung.
    Broke(String),
}

impl Answer {
    /// The answer to a script whose line is refused, without the output before that line.
    pub fn refusing(line: usize, why: &str) -> Self {
        Answer::Said {
            code: 2,
            stdout: Vec::new(),
            stderr: format!("error: line {line}: {why}\n").into_bytes(),
        }
    }

    /// The line that was refused, and why.
    pub fn refused(&self) -> Option<(usize, &str)> {
        let Answer::Said {
            code: 2, stderr, ..
        } = self
        else {
            return None;
        };
        let text = str::from_utf8(stderr).ok()?.strip_suffix('\n')?;
        let (line, what) = text.strip_prefix("error: line ")?.split_once(": ")?;
        Some((line.parse().ok()?, what))
    }

    /// Whether another process disturbed it: the answer says nothing about the script.
    fn is_disturbed(&self) -> bool {
        matches!(self, Answer::Said { code: 1, stderr, .. } if stderr == TAKEN)
    }

    /// Standard output.
    pub fn stdout(&self) -> &[u8] {
        match self {
            Answer::Said { stdout, .. } => stdout,
            Answer::Broke(_) => &[],
        }
    }

    /// Standard error.
    pub fn stderr(&self) -> &[u8] {
        match self {
            Answer::Said { stderr, .. } => stderr,
            Answer::Broke(_) => &[],
        }
    }

    /// The answer for a reader, cut after a few lines.
    pub fn shown(&self) -> String {
        const MAX_CHARACTERS: usize = 2000;
        const MAX_LINES: usize = 5;
        let mut text = String::new();
        let end = match self {
            Answer::Broke(how) => {
                text += how;
                String::new()
            }
            Answer::Said {
                code,
                stdout,
                stderr,
            } => {
                for bytes in [stdout, stderr] {
                    text += &bytes.escape_ascii().to_string().replace("\\n", "\n");
                }
                format!("exit {code}")
            }
        };
        let lines: String = text.split_inclusive('\n').take(MAX_LINES).collect();
        let mut shown: String = lines.chars().take(MAX_CHARACTERS).collect();
        if shown.len() < text.len() {
            shown += " ...\n";
        }
        shown + &end
    }
}

/// Both programs of a topic.
pub struct ProgramPair {
    root: PathBuf,
    rust: PathBuf,
    go: PathBuf,
    /// Processes of each language that run at the same time.
    processes: usize,
}

impl ProgramPair {
    /// The programs of a topic, which are built already.
    pub fn new(project: &Project, topic: &Topic) -> Self {
        let programs = Programs::locate(project);
        ProgramPair {
            root: project.root.clone(),
            rust: programs.rust.join(&topic.name),
            go: programs.go.join(&topic.name),
            processes: if topic.name == SLOW { 16 } else { 1 },
        }
    }

    /// The table of operations, as the Rust program prints it.
    pub fn table(&self) -> Result<String> {
        let mut command = environment::program(&self.rust);
        let outcome = run_limited::run(command.arg("operations"), run_limited::PROGRAM_LIMIT)
            .with_context(|| format!("cannot run {}", self.rust.display()))?;
        Ok(String::from_utf8(outcome.stdout)?)
    }

    /// Replays each script in Rust and in Go.
    pub fn replay(&self, scripts: &[Vec<u8>]) -> Result<[Vec<Answer>; 2]> {
        self.perform(&["replay", "--batch"], scripts)
    }

    /// Replays each script with a trace, in Rust and in Go.
    pub fn trace(&self, scripts: &[Vec<u8>]) -> Result<[Vec<Answer>; 2]> {
        self.perform(&["replay", "--batch", "--trace"], scripts)
    }

    fn perform(&self, command: &[&str], scripts: &[Vec<u8>]) -> Result<[Vec<Answer>; 2]> {
        let share = scripts.len().div_ceil(self.processes).max(1);
        thread::scope(|scope| {
            let start = |share| {
                [&self.rust, &self.go]
                    .map(|program| scope.spawn(move || self.perform_in(program, command, share)))
            };
            let shares: Vec<_> = scripts.chunks(share).map(start).collect();
            let mut answers = [Vec::new(), Vec::new()];
            for share in shares {
                for (answers, worker) in answers.iter_mut().zip(share) {
                    answers.extend(worker.join().expect("running a program does not panic")?);
                }
            }
            Ok(answers)
        })
    }

    fn perform_in(
        &self,
        program: &Path,
        command: &[&str],
        scripts: &[Vec<u8>],
    ) -> Result<Vec<Answer>> {
        let mut answers = Vec::new();
        while answers.len() < scripts.len() {
            let rest = &scripts[answers.len()..];
            if self.batch(program, command, rest, &mut answers)?.is_none() {
                continue;
            }
            // The batch broke at the next script, or at one whose answer was not yet written.
            let next = answers.len();
            if let Some(broke) =
                self.batch(program, command, &scripts[next..=next], &mut answers)?
            {
                answers.push(Answer::Broke(broke));
            }
        }
        for (answer, script) in answers.iter_mut().zip(scripts) {
            for _ in 0..MAX_RETRIES {
                if !answer.is_disturbed() {
                    break;
                }
                let mut again = Vec::new();
                self.batch(program, command, slice::from_ref(script), &mut again)?;
                if let Some(new) = again.pop() {
                    *answer = new;
                }
            }
        }
        Ok(answers)
    }

    /// Performs scripts in one process and adds the answers; returns how the process broke, if it did.
    fn batch(
        &self,
        program: &Path,
        arguments: &[&str],
        scripts: &[Vec<u8>],
        answers: &mut Vec<Answer>,
    ) -> Result<Option<String>> {
        let mut file = tempfile::NamedTempFile::new()?;
        for script in scripts {
            writeln!(file, "script {}", script.len())?;
            file.write_all(script)?;
        }
        let mut command = environment::program(program);
        command.current_dir(&self.root).args(arguments);
        command.arg(file.path());
        let done = run_limited::run(&mut command, run_limited::PROGRAM_LIMIT)
            .with_context(|| format!("cannot run {}", program.display()))?;
        let before = answers.len();
        let mut rest = done.stdout.as_slice();
        while let Some((answer, next)) = next(rest) {
            answers.push(answer);
            rest = next;
        }
        let whole = answers.len() - before == scripts.len();
        if whole && done.end == End::Exit(0) && done.stderr.is_empty() {
            return Ok(None);
        }
        answers.truncate(before + scripts.len() - usize::from(whole));
        let said = String::from_utf8_lossy(&done.stderr);
        Ok(Some(format!("{}\n{}", done.end, said.trim_end())))
    }
}

/// The first whole answer of a batch, and what follows it.
fn next(text: &[u8]) -> Option<(Answer, &[u8])> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let header = str::from_utf8(&text[..end]).ok()?;
    let numbers: Vec<&str> = header.strip_prefix("result ")?.split(' ').collect();
    let [code, stdout, stderr] = numbers[..] else {
        return None;
    };
    let (stdout, stderr): (usize, usize) = (stdout.parse().ok()?, stderr.parse().ok()?);
    let (printed, rest) = text[end + 1..].split_at_checked(stdout)?;
    let (complaint, rest) = rest.split_at_checked(stderr)?;
    let answer = Answer::Said {
        code: code.parse().ok()?,
        stdout: printed.to_vec(),
        stderr: complaint.to_vec(),
    };
    Some((answer, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_cut_off_is_none() {
        let batch = b"result 2 3 6\nab\nerror\nresult 0 1 0\n";
        let (answer, rest) = next(batch).unwrap();
        let (stdout, stderr) = (b"ab\n".to_vec(), b"error\n".to_vec());
        assert_eq!(
            answer,
            Answer::Said {
                code: 2,
                stdout,
                stderr
            }
        );
        assert_eq!(next(rest), None);
    }

    #[test]
    fn a_long_answer_is_cut_between_characters_and_after_few_lines() {
        // Of three bytes each: no multiple of them is the limit.
        let broke = Answer::Broke("\u{20ac}".repeat(5000)).shown();
        assert!(broke.ends_with("\u{20ac} ...\n"), "{broke}");
        let answer = Answer::Said {
            code: 2,
            stdout: "ä\n".repeat(1000).into(),
            stderr: Vec::new(),
        };
        let shown = answer.shown();
        assert_eq!(shown.lines().count(), 7, "{shown}");
        assert!(shown.ends_with("\nexit 2"), "{shown}");
    }

    #[test]
    fn only_a_port_that_was_taken_disturbs() {
        let answer = |code, stderr: &[u8]| Answer::Said {
            code,
            stdout: b"stopped\n".to_vec(),
            stderr: stderr.to_vec(),
        };
        assert!(answer(1, TAKEN).is_disturbed());
        assert!(!answer(2, TAKEN).is_disturbed());
        assert!(!answer(1, b"error: permission denied\n").is_disturbed());
        assert!(!Answer::Broke("exit 1".to_owned()).is_disturbed());
    }

    #[test]
    fn a_refused_line_is_found_with_its_reason() {
        let answer = |stderr: &str| Answer::Said {
            code: 2,
            stdout: Vec::new(),
            stderr: stderr.into(),
        };
        let refused = answer("error: line 12: usage: a: b\n");
        assert_eq!(refused.refused(), Some((12, "usage: a: b")));
        assert_eq!(answer("error: no file\n").refused(), None);
    }
}
