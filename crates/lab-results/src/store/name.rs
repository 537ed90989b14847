//! The name of a result's file: its time, its mode and its share of a partition.

use std::{
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use crate::result::ResultFile;

/// The last second of the year 9999; no clock shows a later one.
pub const LAST_SECOND: u64 = 253_402_300_799;

/// The name of a result's file without its time.
pub fn ending(file: &ResultFile) -> String {
    let share = match file.request.partition {
        Some([share, shares]) => format!("-{share}-of-{shares}"),
        None => String::new(),
    };
    format!("-{}{share}.json", file.request.mode)
}

/// The name of a result's file that begins with this time, in seconds since 1970.
pub fn format(time: u64, ending: &str) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(time.min(LAST_SECOND));
    let time = humantime::format_rfc3339_seconds(time).to_string();
    time.replace(':', "") + ending
}

/// The time at the beginning of a result's name, in seconds since 1970.
pub fn time_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    let (hours, rest) = (name.get(..13)?, name.get(13..)?);
    let (minutes, seconds) = (rest.get(..2)?, rest.get(2..5)?);
    let time = humantime::parse_rfc3339(&format!("{hours}:{minutes}:{seconds}")).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
