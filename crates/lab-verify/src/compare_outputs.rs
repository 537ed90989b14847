//! Compares two outputs, and finds the first difference.

use std::fmt::Write as _;

use lab_workspace::run_limited::Outcome;

/// Longer lines are cut in messages.
const MAX_SHOWN: usize = 160;

/// The first place where two outputs differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The place: a line of an output, or how the programs ended.
    pub place: String,
    /// Rust's text there.
    pub rust: String,
    /// Go's text there.
    pub go: String,
}

/// Compares all that two programs did, byte by byte.
pub fn outcomes(rust: &Outcome, go: &Outcome) -> Option<Difference> {
    lines("standard output", &rust.stdout, &go.stdout)
        .or_else(|| lines("standard error", &rust.stderr, &go.stderr))
        .or_else(|| {
            (rust.end != go.end).then(|| Difference {
                place: "how it ended".to_owned(),
                rust: rust.end.to_string(),
                go: go.end.to_string(),
            })
        })
}

/// The first line that differs, if any does.
pub fn lines(what: &str, rust: &[u8], go: &[u8]) -> Option<Difference> {
    if rust == go {
        return None;
    }
    let newline = |byte: &u8| *byte == b'\n';
    let (mut rusts, mut gos) = (rust.split_inclusive(newline), go.split_inclusive(newline));
    for number in 1.. {
        let (rust, go) = (rusts.next(), gos.next());
        if rust != go {
            let from = differing(rust.unwrap_or_default(), go.unwrap_or_default());
            return Some(Difference {
                place: format!("line {number} of {what}"),
                rust: shown(rust, from),
                go: shown(go, from),
            });
        }
    }
    None
}

/// The number of equal bytes at the beginning of two lines, if they are too many to show.
fn differing(one: &[u8], two: &[u8]) -> usize {
    let common = one.iter().zip(two).take_while(|(one, two)| one == two);
    let common = common.count();
    if common < MAX_SHOWN {
        return 0;
    }
    // Not within a character.
    let mut from = common - MAX_SHOWN / 4;
    while from > 0 && one.get(from).is_some_and(|byte| byte & 0xc0 == 0x80) {
        from -= 1;
    }
    from
}

/// A line as a message shows it, from this byte on: bytes that are no text are escaped.
fn shown(line: Option<&[u8]>, from: usize) -> String {
    let Some(line) = line else {
        return "(ends before this line)".to_owned();
    };
    let (line, end) = match line.strip_suffix(b"\n") {
        Some(line) => (line, ""),
        None => (line, " (no newline follows)"),
    };
    let mut text = String::new();
    if from > 0 {
        text += "... ";
    }
    for chunk in line[from.min(line.len())..].utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                text.extend(c.escape_default());
            } else {
                text.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    if let Some((cut, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(cut);
        text.push_str(" ...");
    }
    text + end
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_workspace::run_limited::End;

    fn first(rust: &str, go: &str) -> [String; 3] {
        let found = lines("standard output", rust.as_bytes(), go.as_bytes()).unwrap();
        [found.place, found.rust, found.go]
    }

    #[test]
    fn equal_outputs_do_not_differ() {
        assert_eq!(lines("standard output", b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(lines("standard output", b"", b""), None);
    }

    #[test]
    fn the_first_differing_line_is_shown() {
        let expected = ["line 2 of standard output", "b", "x"];
        assert_eq!(first("a\nb\nc\n", "a\nx\ny\n"), expected);
    }

    #[test]
    fn a_difference_far_behind_in_a_long_line_is_shown() {
        for common in [
            "a".repeat(400),
            "ä€".repeat(100),
            format!("a{}", "ä".repeat(300)),
        ] {
            let [_, rust, go] = first(&format!("{common}x\n"), &format!("{common}y\n"));
            assert!(rust.starts_with("... ") && rust.ends_with('x'), "{rust}");
            assert!(go.ends_with('y') && !go.contains("\\x"), "{go}");
        }
    }

    #[test]
    fn an_output_that_ends_early_is_a_difference() {
        let expected = ["line 2 of standard output", "b", "(ends before this line)"];
        assert_eq!(first("a\nb\n", "a\n"), expected);
    }

    #[test]
    fn a_missing_newline_is_a_difference() {
        let expected = ["line 1 of standard output", "a", "a (no newline follows)"];
        assert_eq!(first("a\n", "a"), expected);
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped_and_long_lines_are_cut() {
        let found = lines("standard error", b"\xff\x1b[1m\n", b"\r\n").unwrap();
        assert_eq!(found.rust, "\\xff\\u{1b}[1m");
        assert_eq!(found.go, "\\r");
        assert_eq!(
            shown(Some(&[b'a'; 1000]), 0).len(),
            MAX_SHOWN + 4 + " (no newline follows)".len()
        );
    }

    #[test]
    fn how_they_ended_is_compared_last() {
        let outcome = |stderr: &[u8], code| Outcome {
            stdout: Vec::new(),
            stderr: stderr.to_vec(),
            end: End::Exit(code),
        };
        let differs = outcomes(&outcome(b"", 0), &outcome(b"", 2)).unwrap();
        assert_eq!(
            (differs.place.as_str(), differs.rust.as_str()),
            ("how it ended", "exit 0")
        );
        let differs = outcomes(&outcome(b"x\n", 0), &outcome(b"", 2)).unwrap();
        assert_eq!(differs.place, "line 1 of standard error");
    }
}
