//! Runs a program under a limit of time and output, and keeps what it printed.

use std::{
    fmt,
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::process_group::ProcessGroup;

pub use crate::environment::clear as clear_environment;

/// The most bytes that a program may print.
const MAX_OUTPUT: usize = 32 << 20;

/// Time limit of a pair's program: far more than it needs, on a busy machine too.
pub const PROGRAM_LIMIT: Duration = Duration::from_mins(5);

/// Time between two looks at whether a run was cancelled.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// What a program may take before it is stopped.
#[derive(Debug, Clone, Copy)]
pub struct RunLimits<'a> {
    /// Wall time.
    pub time: Duration,
    /// Bytes on standard output, and as many on standard error.
    pub output: usize,
    /// Another thread sets it to stop the program.
    pub cancelled: Option<&'a AtomicBool>,
}

/// What a program printed, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// It had to be stopped: it took longer than this.
    TimeLimit(Duration),
    /// Stopped: it printed more bytes than this.
    TooMuch(usize),
    /// Stopped by another thread.
    Cancelled,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exit(code) => write!(f, "exit {code}"),
            End::Signal(6) => write!(f, "died of signal 6 (abort)"),
            End::Signal(9) => write!(f, "died of signal 9 (kill)"),
            End::Signal(11) => write!(f, "died of signal 11 (segmentation fault)"),
            End::Signal(signal) => write!(f, "died of signal {signal}"),
            End::TimeLimit(limit) => write!(f, "still ran after {} s", limit.as_secs()),
            End::TooMuch(limit) => write!(f, "printed more than {} MiB", limit >> 20),
            End::Cancelled => write!(f, "was stopped"),
        }
    }
}

/// What a tool said last that tells why it failed: from its last error on, in one line.
pub fn last_words(said: &[u8]) -> String {
    const MOST: usize = 3;
    let said = String::from_utf8_lossy(said).into_owned();
    // These only count what stands above them.
    let counts = [
        "error: aborting due to",
        "error: could not compile",
        "For more information",
        "note: run with `RUST_BACKTRACE",
    ];
    let is_informative =
        |line: &&str| !line.is_empty() && !counts.iter().any(|count| line.starts_with(count));
    let lines: Vec<&str> = said.lines().map(str::trim).filter(is_informative).collect();
    let begins = ["error", "fatal error: ", "panic: "];
    let is_error = |line: &&str| {
        let line = line.to_lowercase();
        begins.iter().any(|begin| line.starts_with(begin)) || line.contains(" panicked at ")
    };
    let from = lines.iter().rposition(is_error);
    let from = from.unwrap_or(lines.len().saturating_sub(1));
    let words: Vec<&str> = lines[from..].iter().copied().take(MOST).collect();
    if words.is_empty() {
        "it says nothing".to_owned()
    } else {
        words.join("; ")
    }
}

/// An error in one line: of what a compiler said, its last words.
pub fn in_one_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    match text.split_once('\n') {
        Some((first, rest)) => format!("{first} {}", last_words(rest.as_bytes())),
        None => text,
    }
}

/// Runs a program to its end, or stops it at the limit.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Outcome> {
    run_watched(command, limit, |_| ())
}

/// Runs a program; `begun` gets its process id when it starts.
pub fn run_watched(
    command: &mut Command,
    limit: Duration,
    begun: impl FnOnce(u32),
) -> io::Result<Outcome> {
    let limits = RunLimits {
        time: limit,
        output: MAX_OUTPUT,
        cancelled: None,
    };
    run_limited(command.stdin(Stdio::null()), &limits, begun)
}

