//! Process groups: a program and all that it starts end together, and at the latest with this process.

use std::{
    io,
    process::{Child, Command},
};

/// A program in a process group of its own, which is ended as a whole when this is dropped.
#[derive(Debug)]
pub struct ProcessGroup {
    /// The program itself.
    pub child: Child,
}

impl ProcessGroup {
    /// Starts a program.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        return unix::start(command);
        #[cfg(not(unix))]
        Ok(ProcessGroup {
            child: command.spawn()?,
        })
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        #[cfg(unix)]
        unix::end(&mut self.child);
        #[cfg(not(unix))]
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
pub use unix::{end_all, go_on_until_the_second_signal};

#[cfg(unix)]
mod unix {
    use std::{
        collections::BTreeSet,
        io, mem,
        os::unix::process::CommandExt as _,
        process::{Child, Command},
        sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError},
        thread,
        time::{Duration, Instant},
    };

    use nix::{
        errno::Errno,
        sys::signal::{Signal, killpg},
        unistd::Pid,
    };
    use signal_hook::{
        consts::{SIGHUP, TERM_SIGNALS},
        iterator::Signals,
        low_level,
    };

    use super::ProcessGroup;

    /// Time in which a group may end its own groups, before it is killed.
    const GRACE: Duration = Duration::from_millis(500);

    /// Groups that run, by the numbers of their first processes.
    static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

    /// The exit code of a process that goes on after the first signal.
    static SECOND: OnceLock<i32> = OnceLock::new();

    /// Lets the first signal reach the groups alone; the second one ends this process with this code.
    pub fn go_on_until_the_second_signal(code: i32) {
        let _ = SECOND.set(code);
        listen();
    }

    /// Ends all groups before this process ends. No group can be started afterwards.
    pub fn end_all() {
        let running = running();
        let all = |signal| -> bool {
            let reached: Vec<bool> = running
                .iter()
                .map(|&group| send_signal(group, signal))
                .collect();
            reached.contains(&true)
        };
        let deadline = Instant::now() + GRACE;
        if all(Some(Signal::SIGTERM)) {
            while Instant::now() < deadline && all(None) {
                thread::sleep(Duration::from_millis(1));
            }
            all(Some(Signal::SIGKILL));
        }
        // A thread that wants to start one waits until this process ends.
        mem::forget(running);
    }

    pub(super) fn start(command: &mut Command) -> io::Result<ProcessGroup> {
        listen();
        command.process_group(0);
        // Held meanwhile, so that no signal misses it.
        let mut running = running();
        let child = command.spawn()?;
        running.insert(child.id());
        Ok(ProcessGroup { child })
    }

    pub(super) fn end(child: &mut Child) {
        let group = child.id();
        let deadline = Instant::now() + GRACE;
        if send_signal(group, Some(Signal::SIGTERM)) {
            // A lab or a test in it ends the groups that it has begun itself.
            while Instant::now() < deadline && is_running(child) {
                thread::sleep(Duration::from_millis(1));
            }
            send_signal(group, Some(Signal::SIGKILL));
        }
        running().remove(&group);
    }

    /// Whether any process of a child's group is left.
    fn is_running(child: &mut Child) -> bool {
        // One that has ended stays in its group until it is waited for.
        let _ = child.try_wait();
        send_signal(child.id(), None)
    }

    /// Sends a signal to a group; returns whether there is one.
    fn send_signal(group: u32, signal: Option<Signal>) -> bool {
        killpg(Pid::from_raw(group as i32), signal) != Err(Errno::ESRCH)
    }

    fn running() -> MutexGuard<'static, BTreeSet<u32>> {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A terminal signals its foreground group alone: from here on its signals reach all groups.
    fn listen() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let all = TERM_SIGNALS.iter().chain(&[SIGHUP]);
            if let Ok(signals) = Signals::new(all) {
                thread::spawn(move || pass_on(signals));
            }
        });
    }

    fn pass_on(mut signals: Signals) {
        let mut signalled = false;
        for signal in signals.forever() {
            let is_first = !mem::replace(&mut signalled, true);
            let goes_on = SECOND.get().filter(|_| is_first && signal != SIGHUP);
            let passed = match goes_on {
                Some(_) => Signal::try_from(signal).unwrap_or(Signal::SIGTERM),
                // Nobody is left who would end a group at its limit.
                None => Signal::SIGKILL,
            };
            let groups = running().clone();
            for &group in &groups {
                send_signal(group, Some(passed));
            }
            if goes_on.is_some() {
                // What a shell runs in its background ignores Ctrl-C.
                thread::sleep(GRACE);
                for group in groups.intersection(&running()) {
                    send_signal(*group, Some(Signal::SIGKILL));
                }
            } else {
                match SECOND.get() {
                    Some(&code) => low_level::exit(code),
                    None => drop(low_level::emulate_default_handler(signal)),
                }
            }
        }
    }
}
