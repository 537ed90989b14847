//! What one program answers to a script, and whether both answer the same.

use lab_workspace::run::{self, End, Outcome};
use serde::Serialize;
use signal_hook::consts::SIGKILL;

use super::runner::{MAX_ADDRESSES, MAX_OUTPUT, MAX_TIME};

/// What one program answers.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// What it printed.
    pub output: String,
    /// How it ended.
    pub end: Ended,
    /// Why it ended before the script did, for people.
    pub said: Option<String>,
    /// The line of the script that it refused.
    pub line: Option<usize>,
    /// How long it took.
    pub milliseconds: f64,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// With the script's end.
    Done,
    /// At a line, or at a call, that cannot be done.
    Refused,
    /// At a limit of the playground.
    Limit,
    /// It broke, which must not happen.
    Broke,
}

/// Whether two programs answer the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// Every byte is the same, and the end too.
    Same,
    /// A limit was hit, and what came before it is the same.
    Limit,
    /// They differ, which must not happen.
    Differs,
}

impl Side {
    /// The answer of a program that ended.
    pub fn of(outcome: &Outcome, milliseconds: f64) -> Self {
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        let complaint = stderr.trim_end();
        let refused = complaint.strip_prefix("error: ");
        let broke = || {
            let words = run::last_words(&outcome.stderr);
            (Ended::Broke, format!("{}: {words}", outcome.end))
        };
        let (end, said) = match (outcome.end, refused) {
            (End::Exit(0), _) if complaint.is_empty() => (Ended::Done, None),
            (End::Exit(2), Some(_)) => (Ended::Refused, Some(complaint.to_owned())),
            _ => {
                let limit = limit(outcome, &stderr).map(|limit| (Ended::Limit, limit));
                let (end, said) = limit.unwrap_or_else(broke);
                (end, Some(said))
            }
        };
        let line =
            refused.and_then(|what| what.strip_prefix("line ")?.split(':').next()?.parse().ok());
        Side {
            output: String::from_utf8_lossy(&outcome.stdout).into_owned(),
            end,
            said,
            line: line.filter(|_| end == Ended::Refused),
            milliseconds,
        }
    }
}

/// The limit at which a program ended, if it did.
fn limit(outcome: &Outcome, stderr: &str) -> Option<String> {
    let is_out_of_memory = |stderr: &str| {
        let go = [
            "out of memory",
            "cannot allocate memory",
            "failed to create new OS thread",
        ];
        let rust = ["memory allocation of ", "Cannot allocate memory"];
        go.iter().chain(&rust).any(|words| stderr.contains(words))
    };
    match outcome.end {
        End::TimeLimit(_) => Some(format!(
            "stopped at the playground's limit of {} s",
            MAX_TIME.as_secs()
        )),
        End::TooMuch(_) => Some(format!(
            "stopped at the playground's limit of {} MiB of output",
            MAX_OUTPUT >> 20
        )),
        // The system ends a program so that takes too much.
        End::Signal(SIGKILL) => Some("stopped by the system: it took too much".to_owned()),
        End::Exit(_) | End::Signal(_) if is_out_of_memory(stderr) => Some(format!(
            "stopped at the playground's limit of {} MiB of memory",
            MAX_ADDRESSES >> 20
        )),
        _ => None,
    }
}

/// Compares the answers of two programs.
pub fn compare(go: &Side, rust: &Side) -> Comparison {
    let is_limit = |side: &Side| side.end == Ended::Limit;
    // The last line of a program that was stopped may be cut off.
    let whole = |side: &Side| {
        let text = &side.output;
        text[..text.rfind('\n').map_or(0, |at| at + 1)].to_owned()
    };
    let is_begun = match (is_limit(go), is_limit(rust)) {
        (false, false) => None,
        (true, false) => Some(rust.output.starts_with(&whole(go))),
        (false, true) => Some(go.output.starts_with(&whole(rust))),
        (true, true) => {
            let (go, rust) = (whole(go), whole(rust));
            Some(go.starts_with(&rust) || rust.starts_with(&go))
        }
    };
    match is_begun {
        Some(true) => return Comparison::Limit,
        Some(false) => return Comparison::Differs,
        None => {}
    }
    let told = |side: &Side| (side.output.clone(), side.said.clone(), side.end);
    if told(go) == told(rust) && go.end != Ended::Broke {
        Comparison::Same
    } else {
        Comparison::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(stdout: &str, stderr: &str, end: End) -> Side {
        let outcome = Outcome {
            stdout: stdout.into(),
            stderr: stderr.into(),
            end,
        };
        Side::of(&outcome, 1.0)
    }

    #[test]
    fn how_a_program_ended_is_told_by_its_code_and_its_words() {
        let refused = "error: line 12: 3 is not alive\n";
        let go = "fatal error: runtime: out of memory\n\ngoroutine 1:\n";
        let rust = "memory allocation of 1024 bytes failed\n";
        for (stderr, end, expected, line) in [
            ("", End::Exit(0), Ended::Done, None),
            (refused, End::Exit(2), Ended::Refused, Some(12)),
            (
                "error: no scripts here\n",
                End::Exit(2),
                Ended::Refused,
                None,
            ),
            ("", End::TimeLimit(MAX_TIME), Ended::Limit, None),
            ("", End::TooMuch(MAX_OUTPUT), Ended::Limit, None),
            (go, End::Exit(2), Ended::Limit, None),
            (rust, End::Signal(6), Ended::Limit, None),
            ("", End::Signal(SIGKILL), Ended::Limit, None),
            ("panic: x\n", End::Exit(2), Ended::Broke, None),
            ("", End::Signal(11), Ended::Broke, None),
            ("said without a reason\n", End::Exit(0), Ended::Broke, None),
        ] {
            let told = side("", stderr, end);
            assert_eq!((told.end, told.line), (expected, line), "{stderr:?} {end}");
            assert_eq!(told.said.is_none(), expected == Ended::Done);
        }
    }

    #[test]
    fn answers_are_the_same_only_to_the_last_byte_and_a_limit_excuses_no_difference() {
        let refused = "error: line 2: no\n";
        let limit = End::TimeLimit(MAX_TIME);
        let done = |stdout| side(stdout, "", End::Exit(0));
        for (go, rust, expected) in [
            (done("a\nb\n"), done("a\nb\n"), Comparison::Same),
            (done("a\nb\n"), done("a\nb"), Comparison::Differs),
            (
                done("a\n"),
                side("a\n", refused, End::Exit(2)),
                Comparison::Differs,
            ),
            (
                side("", refused, End::Exit(2)),
                side("", refused, End::Exit(2)),
                Comparison::Same,
            ),
            (
                side("", "error: line 2: nay\n", End::Exit(2)),
                side("", refused, End::Exit(2)),
                Comparison::Differs,
            ),
            (side("a\nb", "", limit), done("a\nbc\n"), Comparison::Limit),
            (done("a\nbc\n"), side("a\nb", "", limit), Comparison::Limit),
            (
                side("a\nx\n", "", limit),
                done("a\nbc\n"),
                Comparison::Differs,
            ),
            (
                side("a\nb\nc\n", "", limit),
                done("a\n"),
                Comparison::Differs,
            ),
            (side("", "", limit), side("", "", limit), Comparison::Limit),
            (
                side("", "", End::Signal(6)),
                side("", "", End::Signal(6)),
                Comparison::Differs,
            ),
        ] {
            assert_eq!(compare(&go, &rust), expected, "{go:?} {rust:?}");
        }
    }
}
