//! Compares the outcomes of both programs, and prints where they differ.
// The errors are those of assert_cmd.
#![allow(clippy::result_large_err)]

use std::{
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Output,
};

use assert_cmd::assert::{Assert, AssertResult, IntoOutputPredicate};
use lab_verify::compare_outputs;
use predicates::Predicate;

/// Largest number of lines that a failure prints, each up to [`MAX_WIDTH`] characters.
const MAX_LINES: usize = 40;
const MAX_WIDTH: usize = 200;

/// Lines of a script that a failure shows.
const MAX_SCRIPT: usize = 16;

/// A call of both programs: how a person repeats it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The programs of both languages.
    pub programs: [PathBuf; 2],
    /// Arguments of the program.
    pub arguments: Vec<String>,
    /// What both read from standard input.
    pub stdin: Vec<u8>,
    /// Where a failure leaves the standard input, so that the call can be repeated.
    pub folder: PathBuf,
}

/// The outcome that both programs share.
#[derive(Debug)]
pub struct Same {
    assert: Assert,
    call: Call,
}

impl Same {
    /// Asserts that both outcomes are equal: bytes of both outputs, and the exit code.
    #[track_caller]
    pub fn compare(call: Call, rust: Assert, go: &Assert) -> Self {
        if let Some(parted) = parted(rust.get_output(), go.get_output()) {
            panic!("{}", call.failed(&parted));
        }
        Same { assert: rust, call }
    }

    /// The outcome.
    pub fn get_output(&self) -> &Output {
        self.assert.get_output()
    }

    /// Asserts exit code 0.
    #[track_caller]
    pub fn success(self) -> Self {
        self.demand(Assert::try_success)
    }

    /// Asserts this exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        self.demand(|assert| assert.try_code(code))
    }

    /// Asserts this standard output.
    #[track_caller]
    pub fn stdout<I: IntoOutputPredicate<P>, P: Predicate<[u8]>>(self, expected: I) -> Self {
        self.demand(|assert| assert.try_stdout(expected))
    }

    /// Asserts this standard error.
    #[track_caller]
    pub fn stderr<I: IntoOutputPredicate<P>, P: Predicate<[u8]>>(self, expected: I) -> Self {
        self.demand(|assert| assert.try_stderr(expected))
    }

    #[track_caller]
    fn demand(self, check: impl FnOnce(Assert) -> AssertResult) -> Self {
        match check(self.assert) {
            Ok(assert) => Same { assert, ..self },
            Err(error) => panic!("{}", self.call.failed(&error.to_string())),
        }
    }
}

impl Call {
    /// What failed, on which script, and how to see it again.
    fn failed(&self, what: &str) -> String {
        let again = self.again();
        let mut text = format!("{}\n", self.title());
        let stdin = shown(&self.stdin);
        let script = stdin.lines().count().min(MAX_SCRIPT + 2);
        text += &cut(what, MAX_LINES - 4 - script);
        if !self.stdin.is_empty() {
            let lines = stdin.lines().count();
            let _ = writeln!(text, "Standard input, {lines} lines:");
            text += &cut(&stdin, MAX_SCRIPT);
        }
        let _ = write!(text, "Reproduce: {again}");
        text
    }

    fn title(&self) -> String {
        let name = self.programs[0].file_name().unwrap_or_default();
        let words = [&[name.to_string_lossy().into_owned()], &self.arguments[..]].concat();
        cut(&words.join(" "), 1).trim_end().to_owned()
    }

    /// The command that shows both outcomes side by side.
    fn again(&self) -> String {
        let words: Vec<String> = self.arguments.iter().map(|word| quoted(word)).collect();
        let stdin = match self.keep() {
            Ok(Some(path)) => format!(" <{}", path.display()),
            Ok(None) => String::new(),
            Err(error) => format!(" # standard input could not be kept: {error}"),
        };
        let side = |program: &Path| {
            let program = program.display();
            format!("<({program} {} 2>&1{stdin}; echo exit $?)", words.join(" "))
        };
        let [rust, go] = [&self.programs[0], &self.programs[1]].map(|program| side(program));
        format!("diff {rust} {go}")
    }

    fn keep(&self) -> std::io::Result<Option<PathBuf>> {
        if self.stdin.is_empty() {
            return Ok(None);
        }
        fs::create_dir_all(&self.folder)?;
        let mut hasher = DefaultHasher::new();
        self.stdin.hash(&mut hasher);
        let path = self.folder.join(format!("{:016x}.txt", hasher.finish()));
        fs::write(&path, &self.stdin)?;
        Ok(Some(path))
    }
}

/// Where the outcomes of Rust and Go differ; `None` if they are equal.
fn parted(rust: &Output, go: &Output) -> Option<String> {
    let first = compare_outputs::lines("standard output", &rust.stdout, &go.stdout)
        .or_else(|| compare_outputs::lines("standard error", &rust.stderr, &go.stderr));
    let mut text = match first {
        Some(first) => format!(
            "{} differs:\n  Rust: {}\n  Go:   {}\n",
            first.place, first.rust, first.go
        ),
        None if rust.status == go.status => return None,
        None => "the exit code differs:\n".to_owned(),
    };
    for (language, output) in [("Rust", rust), ("Go", go)] {
        let _ = writeln!(text, "  {language} ended with {}", output.status);
        let stderr = shown(&output.stderr);
        let _ = write!(text, "{}", cut(&stderr, 5));
    }
    Some(text)
}

/// The first lines of a text, cut to the width.
fn cut(text: &str, most: usize) -> String {
    let mut cut = String::new();
    let all = text.lines().count();
    for line in text.lines().take(if all > most { most - 1 } else { most }) {
        let end = line.char_indices().nth(MAX_WIDTH);
        match end {
            Some((end, _)) => {
                let _ = writeln!(cut, "{} ...", &line[..end]);
            }
            None => {
                let _ = writeln!(cut, "{line}");
            }
        }
    }
    if all > most {
        let _ = writeln!(cut, "... {} more lines", all - most + 1);
    }
    cut
}

/// Bytes as a person reads them, line by line.
fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\n", "\n")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
