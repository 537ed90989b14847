//! What one program replies to a script, and whether both programs reply the same.

use lab_workspace::run_limited::{self, End, Outcome};
use serde::Serialize;
use signal_hook::consts::{SIGKILL, SIGXCPU, SIGXFSZ};

use super::runner::{Finished, MAX_ADDRESSES, MAX_OUTPUT, MAX_TIME};

/// What one program replies.
#[derive(Debug, Clone, Serialize)]
pub struct Reply {
    /// The lines that it printed.
    pub output: String,
    /// How it ended.
    pub end: Ending,
    /// Why it ended before the script did, as a sentence.
    pub why: Option<String>,
    /// The line of the script that it refused.
    pub line: Option<usize>,
    /// How long it took.
    pub milliseconds: f64,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// At the end of the script.
    Done,
    /// At a line or a call that it refused.
    Refused,
    /// At a limit of the playground.
    Limit,
    /// It crashed, which must not happen.
    Crashed,
}

/// Whether two programs reply the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// Output and ending are the same.
    Same,
    /// At least one program hit a limit; all that both printed before is the same.
    Limit,
    /// They differ, which must not happen.
    Differs,
}

impl Reply {
    /// Reads how a program ended, from its exit code and its standard error.
    pub fn new((outcome, milliseconds): &Finished) -> Self {
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        let complaint = stderr.trim_end();
        let refusal = complaint.strip_prefix("error: ");
        let crash = || {
            let words = run_limited::last_words(&outcome.stderr);
            (Ending::Crashed, format!("{}: {words}", outcome.end))
        };
        let (end, why) = match (outcome.end, refusal) {
            (End::Exit(0), _) if complaint.is_empty() => (Ending::Done, None),
            (End::Exit(2), Some(_)) => (Ending::Refused, Some(complaint.to_owned())),
            _ => {
                let limit = limit(outcome, &stderr).map(|limit| (Ending::Limit, limit));
                let (end, why) = limit.unwrap_or_else(crash);
                (end, Some(why))
            }
        };
        let line = refusal.and_then(|what| {
            let number = what.strip_prefix("line ")?.split(':').next()?;
            number.parse().ok()
        });
        Reply {
            output: String::from_utf8_lossy(&outcome.stdout).into_owned(),
            end,
            why,
            line: line.filter(|_| end == Ending::Refused),
            milliseconds: *milliseconds,
        }
    }
}

/// What Go's and Rust's runtimes say when they get no memory and no thread.
const OUT_OF_MEMORY: [&str; 6] = [
    "out of memory",
    "cannot allocate memory",
    "failed to create new OS thread",
    "memory allocation of ",
    "Cannot allocate memory",
    "Resource temporarily unavailable",
];

/// The limit at which a program ended; `None` if it ended otherwise.
fn limit(outcome: &Outcome, stderr: &str) -> Option<String> {
    let is_out_of_memory = || OUT_OF_MEMORY.iter().any(|words| stderr.contains(words));
    let limit = match outcome.end {
        End::TimeLimit(_) => format!("{} s", MAX_TIME.as_secs()),
        End::TooMuch(_) => format!("{} MiB of output", MAX_OUTPUT >> 20),
        // The system does so to a program that takes too much CPU time, memory or disk.
        End::Signal(SIGKILL | SIGXCPU | SIGXFSZ) => {
            return Some("stopped by the system: it took too much".to_owned());
        }
        End::Exit(_) | End::Signal(_) if is_out_of_memory() => {
            format!("{} MiB of memory", MAX_ADDRESSES >> 20)
        }
        _ => return None,
    };
    Some(format!("stopped at the playground's limit of {limit}"))
}

