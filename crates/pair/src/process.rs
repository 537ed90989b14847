// Twin: go/pair/process.go

//! What the operating system says of this process: Linux's `/proc`, nothing elsewhere.

use std::fs;

/// The memory that is resident now, in bytes, exactly.
pub fn resident_bytes() -> Option<u64> {
    kibibytes("/proc/self/smaps_rollup", "Rss:")
}

/// Peak and present memory, page faults and context switches until now.
pub fn figures() -> Vec<(&'static str, u64)> {
    let status = "/proc/self/status";
    let rows = [
        ("peak_bytes", kibibytes(status, "VmHWM:")),
        ("resident_bytes", resident_bytes()),
        (
            "voluntary_switches",
            field(status, "voluntary_ctxt_switches:"),
        ),
        (
            "involuntary_switches",
            field(status, "nonvoluntary_ctxt_switches:"),
        ),
        ("minor_faults", stat(10)),
        ("major_faults", stat(12)),
    ];
    rows.into_iter()
        .filter_map(|(name, figure)| Some((name, figure?)))
        .collect()
}

fn kibibytes(path: &str, label: &str) -> Option<u64> {
    Some(field(path, label)? * 1024)
}

fn field(path: &str, label: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A field of `/proc/self/stat`, counted as proc(5) does; the program's name is the second.
fn stat(place: usize) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    rest.split(' ').nth(place - 3)?.parse().ok()
}
