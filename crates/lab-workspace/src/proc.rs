//! The one reader of `/proc`: what Linux says of its processors, its memory and of single processes.
//! Every function returns `None` where the system does not say.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt as _,
    path::Path,
    time::Duration,
};

/// Clock ticks of a second in `/proc`: the same on every Linux, whatever the kernel's own clock.
const TICKS: f64 = 100.0;

/// Time of processors since the start of the system, in ticks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProcessorTime {
    /// Programs and the kernel ran, or wanted to and could not.
    pub wanted: u64,
    /// The part of it that the host took.
    pub stolen: u64,
}

/// CPU time and page faults of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// CPU time in ticks.
    pub ticks: u64,
    /// Pages that it touched and that had no memory yet.
    pub faults: u64,
}

/// The scheduler's statistics of one thread, kept open: they are read often.
#[derive(Debug)]
pub struct RunDelay(File);

impl RunDelay {
    /// Those of the thread that asks.
    pub fn of_this_thread() -> Option<Self> {
        File::open("/proc/thread-self/schedstat").ok().map(RunDelay)
    }

    /// How long the thread was ready to run and waited for a processor so far.
    pub fn read(&self) -> Option<Duration> {
        let mut text = [0; 64];
        let length = self.0.read_at(&mut text, 0).ok()?;
        parse_run_delay(str::from_utf8(&text[..length]).ok()?)
    }
}

/// The second of three numbers: time on a processor and time of waiting for one in nanoseconds, and turns.
fn parse_run_delay(text: &str) -> Option<Duration> {
    let nanoseconds = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

impl Stat {
    /// CPU time.
    pub fn cpu(self) -> Duration {
        Duration::from_secs_f64(self.ticks as f64 / TICKS)
    }
}

/// Time of these processors together.
pub fn processor_time(cores: &[usize]) -> Option<ProcessorTime> {
    parse_processors(&text("/proc/stat")?, cores)
}

/// CPU time and page faults of a process so far.
pub fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&text(format!("/proc/{pid}/stat"))?)
}

/// Resident memory of a process in KiB, rounded as the kernel keeps it.
pub fn resident_kib(pid: u32) -> Option<u64> {
    kibibytes(&text(format!("/proc/{pid}/status"))?, "VmRSS:")
}

/// Largest resident memory of a process so far, in KiB.
pub fn peak_kib(pid: u32) -> Option<u64> {
    kibibytes(&text(format!("/proc/{pid}/status"))?, "VmHWM:")
}

/// Largest address space of a process so far, in KiB.
pub fn peak_addresses_kib(pid: u32) -> Option<u64> {
    kibibytes(&text(format!("/proc/{pid}/status"))?, "VmPeak:")
}

/// Whether a process waits for something.
pub fn is_asleep(pid: u32) -> Option<bool> {
    Some(state(pid)? == 'S')
}

/// Whether a process is there and has not ended.
pub fn is_running(pid: u32) -> bool {
    state(pid).is_some_and(|state| state != 'Z')
}

/// The letter for what a process does: `S` waits, `Z` has ended.
fn state(pid: u32) -> Option<char> {
    let stat = text(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.trim_start().chars().next()
}

/// Whether this process was started to ignore a signal, as `nohup` does.
pub fn is_ignored(signal: i32) -> bool {
    let status = text("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| (mask >> (signal - 1)) & 1 == 1)
}

/// Resident memory of a process in KiB, exactly; the kernel takes longer for it.
pub fn resident_exact_kib(pid: u32) -> Option<u64> {
    kibibytes(&text(format!("/proc/{pid}/smaps_rollup"))?, "Rss:")
}

/// A line of `/proc/meminfo` in bytes, such as `MemTotal:`.
pub fn memory_bytes(label: &str) -> Option<u64> {
    Some(kibibytes(&text("/proc/meminfo")?, label)? * 1024)
}

/// Name of the processor.
pub fn processor_name() -> Option<String> {
    let text = text("/proc/cpuinfo")?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Version of the kernel.
pub fn kernel() -> Option<String> {
    Some(text("/proc/sys/kernel/osrelease")?.trim().to_owned())
}

/// Control groups of this process, one a line.
pub fn own_control_groups() -> Option<String> {
    text("/proc/self/cgroup")
}

fn text(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn kibibytes(text: &str, label: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Sums the lines `cpuN` of these processors.
fn parse_processors(stat: &str, cores: &[usize]) -> Option<ProcessorTime> {
    let mut sum = ProcessorTime::default();
    for core in cores {
        let label = format!("cpu{core} ");
        let line = stat.lines().find_map(|line| line.strip_prefix(&label))?;
        let ticks = line.split_whitespace().map_while(|word| word.parse().ok());
        // Guests' time, the ninth and tenth, is part of the first two.
        let ticks: Vec<u64> = ticks.take(8).collect();
        let [user, nice, system, _idle, _wait, interrupts, soft, stolen] = ticks[..] else {
            return None;
        };
        sum.wanted += user + nice + system + interrupts + soft + stolen;
        sum.stolen += stolen;
    }
    Some(sum)
}

/// Reads page faults, user and system time; the name before them may hold anything.
fn parse_stat(stat: &str) -> Option<Stat> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Stat {
        ticks: field(11)? + field(12)?,
        faults: field(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_and_faults_are_read_behind_a_name_with_anything_in_it() {
        let stat = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0 20 0";
        let (ticks, faults) = (42, 7);
        assert_eq!(parse_stat(stat), Some(Stat { ticks, faults }));
        assert_eq!(parse_stat("7 (a) S 1"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn processors_are_summed_and_idle_time_is_not_wanted() {
        let stat = "cpu  99 9 9 9 9 9 9 9 9 9\ncpu0 10 0 20 60 5 1 2 8 5 0\ncpu1 1 1 1 1 1 1 1 1 1 1\n\
                    cpu10 7 7 7 7 7 7 7 7 7 7\n";
        let time = |wanted, stolen| Some(ProcessorTime { wanted, stolen });
        assert_eq!(parse_processors(stat, &[0]), time(41, 8));
        assert_eq!(parse_processors(stat, &[0, 1]), time(47, 9));
        assert_eq!(parse_processors(stat, &[2]), None);
        assert_eq!(parse_processors("cpu0 1 2 3\n", &[0]), None);
        assert_eq!(parse_processors("", &[0]), None);
    }

    #[test]
    fn the_wait_for_a_processor_is_the_second_number() {
        let waited = |text| parse_run_delay(text).map(|time| time.as_nanos());
        assert_eq!(waited("52 57516 1\n"), Some(57516));
        assert_eq!(waited("52\n"), None);
        assert_eq!(waited(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_read() {
        let pid = std::process::id();
        assert!(stat(pid).is_some_and(|stat| stat.faults > 0));
        // Another test may touch more memory meanwhile.
        let resident = resident_kib(pid);
        assert!(resident > Some(0) && peak_kib(pid) >= resident);
        assert!(resident_exact_kib(pid) > Some(0));
        assert!(peak_addresses_kib(pid) >= peak_kib(pid));
        assert_eq!(is_asleep(u32::MAX), None);
        assert!(memory_bytes("MemTotal:") > Some(1 << 20));
        assert_eq!(stat(u32::MAX), None);
    }
}
