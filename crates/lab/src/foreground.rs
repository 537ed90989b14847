//! A command that shares this process's terminal and ends by itself: it may have measured something, and keeps that.

use std::{
    process::{Child, Command, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use signal_hook::{
    consts::{SIGTERM, TERM_SIGNALS},
    flag,
};

/// Time between two looks at whether the command has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Runs commands in the foreground. As long as one runs, a signal ends it and not this process.
pub struct Foreground {
    signal: Arc<AtomicUsize>,
}

impl Foreground {
    /// Listens for signals from here on.
    pub fn listen() -> Result<Self> {
        let signal = Arc::new(AtomicUsize::new(0));
        for &number in TERM_SIGNALS {
            flag::register_usize(number, Arc::clone(&signal), number as usize)
                .context("cannot listen for signals")?;
        }
        Ok(Foreground { signal })
    }

    /// Whether a signal came.
    pub fn is_stopped(&self) -> bool {
        self.signal.load(Relaxed) != 0
    }

    /// Runs a command to its end, and returns its exit code; none if a signal ended it.
    pub fn run(&self, command: &mut Command) -> Result<Option<i32>> {
        let child = command.spawn();
        let program = || format!("cannot start {}", command.get_program().display());
        self.wait(child.with_context(program)?)
    }

    /// Ctrl-C reaches the command by itself, because it shares the terminal; SIGTERM to this process alone is passed on.
    fn wait(&self, mut child: Child) -> Result<Option<i32>> {
        let mut is_passed_on = false;
        loop {
            if let Some(status) = child.try_wait().context("cannot wait for a command")? {
                return Ok(status.code());
            }
            if !is_passed_on && self.signal.load(Relaxed) == SIGTERM as usize {
                is_passed_on = true;
                // It may have ended by now.
                let _ = kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM);
            }
            thread::sleep(POLL_INTERVAL);
        }
    }
}

/// The exit code of this process where it is that of a command.
pub fn exit_code(code: Option<i32>) -> ExitCode {
    let code = code.and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_ends_by_itself_or_by_the_signal_that_is_passed_on() {
        let foreground = |signal: i32| Foreground {
            signal: Arc::new(AtomicUsize::new(signal as usize)),
        };
        let ends = |foreground: &Foreground, script: &str| {
            foreground
                .run(Command::new("sh").args(["-c", script]))
                .unwrap()
        };
        let (calm, stopped) = (foreground(0), foreground(SIGTERM));
        assert_eq!((ends(&calm, "exit 3"), calm.is_stopped()), (Some(3), false));
        assert_eq!(ends(&stopped, "exec sleep 60"), None);
        assert!(stopped.is_stopped());
    }
}
