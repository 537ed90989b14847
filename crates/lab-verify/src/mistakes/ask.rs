//! Asks a compiler, a linter or the program itself, and judges the answer.

use std::{env, fmt::Write as _, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde::Deserialize;
use tempfile::TempDir;

use super::{Answer, Fixture, Language, Ran};
use lab_workspace::{
    environment,
    project::Project,
    run::{self, End, Outcome},
    toolchain::{self, Go},
    tools,
};

/// A compiler takes less.
const PATIENCE: Duration = Duration::from_mins(2);
/// A program that does not end within it hangs.
const LIMIT: Duration = Duration::from_secs(5);

/// What was asked, and what was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The command, as one would type it beside the fixture.
    pub asked: String,
    /// All that it said.
    pub text: String,
    /// What it said, message by message; of a run what the compiler said before.
    pub reports: Vec<Report>,
    /// How the program ended, if it was run.
    pub end: Option<End>,
    /// The command that gets the tool, if it is missing.
    pub missing: Option<String>,
}

/// One message of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The code of the error or the name of the lint, or the whole message.
    pub says: String,
    /// The line at which it points.
    pub line: usize,
}

/// Asks who has to answer.
pub fn ask(project: &Project, go: &Go, fixture: &Fixture, answer: &Answer) -> Result<Vec<Heard>> {
    let scratch = scratch(project)?;
    let asker = Asker {
        project,
        go,
        fixture,
        scratch,
    };
    Ok(match (answer, fixture.language) {
        (Answer::Rustc(_), _) => vec![asker.rustc()?],
        (Answer::Clippy(lint), _) => vec![asker.clippy(Some(lint))?],
        (Answer::Build(_) | Answer::Link(_), _) => vec![asker.go_build()?],
        (Answer::Vet(_), _) => vec![asker.vet()?],
        (Answer::Staticcheck(_), _) => vec![asker.staticcheck()?],
        (Answer::Silent, Language::Rust) => vec![asker.rustc()?, asker.clippy(None)?],
        (Answer::Silent, Language::Go) => {
            vec![asker.go_build()?, asker.vet()?, asker.staticcheck()?]
        }
        (Answer::Run(_), Language::Rust) => vec![asker.run(asker.rustc()?)?],
        (Answer::Run(_), Language::Go) => vec![asker.run(asker.go_build()?)?],
    })
}

/// What is not as the header says.
pub fn judge(fixture: &Fixture, answer: &Answer, heard: &Heard) -> Option<String> {
    let Heard { asked, reports, .. } = heard;
    let told = || {
        let told = reports
            .iter()
            .map(|report| format!("{} on line {}", report.says, report.line));
        match told.collect::<Vec<_>>() {
            told if told.is_empty() => "nothing".to_owned(),
            told => told.join("; "),
        }
    };
    let expected = |what: &str, fits: &dyn Fn(&str) -> bool| {
        let line = fixture.line.unwrap_or_default();
        let found = reports
            .iter()
            .any(|report| report.line == line && fits(&report.says));
        (!found).then(|| format!("{asked}: expected {what} on line {line}, heard {}", told()))
    };
    match answer {
        Answer::Rustc(code) | Answer::Staticcheck(code) => expected(code, &|says| says == code),
        Answer::Clippy(lint) => {
            let name = format!("clippy::{}", lint.trim_start_matches("clippy::"));
            expected(&name, &|says| says == name)
        }
        Answer::Build(text) | Answer::Vet(text) => expected(text, &|says| says.contains(text)),
        Answer::Link(text) if heard.text.contains(text) => None,
        Answer::Link(text) => Some(format!("{asked}: expected {text}, heard {}", told())),
        Answer::Silent if reports.is_empty() && heard.text.is_empty() => None,
        Answer::Silent => Some(format!(
            "{asked}: expected nothing, heard {}",
            heard.text.trim_end()
        )),
        Answer::Run(ran) => judge_run(ran, heard),
    }
}

