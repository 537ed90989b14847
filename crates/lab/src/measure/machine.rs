//! What the machine, its tools and the sources are.

use std::{collections::BTreeMap, env, fs, path::Path, process::Command, thread};

use crate::{
    project::Project,
    result::{Commit, Machine},
    toolchain::Go,
};

/// The machine, as far as the system tells.
pub fn machine(project: &Project) -> Machine {
    let mut versions = BTreeMap::new();
    let mut version = |name: &str, said: Option<String>| {
        versions.extend(said.map(|said| (name.to_owned(), said)));
    };
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    version("rustc", said(Command::new(rustc).arg("--version")));
    let go = Go::find(project).ok();
    version(
        "go",
        go.and_then(|go| said(go.command(project).arg("version"))),
    );
    version(
        "libc",
        said(Command::new("getconf").arg("GNU_LIBC_VERSION")),
    );
    let mut settings = BTreeMap::new();
    for (name, path) in [
        (
            "transparent huge pages",
            "/sys/kernel/mm/transparent_hugepage/enabled",
        ),
        (
            "governor",
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
        ),
    ] {
        settings.extend(line(path).map(|value| (name.to_owned(), value)));
    }
    Machine {
        cpu: cpu().unwrap_or_else(|| env::consts::ARCH.to_owned()),
        cores: thread::available_parallelism().map_or(1, usize::from),
        memory_bytes: memory_bytes(),
        system: system(),
        versions,
        settings,
    }
}

/// The commit, and whether files differ from it.
pub fn commit(project: &Project) -> Commit {
    let git = |arguments: &[&str]| {
        said(
            Command::new("git")
                .current_dir(&project.root)
                .args(arguments),
        )
    };
    Commit {
        hash: git(&["rev-parse", "HEAD"]),
        dirty: git(&["status", "--porcelain"]).is_some_and(|files| !files.is_empty()),
    }
}

/// The memory that can still be had, in bytes, the control group's limit counted.
pub fn available_bytes() -> u64 {
    let free = meminfo("MemAvailable:").unwrap_or(u64::MAX);
    let group = limit_bytes().map(|limit| {
        let used = number("/sys/fs/cgroup/memory.current")
            .or_else(|| number("/sys/fs/cgroup/memory/memory.usage_in_bytes"));
        // What the group holds of files is given back when it is needed.
        let files = group_stat("inactive_file ").unwrap_or(0);
        limit.saturating_sub(used.unwrap_or(0).saturating_sub(files))
    });
    free.min(group.unwrap_or(u64::MAX))
}

fn memory_bytes() -> u64 {
    let all = meminfo("MemTotal:").unwrap_or(u64::MAX);
    all.min(limit_bytes().unwrap_or(u64::MAX))
}

/// The control group's limit; `max` is none.
fn limit_bytes() -> Option<u64> {
    number("/sys/fs/cgroup/memory.max")
        .or_else(|| number("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
}

fn group_stat(label: &str) -> Option<u64> {
    let text = fs::read_to_string("/sys/fs/cgroup/memory.stat")
        .or_else(|_| fs::read_to_string("/sys/fs/cgroup/memory/memory.stat"))
        .ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix(label)?.parse().ok())
}

fn meminfo(label: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map_or(env::consts::OS, |name| name.trim_matches('"'));
    match line("/proc/sys/kernel/osrelease") {
        Some(kernel) => format!("{name}, kernel {kernel}"),
        None => name.to_owned(),
    }
}

fn number(path: &str) -> Option<u64> {
    line(path)?.parse().ok()
}

fn line(path: impl AsRef<Path>) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// What a command says, if it can be had.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
