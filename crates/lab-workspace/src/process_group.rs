//! Process groups: a program and all that it starts end together, and at the latest with this process.

use std::{
    io::{self, Read},
    process::{Child, Command, ExitStatus, Output, Stdio},
    thread,
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

    /// Runs a program to its end. It gets no input: the terminal's belongs to this process's own group.
    pub fn status(command: &mut Command) -> io::Result<ExitStatus> {
        Self::start(command.stdin(Stdio::null()))?.child.wait()
    }

    /// Runs a program to its end, and keeps all that it prints.
    pub fn output(command: &mut Command) -> io::Result<Output> {
        Self::output_beside(command, Stdio::piped())
    }

    /// The same, with its standard error at this place; if that is no pipe, it is not kept.
    pub fn output_beside(command: &mut Command, stderr: Stdio) -> io::Result<Output> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut group = Self::start(command.stderr(stderr))?;
        let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
        // Both are read at once: a program that waits for one of them would never end.
        thread::scope(|scope| {
            let stderr = scope.spawn(|| stderr.map(read_all).transpose());
            let stdout = stdout.map(read_all).transpose()?;
            let stderr = stderr.join().expect("reading does not panic")?;
            Ok(Output {
                status: group.child.wait()?,
                stdout: stdout.unwrap_or_default(),
                stderr: stderr.unwrap_or_default(),
            })
        })
    }
}

fn read_all(mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    from.read_to_end(&mut all)?;
    Ok(all)
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
    use crate::proc;

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
            let hangup = [SIGHUP]
                .into_iter()
                .filter(|&signal| !proc::is_ignored(signal));
            let all = TERM_SIGNALS.iter().copied().chain(hangup);
            if let Ok(signals) = Signals::new(all) {
                thread::spawn(move || pass_on(signals));
            }
        });
    }

    fn pass_on(mut signals: Signals) {
        let mut signalled = false;
        for signal in signals.forever() {
            let is_first = !mem::replace(&mut signalled, true);
            match SECOND.get() {
                Some(_) if is_first && signal != SIGHUP => {
                    let passed = Signal::try_from(signal).unwrap_or(Signal::SIGTERM);
                    let groups = running().clone();
                    for &group in &groups {
                        send_signal(group, Some(passed));
                    }
                    // What a shell runs in its background ignores Ctrl-C.
                    thread::sleep(GRACE);
                    for group in groups.intersection(&running()) {
                        send_signal(*group, Some(Signal::SIGKILL));
                    }
                }
                Some(&code) => {
                    // Nobody is left who would end a group at its limit. Who is ending all keeps the lock.
                    let running = RUNNING.try_lock();
                    for &group in running.iter().flat_map(|running| running.iter()) {
                        send_signal(group, Some(Signal::SIGKILL));
                    }
                    low_level::exit(code);
                }
                None => {
                    end_all();
                    drop(low_level::emulate_default_handler(signal));
                }
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::proc;

    #[test]
    fn a_program_may_fill_both_of_its_outputs() {
        let script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; exit 3";
        let output = ProcessGroup::output(Command::new("sh").args(["-c", script])).unwrap();
        let sizes = [output.stdout.len(), output.stderr.len()];
        assert_eq!((sizes, output.status.code()), ([300_000; 2], Some(3)));
    }

    #[test]
    fn what_a_program_leaves_behind_ends_with_it() {
        let script = "sleep 60 >/dev/null 2>&1 & echo $!";
        let output = ProcessGroup::output(Command::new("sh").args(["-c", script])).unwrap();
        let left = String::from_utf8(output.stdout).unwrap();
        assert!(!proc::is_running(left.trim().parse().unwrap()), "{left}");
    }
}