fn judge_run(ran: &Ran, heard: &Heard) -> Option<String> {
    let Heard {
        asked, text, end, ..
    } = heard;
    let Some(end) = end else {
        return Some(format!(
            "{asked}: cannot be built, so it does not run:\n{}",
            text.trim_end()
        ));
    };
    let fits = match ran {
        Ran::Exit(code) => *end == End::Exit(*code),
        Ran::Prints(what) => text.contains(what),
        Ran::Nothing => *end == End::Exit(0) && text == "(exit 0)\n",
        Ran::Hangs => matches!(end, End::TimeLimit(_)),
        Ran::Aborts => matches!(end, End::Signal(_)),
        Ran::Recorded => true,
    };
    (!fits).then(|| format!("{asked}: expected {ran}, but:\n{}", text.trim_end()))
}

struct Asker<'a> {
    project: &'a Project,
    go: &'a Go,
    fixture: &'a Fixture,
    /// Removed in the end.
    scratch: TempDir,
}

impl Asker<'_> {
    fn program(&self) -> PathBuf {
        self.scratch
            .path()
            .join(format!("program{}", env::consts::EXE_SUFFIX))
    }

    fn rustc(&self) -> Result<Heard> {
        self.rust("rustc", &mut environment::rustc())
    }

    /// Asks clippy as it comes; if it does not name the lint, with the lint switched on.
    fn clippy(&self, lint: Option<&str>) -> Result<Heard> {
        if !self.answers("clippy-driver") {
            return Ok(missing("clippy", "rustup component add clippy"));
        }
        let heard = self.rust("clippy-driver", &mut environment::tool("clippy-driver"))?;
        let Some(lint) = lint else { return Ok(heard) };
        let name = format!("clippy::{}", lint.trim_start_matches("clippy::"));
        if heard.reports.iter().any(|report| report.says == name) {
            return Ok(heard);
        }
        let mut clippy = environment::tool("clippy-driver");
        self.rust(
            &format!("clippy-driver -W {name}"),
            clippy.args(["-W", &name]),
        )
    }

    fn answers(&self, program: &str) -> bool {
        let asked = environment::tool(program)
            .current_dir(self.scratch.path())
            .arg("--version")
            .output();
        asked.is_ok_and(|output| output.status.success())
    }

    fn rust(&self, shown: &str, command: &mut Command) -> Result<Heard> {
        let folder = self.project.root.join(&self.fixture.path);
        command.current_dir(folder.parent().unwrap_or(&folder));
        command.args([
            "--edition",
            "2024",
            "--crate-name",
            "mistake",
            "--error-format=json",
        ]);
        command
            .arg("-o")
            .arg(self.program())
            .arg(self.fixture.file());
        let outcome =
            run::run(command, PATIENCE).with_context(|| format!("cannot start {shown}"))?;
        let mut heard = Heard::new(format!("{shown} --edition 2024 {}", self.fixture.file()));
        for line in String::from_utf8_lossy(&outcome.stderr).lines() {
            let Ok(Diagnostic {
                code,
                spans,
                rendered,
            }) = serde_json::from_str(line)
            else {
                let _ = writeln!(heard.text, "{line}");
                continue;
            };
            heard.text += &rendered.unwrap_or_default();
            let primary = spans.iter().find(|span| span.is_primary);
            if let (Some(code), Some(span)) = (code, primary) {
                let (says, line) = (code.code, span.line_start);
                heard.reports.push(Report { says, line });
            }
        }
        Ok(heard)
    }

    fn go_build(&self) -> Result<Heard> {
        let mut build = self.go.command(self.project);
        build
            .args(["build", "-buildvcs=false", "-trimpath", "-o"])
            .arg(self.program());
        self.go_tool("go build", &mut build)
    }

    fn vet(&self) -> Result<Heard> {
        self.go_tool("go vet", self.go.command(self.project).arg("vet"))
    }

    fn staticcheck(&self) -> Result<Heard> {
        let Some(program) = tools::staticcheck(self.project, self.go) else {
            return Ok(missing("staticcheck", &tools::get_staticcheck()));
        };
        let mut heard =
            self.go_tool("staticcheck", &mut self.go.around(self.project, &program)?)?;
        // "…: sentence (SA5001)": the code is the answer.
        for report in &mut heard.reports {
            if let Some((_, code)) = report.says.rsplit_once(" (") {
                report.says = code.trim_end_matches(')').to_owned();
            }
        }
        Ok(heard)
    }

    /// Runs a Go tool on the fixture alone, in a module of its own.
    fn go_tool(&self, shown: &str, command: &mut Command) -> Result<Heard> {
        let file = self.fixture.file();
        let module = format!(
            "module mistake\n\ngo {}\n",
            toolchain::needed(self.project)?
        );
        fs::write(self.scratch.path().join("go.mod"), module)?;
        fs::copy(
            self.project.root.join(&self.fixture.path),
            self.scratch.path().join(file),
        )?;
        command.current_dir(self.scratch.path()).arg(".");
        let outcome =
            run::run(command, PATIENCE).with_context(|| format!("cannot start {shown}"))?;
        let mut heard = Heard::new(format!("{shown} {file}"));
        for text in [&outcome.stdout, &outcome.stderr] {
            for line in String::from_utf8_lossy(text).lines() {
                // "# mistake" names the module.
                if line.starts_with('#') {
                    continue;
                }
                let line = line.strip_prefix("vet: ").unwrap_or(line);
                let line = line.strip_prefix("./").unwrap_or(line);
                let _ = writeln!(heard.text, "{line}");
                heard.reports.extend(report(file, line));
            }
        }
        Ok(heard)
    }

    /// Runs what was built, if it was.
    fn run(&self, built: Heard) -> Result<Heard> {
        let program = self.program();
        if !program.is_file() {
            return Ok(built);
        }
        let mut command = environment::program(&program);
        command.current_dir(self.scratch.path());
        let Outcome {
            stdout,
            stderr,
            end,
        } = run::run(&mut command, LIMIT)
            .with_context(|| format!("cannot run {}", program.display()))?;
        let file = self.fixture.file();
        let mut heard = Heard::new(format!("./{}", file.split('.').next().unwrap_or(file)));
        for text in [stdout, stderr] {
            heard.text += &cleaned(&String::from_utf8_lossy(&text));
        }
        let _ = writeln!(heard.text, "({end})");
        heard.end = Some(end);
        heard.reports = built.reports;
        Ok(heard)
    }
}

