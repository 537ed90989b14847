//! Processes that a test runs, waits for or signals.

use std::{
    fmt,
    process::{Command, Output},
    thread,
    time::{Duration, Instant},
};

/// Last lines of an output that a failure shows.
const MAX_LINES: usize = 18;

/// Result of a run of a command.
pub struct Ended {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// As a failed test shows it: the last lines of both outputs.
impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit code {}", self.code)?;
        for (name, text) in [("output", &self.stdout), ("error", &self.stderr)] {
            let lines: Vec<&str> = text.lines().collect();
            let before = lines.len().saturating_sub(MAX_LINES);
            writeln!(f, "standard {name}:")?;
            if before > 0 {
                writeln!(f, "... {before} lines before")?;
            }
            for line in &lines[before..] {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

impl Ended {
    /// Asserts the exit code, and words on standard error.
    #[track_caller]
    pub fn says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?}: {self:?}");
        }
    }

    /// The cases that the table of a measurement shows.
    pub fn cases(&self) -> Vec<&str> {
        let rows = self.stdout.lines().filter(|line| line.starts_with("x/"));
        rows.filter_map(|row| row.split(' ').next()).collect()
    }
}

/// Runs a command to its end.
pub fn ended(command: &mut Command) -> Ended {
    command.output().unwrap().into()
}

/// Sends a signal to a process; to a process group if its number is negative.
#[track_caller]
pub fn signal(name: &str, process: i64) {
    let process = process.to_string();
    let sent = Command::new("kill")
        .args(["-s", name, "--", &process])
        .status();
    assert!(sent.expect("kill runs").success());
}

/// Waits until a condition holds; fails if that takes too long.
#[track_caller]
pub fn wait_until(limit: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < limit, "after {limit:?} still not: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_the_last_lines_of_both_outputs() {
        let ended = Ended {
            code: 2,
            stdout: (1..=30)
                .map(|number| ["line ", &number.to_string(), "\n"].concat())
                .collect(),
            stderr: "error: x\n".to_owned(),
        };
        let shown = format!("{ended:?}");
        assert!(shown.starts_with("exit code 2\nstandard output:\n... 12 lines before\nline 13\n"));
        assert!(
            shown.ends_with("line 30\nstandard error:\nerror: x\n"),
            "{shown}"
        );
    }
}
