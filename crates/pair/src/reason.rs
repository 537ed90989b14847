// Twin: go/pair/reason.go

use std::io;

/// Why the system refused, in the same words in both languages, chosen by the error's number.
pub fn reason(error: &io::Error) -> String {
    let words = match error.raw_os_error() {
        Some(1) => "operation not permitted",
        Some(2) => "no such file or directory",
        Some(5) => "input/output error",
        Some(9) => "bad file descriptor",
        Some(12) => "out of memory",
        Some(13) => "permission denied",
        Some(17) => "file exists",
        Some(20) => "not a directory",
        Some(21) => "is a directory",
        Some(22) => "invalid argument",
        Some(23 | 24) => "too many open files",
        Some(27) => "file too large",
        Some(28) => "no space left on device",
        Some(30) => "read-only file system",
        Some(32) => "broken pipe",
        Some(36) => "file name too long",
        Some(40) => "too many levels of symbolic links",
        Some(98) => "address already in use",
        Some(99) => "cannot assign requested address",
        Some(111) => "connection refused",
        Some(number) => return format!("system error {number}"),
        None => return error.to_string(),
    };
    words.to_owned()
}
