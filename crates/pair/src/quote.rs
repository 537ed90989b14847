// Twin: go/pair/quote.go

use std::fmt::Write as _;

/// How many bytes of a quoted word are shown.
pub const SHOWN: usize = 256;

/// Text in quotes: printable ASCII as it is, every other byte as `\xNN`.
pub fn quote(text: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for &byte in text.iter().take(SHOWN) {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\x{byte:02x}");
            }
        }
    }
    quoted.push('"');
    if text.len() > SHOWN {
        quoted.push_str("...");
    }
    quoted
}