/// Compares the replies of two programs.
pub fn compare(go: &Reply, rust: &Reply) -> Comparison {
    let is_stopped = |reply: &Reply| reply.end == Ending::Limit;
    // The last line of a program that was stopped may be cut off.
    let whole_lines = |reply: &Reply| {
        let text = &reply.output;
        text[..text.rfind('\n').map_or(0, |at| at + 1)].to_owned()
    };
    let begins_alike = match (is_stopped(go), is_stopped(rust)) {
        (false, false) => None,
        (true, false) => Some(rust.output.starts_with(&whole_lines(go))),
        (false, true) => Some(go.output.starts_with(&whole_lines(rust))),
        (true, true) => {
            let (go, rust) = (whole_lines(go), whole_lines(rust));
            Some(go.starts_with(&rust) || rust.starts_with(&go))
        }
    };
    let is_same = match begins_alike {
        Some(true) => return Comparison::Limit,
        Some(false) => false,
        None => {
            let all = |reply: &Reply| (reply.output.clone(), reply.why.clone(), reply.end);
            all(go) == all(rust) && go.end != Ending::Crashed
        }
    };
    if is_same {
        Comparison::Same
    } else {
        Comparison::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(stdout: &str, stderr: &str, end: End) -> Reply {
        let outcome = Outcome {
            stdout: stdout.into(),
            stderr: stderr.into(),
            end,
        };
        Reply::new(&(outcome, 1.0))
    }

    #[test]
    fn exit_code_and_standard_error_say_how_a_program_ended() {
        let refused = "error: line 12: 3 is not alive\n";
        let go = "fatal error: runtime: out of memory\n\ngoroutine 1:\n";
        let rust = "memory allocation of 1024 bytes failed\n";
        let thread = "failed to spawn thread: Os { code: 11, kind: WouldBlock, message: \"Resource temporarily \
                      unavailable\" }\n";
        for (stderr, end, expected, line) in [
            ("", End::Exit(0), Ending::Done, None),
            (refused, End::Exit(2), Ending::Refused, Some(12)),
            (
                "error: no scripts here\n",
                End::Exit(2),
                Ending::Refused,
                None,
            ),
            ("", End::TimeLimit(MAX_TIME), Ending::Limit, None),
            ("", End::TooMuch(MAX_OUTPUT), Ending::Limit, None),
            (go, End::Exit(2), Ending::Limit, None),
            (rust, End::Signal(6), Ending::Limit, None),
            (thread, End::Exit(101), Ending::Limit, None),
            ("", End::Signal(SIGKILL), Ending::Limit, None),
            ("", End::Signal(SIGXCPU), Ending::Limit, None),
            ("panic: x\n", End::Exit(2), Ending::Crashed, None),
            ("", End::Signal(11), Ending::Crashed, None),
            (
                "said without a reason\n",
                End::Exit(0),
                Ending::Crashed,
                None,
            ),
        ] {
            let found = reply("", stderr, end);
            assert_eq!(
                (found.end, found.line),
                (expected, line),
                "{stderr:?} {end}"
            );
            assert_eq!(found.why.is_none(), expected == Ending::Done);
        }
    }

    #[test]
    fn replies_are_the_same_only_to_the_last_byte_and_a_limit_excuses_no_difference() {
        let refused = "error: line 2: no\n";
        let limit = End::TimeLimit(MAX_TIME);
        let done = |stdout| reply(stdout, "", End::Exit(0));
        for (go, rust, expected) in [
            (done("a\nb\n"), done("a\nb\n"), Comparison::Same),
            (done("a\nb\n"), done("a\nb"), Comparison::Differs),
            (
                done("a\n"),
                reply("a\n", refused, End::Exit(2)),
                Comparison::Differs,
            ),
            (
                reply("", refused, End::Exit(2)),
                reply("", refused, End::Exit(2)),
                Comparison::Same,
            ),
            (
                reply("", "error: line 2: nay\n", End::Exit(2)),
                reply("", refused, End::Exit(2)),
                Comparison::Differs,
            ),
            (reply("a\nb", "", limit), done("a\nbc\n"), Comparison::Limit),
            (done("a\nbc\n"), reply("a\nb", "", limit), Comparison::Limit),
            (
                reply("a\nx\n", "", limit),
                done("a\nbc\n"),
                Comparison::Differs,
            ),
            (
                reply("a\nb\nc\n", "", limit),
                done("a\n"),
                Comparison::Differs,
            ),
            (
                reply("", "", limit),
                reply("", "", limit),
                Comparison::Limit,
            ),
            (
                reply("", "", End::Signal(6)),
                reply("", "", End::Signal(6)),
                Comparison::Differs,
            ),
        ] {
            assert_eq!(compare(&go, &rust), expected, "{go:?} {rust:?}");
        }
    }
}
