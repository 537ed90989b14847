//! The machine, its tools and the commit, as a result records them.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use lab_results::result::{AWAKE, Commit, GOVERNOR, HUGE_PAGES, Machine};
use lab_workspace::{environment, proc, project::Project, toolchain::Go};

use crate::keep_awake;

/// The machine, as far as the system reports it.
pub fn machine(project: &Project) -> Machine {
    let mut versions = BTreeMap::new();
    let mut version = |name: &str, text: Option<String>| {
        versions.extend(text.map(|text| (name.to_owned(), text)));
    };
    version("rustc", stdout_text(environment::rustc().arg("--version")));
    let go = Go::find(project).ok();
    version(
        "go",
        go.and_then(|go| stdout_text(go.command(project).arg("version"))),
    );
    version(
        "libc",
        stdout_text(environment::tool("getconf").arg("GNU_LIBC_VERSION")),
    );
    let mut settings = BTreeMap::new();
    for (name, path) in [
        (HUGE_PAGES, "/sys/kernel/mm/transparent_hugepage/enabled"),
        (
            GOVERNOR,
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
        ),
    ] {
        settings.extend(line(path).map(|value| (name.to_owned(), value)));
    }
    if keep_awake::is_needed() {
        settings.insert(AWAKE.to_owned(), "kept awake".to_owned());
    }
    Machine {
        cpu: proc::processor_name().unwrap_or_else(|| env::consts::ARCH.to_owned()),
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
        stdout_text(
            environment::tool("git")
                .current_dir(&project.root)
                .args(arguments),
        )
    };
    Commit {
        hash: git(&["rev-parse", "HEAD"]),
        dirty: git(&["status", "--porcelain"]).is_some_and(|files| !files.is_empty()),
    }
}

/// Available memory in bytes, within the limits of control groups.
pub fn available_bytes() -> u64 {
    let free = proc::memory_bytes("MemAvailable:").unwrap_or(u64::MAX);
    let groups = groups();
    let left = groups.iter().filter_map(Group::left_bytes);
    left.fold(free, u64::min)
}

fn memory_bytes() -> u64 {
    let all = proc::memory_bytes("MemTotal:").unwrap_or(u64::MAX);
    let groups = groups();
    let limits = groups.iter().filter_map(Group::limit_bytes);
    limits.fold(all, u64::min)
}

/// Where Linux shows control groups.
const GROUPS: &str = "/sys/fs/cgroup";

/// The control groups of this process, inner and outer ones.
fn groups() -> Vec<Group> {
    let own = proc::own_control_groups().unwrap_or_default();
    Group::all(Path::new(GROUPS), &own)
}

/// A control group of memory: its folder, and the names of its files in this version.
struct Group {
    folder: PathBuf,
    limit: &'static str,
    used: &'static str,
}

impl Group {
    /// The groups that `/proc/self/cgroup` names, and all outer ones.
    fn all(root: &Path, own: &str) -> Vec<Self> {
        let mut all = Vec::new();
        for line in own.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(kind), Some(path)) = (parts.next(), parts.next()) else {
                continue;
            };
            let (root, limit, used) = match kind {
                "" => (root.to_owned(), "memory.max", "memory.current"),
                _ if kind.split(',').any(|kind| kind == "memory") => (
                    root.join("memory"),
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes",
                ),
                _ => continue,
            };
            let own = root.join(path.trim_start_matches('/'));
            let around = own
                .ancestors()
                .take_while(|around| around.starts_with(&root));
            all.extend(around.map(|folder| Group {
                folder: folder.to_owned(),
                limit,
                used,
            }));
        }
        all
    }

    /// Its limit; `None` for `max`.
    fn limit_bytes(&self) -> Option<u64> {
        line(self.folder.join(self.limit))?.parse().ok()
    }

    /// The unused part of its limit.
    fn left_bytes(&self) -> Option<u64> {
        let used: u64 = line(self.folder.join(self.used))?.parse().ok()?;
        // The page cache of files is given back when memory is needed.
        let stat = fs::read_to_string(self.folder.join("memory.stat")).unwrap_or_default();
        let files = stat
            .lines()
            .find_map(|line| line.strip_prefix("inactive_file ")?.parse().ok());
        let used = used.saturating_sub(files.unwrap_or(0));
        Some(self.limit_bytes()?.saturating_sub(used))
    }
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map_or(env::consts::OS, |name| name.trim_matches('"'));
    match proc::kernel() {
        Some(kernel) => format!("{name}, kernel {kernel}"),
        None => name.to_owned(),
    }
}

fn line(path: impl AsRef<Path>) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

/// The output of a command, if it succeeds.
fn stdout_text(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_of_the_groups_around_a_process_limits_its_memory() {
        let root = tempfile::tempdir().unwrap();
        let write = |group: &str, file: &str, text: &str| {
            let folder = root.path().join(group);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(file), text).unwrap();
        };
        write("jobs/mine", "memory.max", "max\n");
        write("jobs/mine", "memory.current", "700\n");
        write("jobs", "memory.max", "1000\n");
        write("jobs", "memory.current", "800\n");
        write("jobs", "memory.stat", "anon 500\ninactive_file 300\n");
        let groups = Group::all(root.path(), "0::/jobs/mine\n");
        assert_eq!(groups.len(), 3, "its own, the one around it, and the root");
        let left = groups.iter().filter_map(Group::left_bytes).min();
        assert_eq!(left, Some(500), "files can be given back");
        write("memory/old", "memory.limit_in_bytes", "64\n");
        write("memory/old", "memory.usage_in_bytes", "60\n");
        let old = Group::all(root.path(), "3:cpu:/old\n7:memory:/old\n");
        assert_eq!(old.iter().find_map(Group::left_bytes), Some(4));
    }
}