impl Heard {
    fn new(asked: String) -> Self {
        Heard {
            asked,
            text: String::new(),
            reports: Vec::new(),
            end: None,
            missing: None,
        }
    }
}

fn missing(tool: &str, get: &str) -> Heard {
    Heard {
        missing: Some(get.to_owned()),
        ..Heard::new(tool.to_owned())
    }
}

/// A new folder for what a fixture is built into: two that ask at once do not meet.
fn scratch(project: &Project) -> Result<TempDir> {
    let folder = project.target().join("mistakes");
    let made = fs::create_dir_all(&folder).and_then(|()| tempfile::tempdir_in(&folder));
    made.with_context(|| format!("cannot create a folder in {}", folder.display()))
}

/// Reads `FILE:LINE:COLUMN: MESSAGE`.
fn report(file: &str, line: &str) -> Option<Report> {
    let rest = line.strip_prefix(file)?.strip_prefix(':')?;
    let (number, rest) = rest.split_once(':')?;
    let says = match rest.split_once(": ") {
        Some((column, says)) if column.bytes().all(|byte| byte.is_ascii_digit()) => says,
        _ => rest,
    };
    Some(Report {
        says: says.trim().to_owned(),
        line: number.parse().ok()?,
    })
}

/// What a run printed, without stack traces and numbers that each run has anew.
fn cleaned(text: &str) -> String {
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
    fn a_message_of_go_is_taken_apart() {
        let says = |line| report("x.go", line).map(|found| (found.line, found.says));
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
    fn what_each_run_has_anew_is_left_out() {
        let text = "a\npanic: b\n\ngoroutine 1 [running]:\nmain.main()\n\tx.go:1 +0x1\n";
        assert_eq!(cleaned(text), "a\npanic: b\n");
        let text = "\nthread 'main' (4711) panicked at x.rs:3:5:\nb\n";
        assert_eq!(cleaned(text), "\nthread 'main' panicked at x.rs:3:5:\nb\n");
        let text = "b\nstack backtrace:\n   0: 0x1 - main\n      at x.rs:1\nc\n";
        assert_eq!(cleaned(text), "b\nc\n");
        assert_eq!(cleaned(""), "");
    }
}
