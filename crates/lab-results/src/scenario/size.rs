//! Numbers of bytes, as people write and read them.

use anyhow::{Context as _, Result};

/// A number of bytes as people write it: `64k`, `64KiB`, `1m`, `512b` or a bare number.
pub fn payload(text: &str) -> Result<u64> {
    let lower = text.to_ascii_lowercase();
    let end = lower
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(lower.len());
    let (number, unit) = lower.split_at(end);
    let factor = match unit {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        _ => 0,
    };
    let number: Option<u64> = number.parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(factor));
    bytes
        .filter(|bytes| (1..=64 << 20).contains(bytes))
        .with_context(|| format!("{text:?} is not a size from 1 byte to 64 MiB, such as 64KiB"))
}

/// A number of bytes as a word of a name.
pub(super) fn word(bytes: u64) -> String {
    match bytes {
        b if b.is_multiple_of(1 << 20) => format!("{}m", b >> 20),
        b if b.is_multiple_of(1 << 10) => format!("{}k", b >> 10),
        b => format!("{b}b"),
    }
}

/// A number of bytes for a reader.
pub fn size(bytes: u64) -> String {
    match bytes {
        b if b.is_multiple_of(1 << 20) => format!("{} MiB", b >> 20),
        b if b.is_multiple_of(1 << 10) => format!("{} KiB", b >> 10),
        b => format!("{b} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("64KiB", 65_536),
            ("1MiB", 1 << 20),
            ("1k", 1024),
            ("100", 100),
        ] {
            assert_eq!(payload(text).unwrap(), bytes);
        }
        for text in ["", "0", "KiB", "64GB", "99999999999999999999k"] {
            assert!(payload(text).is_err(), "{text}");
        }
    }
}
