//! The output of tools and runs, and the messages in it.

use std::fmt::Write as _;

use lab_workspace::run_limited::End;
use serde::Deserialize;

/// The output of a tool or of the program itself.
#[derive(Debug, Clone)]
pub struct ToolOutput {
    /// The command, as typed in the fixture's folder.
    pub command: String,
    /// The whole output.
    pub text: String,
    /// Its messages; for a run those of the compiler.
    pub messages: Vec<Message>,
    /// How the program ended, if it ran.
    pub end: Option<End>,
    /// The command that gets the tool, if it is missing.
    pub missing: Option<String>,
}

/// A message of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The code of the error or the name of the lint, or the whole message.
    pub says: String,
    /// The line that it points at.
    pub line: usize,
}

impl ToolOutput {
    /// No output yet.
    pub fn new(command: String) -> Self {
        ToolOutput {
            command,
            text: String::new(),
            messages: Vec::new(),
            end: None,
            missing: None,
        }
    }

    /// Reads what rustc or clippy wrote with `--error-format=json`.
    pub fn read_rust(&mut self, stderr: &[u8]) {
        for line in String::from_utf8_lossy(stderr).lines() {
            let Ok(Diagnostic {
                code,
                spans,
                rendered,
            }) = serde_json::from_str(line)
            else {
                let _ = writeln!(self.text, "{line}");
                continue;
            };
            self.text += &rendered.unwrap_or_default();
            let primary = spans.iter().find(|span| span.is_primary);
            if let (Some(code), Some(span)) = (code, primary) {
                let (says, line) = (code.code, span.line_start);
                self.messages.push(Message { says, line });
            }
        }
    }

    /// Reads what a Go tool wrote about this file.
    pub fn read_go(&mut self, file: &str, text: &[u8]) {
        for line in String::from_utf8_lossy(text).lines() {
            // "# mistake" names the module.
            if line.starts_with('#') {
                continue;
            }
            let line = line.strip_prefix("vet: ").unwrap_or(line);
            let line = line.strip_prefix("./").unwrap_or(line);
            let _ = writeln!(self.text, "{line}");
            self.messages.extend(message(file, line));
        }
    }
}

/// The output of a tool that is missing, and the command that gets it.
pub fn missing(tool: &str, get: &str) -> ToolOutput {
    ToolOutput {
        missing: Some(get.to_owned()),
        ..ToolOutput::new(tool.to_owned())
    }
}

/// Reads `FILE:LINE:COLUMN: MESSAGE`.
fn message(file: &str, line: &str) -> Option<Message> {
    let rest = line.strip_prefix(file)?.strip_prefix(':')?;
    let (number, rest) = rest.split_once(':')?;
    let says = match rest.split_once(": ") {
        Some((column, says)) if column.bytes().all(|byte| byte.is_ascii_digit()) => says,
        _ => rest,
    };
    Some(Message {
        says: says.trim().to_owned(),
        line: number.parse().ok()?,
    })
}

/// The output of a run without what differs from run to run: stack traces and process numbers.
pub fn without_traces(text: &str) -> String {
    let mut clean = String::new();
    let mut frames = false;
    for line in text.lines() {
        if line.starts_with("goroutine ") && line.ends_with(':') {
            break;
        }
        frames = line == "stack backtrace:" || (frames && line.starts_with("  "));
        if frames {
            continue;
        }
        // "thread 'main' (1234) panicked": the number is the process's.
        let named = line.strip_prefix("thread '").and_then(|rest| {
            let (name, rest) = rest.split_once("' (")?;
            Some((name, rest.split_once(')')?.1))
        });
        let _ = match named {
            Some((name, rest)) => writeln!(clean, "thread '{name}'{rest}"),
            None => writeln!(clean, "{line}"),
        };
    }
    clean.truncate(clean.trim_end().len());
    if !clean.is_empty() {
        clean.push('\n');
    }
    clean
}

#[derive(Deserialize)]
struct Diagnostic {
    code: Option<Code>,
    spans: Vec<Span>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    is_primary: bool,
    line_start: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_message_is_split_into_line_and_text() {
        let says = |line| message("x.go", line).map(|found| (found.line, found.says));
        let unused = "x.go:13:2: declared and not used: n";
        assert_eq!(
            says(unused),
            Some((13, "declared and not used: n".to_owned()))
        );
        assert_eq!(says("x.go:7: too short"), Some((7, "too short".to_owned())));
        assert_eq!(says("y.go:13:2: elsewhere"), None);
        assert_eq!(says("\tother words"), None);
    }

    #[test]
    fn what_differs_from_run_to_run_is_removed() {
        let text = "a\npanic: b\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:1 +0x1\n";
        assert_eq!(without_traces(text), "a\npanic: b\n");
        let text = "\nthread 'main' (4711) panicked at x.rs:3:5:\nb\n";
        assert_eq!(
            without_traces(text),
            "\nthread 'main' panicked at x.rs:3:5:\nb\n"
        );
        let text = "b\nstack backtrace:\n   0: 0x1 - main\n      at x.rs:1\nc\n";
        assert_eq!(without_traces(text), "b\nc\n");
        assert_eq!(without_traces(""), "");
    }
}