/// Runs a program within limits. The caller sets its standard input.
pub fn run_limited(
    command: &mut Command,
    limits: &RunLimits,
    begun: impl FnOnce(u32),
) -> io::Result<Outcome> {
    let deadline = Instant::now() + limits.time;
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    // Dropped at the end, with all that the program has started.
    let mut group = ProcessGroup::start(command)?;
    let child = &mut group.child;
    begun(child.id());
    let (sender, receiver) = sync_channel(16);
    listen(child.stdout.take(), 0, sender.clone());
    listen(child.stderr.take(), 1, sender);
    let mut printed = [Vec::new(), Vec::new()];
    let stopped = collect(&receiver, deadline, limits, &mut printed);
    let status = if stopped.is_none() {
        wait(child, deadline)?
    } else {
        None
    };
    drop(group);
    let end = match (status, stopped) {
        (Some(status), _) => end_of(status),
        (None, stopped) => stopped.unwrap_or(End::TimeLimit(limits.time)),
    };
    let [stdout, stderr] = printed;
    Ok(Outcome {
        stdout,
        stderr,
        end,
    })
}

/// Collects output until both pipes are closed; `Some` is the reason to stop the program.
fn collect(
    receiver: &Receiver<(usize, Vec<u8>)>,
    deadline: Instant,
    limits: &RunLimits,
    printed: &mut [Vec<u8>; 2],
) -> Option<End> {
    let interval = limits.cancelled.map_or(Duration::MAX, |_| POLL_INTERVAL);
    loop {
        if limits.cancelled.is_some_and(|flag| flag.load(Relaxed)) {
            return Some(End::Cancelled);
        }
        if printed.iter().any(|text| text.len() > limits.output) {
            return Some(End::TooMuch(limits.output));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(interval)) {
            Ok((pipe, chunk)) => printed[pipe].extend_from_slice(&chunk),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) if left <= interval => {
                return Some(End::TimeLimit(limits.time));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Passes on what a pipe holds. The thread ends with the pipe, or when nobody listens any more.
fn listen<R: Read + Send + 'static>(
    pipe: Option<R>,
    index: usize,
    sender: SyncSender<(usize, Vec<u8>)>,
) {
    let Some(mut pipe) = pipe else { return };
    thread::spawn(move || {
        let mut chunk = vec![0; 16 << 10];
        while let Ok(read @ 1..) = pipe.read(&mut chunk) {
            if sender.send((index, chunk[..read].to_vec())).is_err() {
                return;
            }
        }
    });
}

fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

#[cfg(unix)]
fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn end_of(status: ExitStatus) -> End {
    End::Exit(status.code().unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::proc;
    use std::io::{Seek as _, Write as _};

    const SECOND: Duration = Duration::from_secs(1);

    /// Time limit of a program that has to be stopped: a busy machine starts a shell within it.
    const LIMIT: Duration = Duration::from_secs(5);

    #[test]
    fn the_last_words_of_a_tool_tell_why_it_failed() {
        let rustc = b"warning: unused\nerror: cannot find value `x`\n --> a.rs:1:2\n\nerror: aborting due to 1 previous error\n";
        assert_eq!(
            last_words(rustc),
            "error: cannot find value `x`; --> a.rs:1:2"
        );
        let rustup =
            b"error: rustup could not choose a version\nhelp: run 'rustup default stable'\n";
        assert_eq!(
            last_words(rustup),
            "error: rustup could not choose a version; help: run 'rustup default stable'"
        );
        let go = b"fatal error: out of memory\n\ngoroutine 1:\nmain.main()\nmain.go:1\n";
        assert!(last_words(go).starts_with("fatal error: out of memory; "));
        let rust = b"a\n\nthread 'main' (7) panicked at src/main.rs:2:5:\nno more threads\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(
            last_words(rust),
            "thread 'main' (7) panicked at src/main.rs:2:5:; no more threads"
        );
        assert_eq!(last_words(b"go: a\ngo: b\n\n"), "go: b");
        assert_eq!(last_words(b"\n"), "it says nothing");
    }

    fn shell(script: &str, limit: Duration) -> Outcome {
        run(Command::new("sh").args(["-c", script]), limit).unwrap()
    }

    #[test]
    fn output_and_code_are_kept() {
        let outcome = shell("printf out; printf err >&2; exit 3", 20 * SECOND);
        assert_eq!(outcome.stdout, b"out");
        assert_eq!(outcome.stderr, b"err");
        assert_eq!(outcome.end, End::Exit(3));
    }

    #[test]
    fn a_program_that_hangs_is_stopped_and_what_it_printed_is_kept() {
        let outcome = shell("echo first; exec sleep 60", LIMIT);
        assert_eq!(outcome.stdout, b"first\n");
        assert_eq!(outcome.end, End::TimeLimit(LIMIT));
    }

    #[test]
    fn a_program_that_closes_its_pipes_and_hangs_is_stopped() {
        let outcome = shell("exec >&- 2>&-; exec sleep 60", SECOND);
        assert_eq!(outcome.end, End::TimeLimit(SECOND));
    }

    #[test]
    fn a_child_of_the_program_that_keeps_the_pipe_does_not_outlast_the_limit() {
        let begun = Instant::now();
        let outcome = shell("sleep 60 & echo done", LIMIT);
        assert_eq!(outcome.stdout, b"done\n");
        assert!(begun.elapsed() < 30 * SECOND);
    }

    /// Runs a script that tells on its first line the number of a process that it started.
    fn started(script: &str, limit: Duration) -> (u32, End) {
        let outcome = shell(script, limit);
        let pid = String::from_utf8(outcome.stdout).unwrap();
        (pid.trim().parse().unwrap(), outcome.end)
    }

    fn ends_soon(pid: u32) -> bool {
        let deadline = Instant::now() + 10 * SECOND;
        // One that has ended stays where the first process of a container waits for nobody.
        while proc::is_running(pid) {
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(20));
        }
        true
    }

    #[test]
    fn what_a_program_started_does_not_outlive_its_limit() {
        let (pid, end) = started("sleep 60 & echo $!; exec sleep 60", LIMIT);
        assert_eq!(end, End::TimeLimit(LIMIT));
        assert!(ends_soon(pid));
        // One that runs without a pipe of the program's is ended with it.
        let (pid, end) = started("sleep 60 >&- 2>&- & echo $!", 20 * SECOND);
        assert_eq!(end, End::Exit(0));
        assert!(ends_soon(pid));
        let ignores = "trap '' TERM; while :; do sleep 1; done";
        let (pid, _) = started(&format!("sh -c \"{ignores}\" & echo $!; wait"), LIMIT);
        assert!(ends_soon(pid), "though it ignores to be asked");
    }

    #[test]
    fn a_program_that_prints_without_end_is_stopped() {
        let end = shell("exec yes", 20 * SECOND).end;
        assert_eq!(end, End::TooMuch(MAX_OUTPUT));
    }

    #[test]
    fn a_program_takes_its_input_and_no_more_than_its_limits() {
        let limited = |script: &str, cancelled: Option<&AtomicBool>| {
            let limits = RunLimits {
                time: 20 * SECOND,
                output: 1 << 10,
                cancelled,
            };
            let mut input = tempfile::tempfile().unwrap();
            input.write_all(b"input\n").unwrap();
            input.rewind().unwrap();
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdin(input);
            run_limited(&mut command, &limits, |_| ()).unwrap()
        };
        assert_eq!(limited("cat; echo end", None).stdout, b"input\nend\n");
        assert_eq!(limited("exec yes", None).end, End::TooMuch(1 << 10));
        let flag = AtomicBool::new(false);
        let begun = Instant::now();
        let end = thread::scope(|scope| {
            let run = scope.spawn(|| limited("exec sleep 60", Some(&flag)).end);
            thread::sleep(SECOND / 10);
            flag.store(true, Relaxed);
            run.join().unwrap()
        });
        assert_eq!(end, End::Cancelled);
        assert!(begun.elapsed() < 10 * SECOND);
    }

    #[test]
    fn a_signal_is_told() {
        let end = shell("kill -ABRT $$", 20 * SECOND).end;
        assert_eq!(end.to_string(), "died of signal 6 (abort)");
    }
}
