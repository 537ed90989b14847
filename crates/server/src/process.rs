// Twin: go/server/process.go

//! What Linux tells of this process.

use std::fs;

/// How many threads the process has.
pub fn threads() -> usize {
    status("Threads:")
}

/// A number that Linux tells of the process; 0 elsewhere.
pub fn status(label: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(label));
    let number =
        line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
