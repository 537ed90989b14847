//! Runs a program under a limit of time and output, and keeps what it printed.

use std::{
    env, fmt,
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

/// More than this a program does not print.
const MAX_OUTPUT: usize = 32 << 20;

/// Variables that a program sees of the reader's shell: where things are, and nothing that is a setting.
const KEPT: [&str; 8] = [
    "PATH",
    "HOME",
    "USERPROFILE",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    // Read by programs that were built to detect races, and by no other.
    "GORACE",
];

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
    /// It had to be stopped: it printed too much.
    TooMuch,
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
            End::TooMuch => write!(f, "printed more than {} MiB", MAX_OUTPUT >> 20),
        }
    }
}

/// Leaves a program only what it needs to find things: `GOGC` in the reader's shell is no part of a test.
pub fn clear_environment(command: &mut Command) -> &mut Command {
    command.env_clear();
    command.envs(
        KEPT.iter()
            .filter_map(|name| Some((name, env::var_os(name)?))),
    )
}

/// Runs a program to its end, or stops it at the limit.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Outcome> {
    run_watched(command, limit, |_| ())
}

/// Runs a program; whoever watches it is told its process's number when it begins.
pub fn run_watched(
    command: &mut Command,
    limit: Duration,
    begun: impl FnOnce(u32),
) -> io::Result<Outcome> {
    let deadline = Instant::now() + limit;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    begun(child.id());
    let (sender, receiver) = sync_channel(16);
    listen(child.stdout.take(), 0, sender.clone());
    listen(child.stderr.take(), 1, sender);
    let mut printed = [Vec::new(), Vec::new()];
    let stopped = match collect(&receiver, deadline, &mut printed) {
        Err(RecvTimeoutError::Timeout) => Some(End::TimeLimit(limit)),
        Ok(()) => Some(End::TooMuch),
        Err(RecvTimeoutError::Disconnected) => None,
    };
    let status = if stopped.is_none() {
        wait(&mut child, deadline)?
    } else {
        None
    };
    let end = match (status, stopped) {
        (Some(status), _) => end_of(status),
        (None, stopped) => {
            let _ = child.kill();
            child.wait()?;
            stopped.unwrap_or(End::TimeLimit(limit))
        }
    };
    let [stdout, stderr] = printed;
    Ok(Outcome {
        stdout,
        stderr,
        end,
    })
}

/// Collects what comes until both pipes are closed (disconnected), time is up, or it is too much (ok).
fn collect(
    receiver: &Receiver<(usize, Vec<u8>)>,
    deadline: Instant,
    printed: &mut [Vec<u8>; 2],
) -> Result<(), RecvTimeoutError> {
    while printed.iter().all(|text| text.len() <= MAX_OUTPUT) {
        let left = deadline.saturating_duration_since(Instant::now());
        let (pipe, chunk) = receiver.recv_timeout(left)?;
        printed[pipe].extend_from_slice(&chunk);
    }
    Ok(())
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

    const SECOND: Duration = Duration::from_secs(1);

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
        let outcome = shell("echo first; exec sleep 60", SECOND);
        assert_eq!(outcome.stdout, b"first\n");
        assert_eq!(outcome.end, End::TimeLimit(SECOND));
    }

    #[test]
    fn a_program_that_closes_its_pipes_and_hangs_is_stopped() {
        let outcome = shell("exec >&- 2>&-; exec sleep 60", SECOND);
        assert_eq!(outcome.end, End::TimeLimit(SECOND));
    }

    #[test]
    fn a_child_of_the_program_that_keeps_the_pipe_does_not_outlast_the_limit() {
        let begun = Instant::now();
        let outcome = shell("sleep 5 & echo done", SECOND);
        assert_eq!(outcome.stdout, b"done\n");
        assert!(begun.elapsed() < 4 * SECOND);
    }

    #[test]
    fn a_program_that_prints_without_end_is_stopped() {
        assert_eq!(shell("exec yes", 20 * SECOND).end, End::TooMuch);
    }

    #[test]
    fn a_signal_is_told() {
        let end = shell("kill -ABRT $$", 20 * SECOND).end;
        assert_eq!(end.to_string(), "died of signal 6 (abort)");
    }
}
